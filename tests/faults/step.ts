import { inflateSync } from "node:zlib";
import { PROGRAM } from "../../components/steps/command";
import { quoted, type Tuned } from "../../lab/drive/tuned";
import { sharedSsh } from "../../lab/machine";
import type { RunResult } from "../../lab/run";

export type Verb = "apply" | "restore";

/** A step of a concern, in one direction. */
export interface Step {
  readonly concern: string;
  readonly verb: Verb;
}

export const stepName = ({ verb, concern }: Step): string => `${verb} ${concern}`;

/** As the package's own line loads it, which has unpacked the program. */
const LOAD = 'import sys,json;m=json.loads(sys.stdin.buffer.readline()[2:]);exec(m["loader.py"])';
// Behind a tracer, which hears no SIGTERM, the step is not the unit's main process.
const UNIT =
  "systemd-run --wait --pipe --collect --quiet --unit=heavyload-apply --property=KillMode=control-group --";

/** Runs what a step runs as root, in the unit that it has, behind `before`: a tracer, or nothing. */
export async function runStep(tuned: Tuned, step: Step, before = ""): Promise<RunResult> {
  const { line, input } = insideOf(tuned, step);
  return sharedSsh(tuned.machine, `sudo ${UNIT} ${before} ${line}`, { input });
}

function insideOf(tuned: Tuned, { concern, verb }: Step): { line: string; input: string } {
  const stdin = tuned.stdin(concern);
  if (concern !== "host") return { line: `${PROGRAM} inside ${verb} ${concern}`, input: stdin };
  const [packed = "", ...rest] = stdin.split("\n");
  return {
    line: `/usr/bin/python3 -Ic ${quoted(LOAD)} inside ${verb} host`,
    input: [unpacked(packed), ...rest].join("\n"),
  };
}

const unpacked = (line: string): string =>
  `# ${inflateSync(Buffer.from(line.slice("# ".length), "base64")).toString()}`;
