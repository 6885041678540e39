// Which line of limits.conf and limits.d decides, as the host program sees it, against the real pam_limits.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { quoted, succeeded, type Tuned } from "../tuned";

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

test(
  "logins get what the program predicts, for random files",
  async () => {
    await tuned.install("limits");
    const seed = Date.now();
    const oracle = readFileSync(join(__dirname, "../pamOracle.py"), "utf8");
    await tuned.root("mkdir /run/kept; cp -a /etc/security /run/kept");
    try {
      const printed = await tuned.root(`python3 -I -c ${quoted(oracle)} ${seed} 20`);
      expect({ seed, ...(JSON.parse(printed) as object) }).toEqual({ seed, compared: 40, different: [] });
    } finally {
      await tuned.root("rm -r /etc/security; cp -a /run/kept/* /etc; rm -r /run/kept");
    }
    succeeded(await tuned.restore("host"));
    expect(await host.untouched()).toEqual([]);
  },
  5 * MINUTES,
);
