import { stepsOf } from "../../components/steps/steps";
import { LOAD } from "../../lab/drive/load";
import { succeeded, Tuned } from "../../lab/drive/tuned";
import { LAYERS } from "../host/states";
import { medians } from "../measure/medians";
import { inRounds, type Measurement, type Row } from "../measure/measurement";
import { onMachine } from "../measure/onMachine";
import { barsOf } from "./bars";
import { seconds } from "./seconds";

const ORDER = { stack: "bench/steps/host" };
const STEPS = stepsOf(false);
const ALL = "all";

/** Each step of a first `up`, as the host itself takes for it. */
async function once(host: Tuned): Promise<Row[]> {
  const rows: Row[] = [];
  for (const step of STEPS)
    rows.push({ step, seconds: await seconds(async () => succeeded(await host.apply(step))) });
  await host.down(...LAYERS);
  const all = rows.reduce((sum, row) => sum + Number(row["seconds"]), 0);
  return [...rows, { step: ALL, seconds: Number(all.toFixed(2)) }];
}

const shown = (rows: readonly Row[]): Row[] => medians(rows, ["step"], "seconds");

export const STEP_TIMES: Measurement = {
  name: "steps",
  title: "Where a first up spends its time",
  about:
    "Each step of a first up on a container host, driven over a connection that is open already, without an engine.",
  seen: "each step of a first up, without the engine",
  lines: inRounds(
    "steps",
    onMachine({ kind: "container" }, async (machine) => {
      const host = new Tuned(machine, ORDER, LOAD);
      await once(host); // reads files into memory
      return () => once(host);
    }),
  ),
  columns: ["step", "seconds", "least", "most"],
  shown,
  chart: (rows) =>
    barsOf(shown(rows), { title: "Where a first up spends its time", bar: "step", number: "seconds" }),
};
