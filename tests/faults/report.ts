import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Verdict } from "./case";
import { HUNG } from "./case";
import { HAPPENING } from "./happenings";
import { KINDS } from "./kinds";
import { STEPS } from "./plan";
import { stepName } from "./step";

const FILE = join(__dirname, "..", "..", "docs", "reliability.md");

const WHAT: readonly (readonly [kind: string, what: string])[] = [
  ...KINDS.map(({ name, what }) => [name, what] as const),
  [
    HUNG,
    "a program that the step waits for does not end; the step's unit is stopped, as by the limit of its time",
  ],
  [HAPPENING, "what else happens on a host: the list below"],
];

/** docs/reliability.md: what was done, what was seen, and how often. */
export function writeReport(verdicts: readonly Verdict[], missed: readonly string[]): void {
  writeFileSync(FILE, reliability(verdicts, missed));
}

/** `missed`: cases whose fault did not come about, by name. */
export function reliability(verdicts: readonly Verdict[], missed: readonly string[]): string {
  const held = verdicts.filter(holds).length;
  return `# Reliability

Written by \`npm run test:faults -- --report\`, which breaks the steps of \`pulumi up\` and \`pulumi destroy\` on container hosts
(Debian 12), at the system calls that they really make: strace lists them, and makes one of them fail, kills the step there, or
cuts the power. After each case: the site answers; a step that failed says what it wanted and found, and has left nothing half;
the next run completes; and when all is taken back, /etc, /var/lib, /usr/local, units, limits of processes and kernel values are
as they were before, byte for byte.

**${verdicts.length} cases, ${held} held, ${verdicts.length - held} did not.** ${missed.length} more were chosen and did not come about: that run made its calls
otherwise than the traced one. They are named at the end, and count as neither.

| | ${WHAT.map(([kind]) => kind).join(" | ")} |
| --- |${" --- |".repeat(WHAT.length)}
${STEPS.map((step) => row(stepName(step), verdicts)).join("\n")}

Each cell: held of tried.

| fault | what it stands for |
| --- | --- |
${WHAT.map(([kind, what]) => `| ${kind} | ${what} |`).join("\n")}

A power cut takes everything of which the step had not told the disk that it must be there (\`fsync\`): all of it, or a part of
it, by chance. It is a model: the machine's processes are killed, what was not flushed is taken from its disk, and it boots anew.

## While it runs

A step is stopped at the moment when all is planned, checked and staged, and nothing is in its place; then somebody does this.

| what | step | what the step said | held |
| --- | --- | --- | --- |
${verdicts
  .filter(({ kind }) => kind === HAPPENING)
  .map((one) => `| ${one.where} | ${stepName(one.step)} | ${said(one)} | ${mark(one)} |`)
  .join("\n")}

## What steps say

One case of each kind and step.

| step | fault | what it said |
| --- | --- | --- |
${examples(verdicts)
  .map((one) => `| ${stepName(one.step)} | ${one.kind}, ${escaped(one.where)} | ${said(one)} |`)
  .join("\n")}

## What did not hold

${
  verdicts
    .filter((one) => !holds(one))
    .map(
      (one) =>
        `- ${stepName(one.step)}, ${one.kind}, ${escaped(one.where)}: ${one.broken.map(escaped).join("; ")}`,
    )
    .join("\n") || "Nothing."
}

## What did not come about

${missed.map((name) => `- ${escaped(name)}`).join("\n") || "Nothing."}
`;
}

const holds = ({ broken }: Verdict): boolean => broken.length === 0;
const mark = (verdict: Verdict): string => (holds(verdict) ? "yes" : "**no**");
const escaped = (text: string): string => text.replace(/\s+/g, " ").replaceAll("|", "\\|");
const said = (verdict: Verdict): string => escaped(verdict.said) || "nothing";

function row(name: string, verdicts: readonly Verdict[]): string {
  const cells = WHAT.map(([kind]) => {
    const all = verdicts.filter((one) => stepName(one.step) === name && one.kind === kind);
    return all.length === 0 ? "-" : `${all.filter(holds).length} of ${all.length}`;
  });
  return `| ${name} | ${cells.join(" | ")} |`;
}

/** Of what has said something. */
function examples(verdicts: readonly Verdict[]): Verdict[] {
  const found = new Map<string, Verdict>();
  for (const one of verdicts.filter(({ said, kind }) => said !== "" && kind !== HAPPENING)) {
    const name = `${stepName(one.step)} ${one.kind}`;
    if (!found.has(name)) found.set(name, one);
  }
  return [...found.values()];
}
