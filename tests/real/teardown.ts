import { findMachine, removeMachine } from "../../lab/machine";

/** The machine that the tests in this folder share. `HEAVYLOAD_KEEP_MACHINE` leaves it for the next run. */
export const MACHINE = "test";

export default async function teardown(): Promise<void> {
  if (!process.env["HEAVYLOAD_KEEP_MACHINE"] && (await findMachine(MACHINE))) await removeMachine(MACHINE);
}
