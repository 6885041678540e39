// Which limit of open files a unit's text gives, as the host program reads it, against systemd.
import { expect, test } from "@jest/globals";
import { asked } from "../oracle";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { succeeded } from "../../../lab/drive/tuned";

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
    const said = await asked(tuned, "limitOracle.py", [seed, UNITS]);
    const expected = { seed, compared: UNITS + 1, different: [] };
    expect({ seed, ...said }).toEqual(expected);
    succeeded(await tuned.restore("host"));
    expect(await host.untouched()).toEqual([]);
  },
  5 * MINUTES,
);
