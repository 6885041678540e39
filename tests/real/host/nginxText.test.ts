import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { must } from "../../../lab/run";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { quoted } from "../tuned";

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
    const oracle = readFileSync(join(__dirname, "../nginxOracle.py"), "utf8");
    const said = await host.tuned.root(`python3 -I -c ${quoted(oracle)}`, sample);
    expect({ seed, refused: JSON.parse(said) as string[] }).toEqual({ seed, refused: [] });
  },
  5 * MINUTES,
);
