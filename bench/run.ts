// `npm run bench`: what a tier buys, and what it costs: numbers and pictures in docs/bench. Times are looked at as ratios
// within one run, since machines differ and are shared.
import { parseArgs } from "node:util";
import { toStderr } from "../lab/progress";
import { draw, measure } from "./measure/measure";
import { ROUNDS, type How, type Measurement } from "./measure/measurement";
import { ALL, BUYS, COSTS } from "./measurements";

const widest = Math.max(...ALL.map(({ name }) => name.length));
const listed = (some: readonly Measurement[]): string =>
  some.map(({ name, seen }) => `${name.padEnd(widest)}  ${seen}`).join("\n");

const HELP = `npm run bench [-- --only NAME] [--rounds N] [--quick] [--anew] [--draw]

Measures, and writes the numbers and a picture to docs/bench: without --only all, but for what says otherwise. A run that was
stopped goes on where it was. It takes root on Linux.

What a tier buys:

${listed(BUYS)}

What heavyload costs:

${listed(COSTS)}

  --rounds N  how often what depends on the moment is measured, ${ROUNDS} unless told: medians are taken
  --quick     few points on containers: fails where a server refuses, is stopped or answers 500, and writes nothing
  --anew      takes nothing from a run that was stopped
  --draw      measures nothing: pictures and page anew, from the numbers in docs/bench`;

/** What is finished is kept until all is: a run that is stopped goes on with what it has not measured yet. */
async function measureAll(
  wanted: readonly Measurement[],
  how: How & { readonly anew: boolean },
): Promise<void> {
  const finished: (() => void)[] = [];
  for (const [index, one] of wanted.entries()) {
    if (wanted.length > 1) toStderr(`measurement ${index + 1} of ${wanted.length}: ${one.name}`);
    const forget = await measure(one, how, toStderr);
    if (forget) finished.push(forget);
  }
  if (finished.length === 0) throw new Error(`${wanted.map(({ name }) => name).join(", ")}: no quick form`);
  for (const forget of finished) forget();
}

async function main(argv: readonly string[]): Promise<number> {
  const options = {
    only: { type: "string" },
    rounds: { type: "string", default: String(ROUNDS) },
    quick: { type: "boolean", default: false },
    anew: { type: "boolean", default: false },
    draw: { type: "boolean", default: false },
    help: { type: "boolean", short: "h" },
  } as const;
  const {
    only,
    rounds: given,
    help,
    quick,
    anew,
    draw: drawn,
  } = parseArgs({ args: [...argv], options }).values;
  const rounds = Number(given);
  const wanted = ALL.filter(({ name, byNameAlone }) =>
    only === undefined ? drawn || !byNameAlone : name === only,
  );
  if (help) {
    console.log(HELP);
    return 0;
  }
  const problems = [
    ...(wanted.length === 0
      ? [`--only is "${only}", allowed: ${ALL.map(({ name }) => name).join(", ")}`]
      : []),
    ...(Number.isInteger(rounds) && rounds >= 1
      ? []
      : [`--rounds is "${given}", allowed: whole numbers from 1`]),
  ];
  if (problems.length > 0) {
    console.error([...problems, "npm run bench -- --help tells more"].join("\n"));
    return 2;
  }
  if (drawn) for (const one of wanted) await draw(one);
  else await measureAll(wanted, { quick, rounds, anew });
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
