import type { Need } from "../packages";
import type { Say } from "../progress";
import type { MachineFolder, MachineRecord } from "./folder";
import type { Image } from "./image";

/** What a machine has of its own: data that tests read, and `npm run lab -- status` prints. */
export interface Abilities {
  /** Keys of sysctl outside net., modules, fs.nr_open: without a kernel of its own they are the computer's, read-only. */
  readonly ownKernel: boolean;
  /** The highest hard limit of open files that a process in it can have. */
  readonly openFiles: number;
  /** Memory and CPUs as asked for: without, they are the computer's. */
  readonly ownSize: boolean;
}

/** Where a machine is reached. */
export type Place = Pick<MachineRecord, "host" | "port" | "httpPort">;

/** How machines of one kind are made and run. */
export interface Kind {
  /** Programs of this computer. */
  readonly needs: readonly Need[];
  /** Why this computer can have none, or nothing. */
  hindrance(): Promise<string | undefined>;
  /** Makes what lasts over the machine's boots, and says where it will be reached. */
  make(folder: MachineFolder, image: Image, say: Say): Promise<Place>;
  /** Starts the machine; returns what is new in its record. */
  start(folder: MachineFolder, record: MachineRecord, say: Say): Promise<Partial<MachineRecord>>;
  /** Waits until nothing is left in the kernel of a machine whose processes have ended. */
  gone(record: MachineRecord): Promise<void>;
  abilities(record: Pick<MachineRecord, "userNamespace">): Promise<Abilities>;
}
