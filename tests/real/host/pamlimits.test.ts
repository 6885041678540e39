// Which line of limits.conf and limits.d decides, as the host program sees it, against the real pam_limits.
import { expect, test } from "@jest/globals";
import { asked } from "../oracle";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { succeeded, type Tuned } from "../../../lab/drive/tuned";

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
    await tuned.root("mkdir /run/kept; cp -a /etc/security /run/kept");
    try {
      const said = await asked(tuned, "pamOracle.py", [seed, 20]);
      expect({ seed, ...said }).toEqual({ seed, compared: 40, different: [] });
    } finally {
      await tuned.root("rm -r /etc/security; cp -a /run/kept/* /etc; rm -r /run/kept");
    }
    succeeded(await tuned.restore("host"));
    expect(await host.untouched()).toEqual([]);
  },
  5 * MINUTES,
);
