import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { must } from "../../../lab/run";
import { asked } from "../oracle";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";

const SAMPLE = 60;

let host: Pristine;

eachFromPristine((pristine) => {
  host = pristine;
});

test(
  "the real nginx takes what the editor is given and what it makes of it",
  async () => {
    const seed = Date.now();
    const sample = await must("python3", [
      join(__dirname, "../nginxSample.py"),
      String(seed),
      String(SAMPLE),
    ]);
    const refused = await asked<string[]>(host.tuned, "nginxOracle.py", [], sample);
    expect({ seed, refused }).toEqual({ seed, refused: [] });
  },
  5 * MINUTES,
);
