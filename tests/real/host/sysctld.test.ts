// Which line of sysctl.d decides, and what the kernel makes of it, as the host program sees it, against the real
// systemd-sysctl.
import { expect, test } from "@jest/globals";
import { asked } from "../oracle";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { succeeded } from "../../../lab/drive/tuned";

let host: Pristine;

eachFromPristine((pristine) => {
  host = pristine;
});

const FOLDERS = "/etc/sysctl.d /run/sysctl.d /usr/lib/sysctl.d";
const ROUNDS = 200;

test(
  "the next boot has what the program predicts, for random files",
  async () => {
    const { tuned } = host;
    await tuned.install();
    const seed = Date.now();
    const before = await tuned.root("sysctl -a 2>/dev/null | grep -E 'somaxconn|fin_timeout|ip_local_'");
    await tuned.root(
      `for folder in ${FOLDERS}; do test ! -d $folder || { mkdir -p /run/kept$folder; cp -a $folder/. /run/kept$folder; }; done`,
    );
    try {
      const said = await asked(tuned, "sysctlOracle.py", [seed, ROUNDS]);
      const expected = { seed, compared: 4 * ROUNDS, different: [] };
      expect({ seed, ...said }).toEqual(expected);
    } finally {
      await tuned.root(
        `for folder in ${FOLDERS}; do rm -rf $folder; test ! -d /run/kept$folder || cp -a /run/kept$folder $folder; done
         rm -rf /run/kept; sysctl -q -p -`,
        before,
      );
    }
    succeeded(await tuned.restore("host"));
    expect(await host.untouched()).toEqual([]);
  },
  5 * MINUTES,
);
