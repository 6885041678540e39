// Which limit of open files a unit's text gives, as the host program reads it, against systemd.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { quoted, succeeded } from "../tuned";

let host: Pristine;

eachFromPristine((pristine) => {
  host = pristine;
});

const UNITS = 300;

test(
  "units get the limit that the program predicts, for random texts",
  async () => {
    const { tuned } = host;
    await tuned.install();
    const seed = Date.now();
    const oracle = readFileSync(join(__dirname, "../limitOracle.py"), "utf8");
    const printed = await tuned.root(`python3 -I -c ${quoted(oracle)} ${seed} ${UNITS}`);
    const expected = { seed, compared: UNITS + 1, different: [] };
    expect({ seed, ...(JSON.parse(printed) as object) }).toEqual(expected);
    succeeded(await tuned.restore("host"));
    expect(await host.untouched()).toEqual([]);
  },
  5 * MINUTES,
);
