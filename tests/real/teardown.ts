import { findMachine, removeMachine } from "../../lab/machine";

/** `HEAVYLOAD_KEEP_MACHINE` leaves the project's machine for the next run. */
export default async function teardown(
  _: unknown,
  project: { readonly globals: Readonly<Record<string, unknown>> },
): Promise<void> {
  const machine = String(project.globals["MACHINE"]);
  if (!process.env["HEAVYLOAD_KEEP_MACHINE"] && (await findMachine(machine))) await removeMachine(machine);
}
