import { createServer, type IncomingMessage, type Server } from "node:http";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { copyDisk, removeMachine, turnOff, type Machine } from "../../lab/machine";
import { toStderr } from "../../lab/progress";
import { Cloud } from "./cloud";
import type { HaProxy } from "./haProxy";
import { testMachine } from "./pristine";
import { KIND, machineName, RELEASE } from "./where";

/** A copy that is not ready by then is taken away. Unit: milliseconds. */
const GRACE = 30_000;
/** How long a host that goes is left what it has. Unit: seconds. */
const DRAIN = 20;

interface Instance {
  readonly machine: Machine;
  readonly slot: number;
  readonly version: string;
  readonly imageId: string;
}

/** What the stand-in for AWS's plugin tells, a resource at a time. */
export interface Told {
  readonly verb: "create" | "update" | "delete";
  readonly type: string;
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Of a launch template. */
  readonly version?: number;
}

interface GroupInputs {
  readonly launchTemplate: { readonly id: string; readonly version: string };
  readonly minSize: number;
}

/**
 * AWS's part in a fleet, as far as it is known: images are copies of a machine's disk, a group boots copies and sends them visitors once
 * they say that they are ready, and a new version of its template replaces them, one more at a time. Machines are this
 * process's, and end with it.
 */
export class FleetCloud extends Cloud {
  /** What happened, a line each. */
  readonly events: string[] = [];
  instancesOfGroup: Instance[] = [];
  /** Changes the disk of the next copy, before it boots. */
  spoil: ((disk: string) => void) | undefined;
  private readonly images = new Map<string, string>();
  private readonly templates = new Map<string, string>();
  private readonly server: Server;
  private refreshing: Promise<void> = Promise.resolve();
  private current: GroupInputs | undefined;
  private made = 0;

  constructor(
    private readonly builder: () => Machine,
    private readonly proxy: HaProxy,
    /** Boots the builder again. */
    private readonly bootAgain: () => Promise<void>,
  ) {
    super();
    this.server = createServer((request, answer) => {
      void read(request)
        .then((told) => this.take(told))
        .then(
          () => answer.end("{}"),
          (error: unknown) => {
            answer.statusCode = 500;
            answer.end(String(error));
          },
        );
    });
    this.server.listen(this.socket);
  }

  /** Waits until the group has what it was told. */
  get settled(): Promise<void> {
    return this.refreshing;
  }

  private async take(told: Told): Promise<void> {
    const kind = told.type.split(":").pop();
    if (kind === "AmiFromInstance") await this.image(told);
    if (kind === "LaunchTemplate" && told.verb !== "delete")
      this.templates.set(`${told.id} ${told.version}`, String(told.inputs["imageId"]));
    if (kind === "Group") await this.group(told);
  }

  private async image({ verb, id }: Told): Promise<void> {
    const disk = join(this.folder, id);
    if (verb === "create") {
      const machine = this.builder();
      await turnOff(machine);
      await copyDisk(machine.name, disk);
      await this.bootAgain();
      this.images.set(id, disk);
    }
    if (verb === "delete") {
      rmSync(disk, { recursive: true, force: true });
      this.images.delete(id);
    }
    this.events.push(`${verb} image ${id}`);
  }

  private async group({ verb, inputs }: Told): Promise<void> {
    const wanted = inputs as unknown as GroupInputs;
    if (verb === "delete") {
      await this.refreshing;
      for (const instance of [...this.instancesOfGroup]) await this.terminate(instance);
      return;
    }
    const before = this.current;
    this.current = wanted;
    if (verb === "create") {
      // The provider waits for the first ones (minElbCapacity).
      while (this.instancesOfGroup.length < wanted.minSize)
        if (!(await this.launch(wanted.launchTemplate)))
          throw new Error("the group's first hosts are never ready");
      return;
    }
    // It does not wait for a refresh.
    if (before && before.launchTemplate.version !== wanted.launchTemplate.version)
      this.refreshing = this.refreshing.then(() => this.refresh(wanted, before));
  }

  /** One more at a time: none less than before. The first that is never ready takes all back. */
  private async refresh(wanted: GroupInputs, before: GroupInputs): Promise<void> {
    this.events.push(`refresh to version ${wanted.launchTemplate.version}`);
    for (const old of this.instancesOfGroup.filter(
      ({ version }) => version !== wanted.launchTemplate.version,
    )) {
      if (!(await this.launch(wanted.launchTemplate))) {
        this.events.push("refresh failed");
        this.current = before;
        for (const stray of this.instancesOfGroup.filter(
          ({ version }) => version === wanted.launchTemplate.version,
        )) {
          await this.launch(before.launchTemplate);
          await this.terminate(stray);
        }
        this.events.push("rolled back");
        return;
      }
      await this.terminate(old);
    }
    this.events.push("refresh done");
  }

  /** Returns whether it ever said that it is ready. */
  private async launch({ id, version }: GroupInputs["launchTemplate"]): Promise<boolean> {
    const imageId = this.templates.get(`${id} ${version}`) ?? "";
    const disk = this.images.get(imageId);
    if (disk === undefined || !existsSync(disk))
      throw new Error(`the image ${imageId} of version ${version} is gone`);
    this.made += 1;
    this.spoil?.(disk);
    this.spoil = undefined;
    const slot = this.freeSlot();
    const machine = await testMachine(machineName(`copy${this.made}`), {
      kind: KIND,
      release: RELEASE,
      disk,
    });
    const instance = { machine, slot, version, imageId };
    for (const end = Date.now() + GRACE; Date.now() < end; await sleep(200)) {
      if (!(await isReady(machine))) continue;
      await this.proxy.add(slot, machine.host);
      this.instancesOfGroup.push(instance);
      this.events.push(`in service: version ${version}`);
      return true;
    }
    this.events.push(`never ready: version ${version}`);
    await removeMachine(machine.name);
    return false;
  }

  private async terminate(instance: Instance): Promise<void> {
    await this.proxy.drain(instance.slot, DRAIN);
    this.instancesOfGroup = this.instancesOfGroup.filter((one) => one !== instance);
    await removeMachine(instance.machine.name, toStderr);
    this.events.push(`gone: version ${instance.version}`);
  }

  private freeSlot(): number {
    const taken = new Set(this.instancesOfGroup.map(({ slot }) => slot));
    return Array.from({ length: 12 }, (_, i) => i + 1).find((slot) => !taken.has(slot)) ?? 0;
  }

  override remove(): void {
    this.server.close();
    super.remove();
  }

  /** Whatever is left of the group. */
  async removeHosts(): Promise<void> {
    for (let n = 1; n <= this.made; n++) await removeMachine(machineName(`copy${n}`));
  }
}

/** What a balancer's health check hears. */
export async function isReady({ host }: Machine): Promise<boolean> {
  try {
    return (await fetch(`http://${host}:8110/`)).status < 400;
  } catch {
    return false;
  }
}

async function read(request: IncomingMessage): Promise<Told> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text) as Told;
}
