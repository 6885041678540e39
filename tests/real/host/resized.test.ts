// A machine that has another size at its next boot: values that were computed are worked out anew.
import { expect, test } from "@jest/globals";
import { rebootMachine } from "../../../lab/machine";
import { toStderr } from "../../../lab/progress";
import { ANSWERS, type Tuned } from "../../../lab/drive/tuned";
import { eachFromPristine, MINUTES, type Pristine } from "../pristine";

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

/** As a smaller type of machine would: the service may use one CPU, and memory for two workers. */
const SMALLER = "/etc/systemd/system/system.slice.d/size.conf";
const RESIZE = `mkdir -p $(dirname ${SMALLER}) && printf '[Slice]\\nCPUQuota=100%%\\nMemoryMax=700M\\n' >${SMALLER}`;
const BACK = `rm -r $(dirname ${SMALLER})`;
const RESIZED =
  "systemctl is-active --wait heavyload-resize >/dev/null; for i in $(seq 300); do s=$(systemctl show -p ActiveState --value heavyload-resize); test $s = inactive && break; sleep 0.1; done";

const verify = () => tuned.root("heavyload verify 2>&1; echo $?");
const workers = async () =>
  Number(await tuned.root("pgrep -cP $(systemctl show -p MainPID --value gunicorn)"));
const reboot = async (): Promise<void> => {
  await rebootMachine(host.machine, toStderr);
  await tuned.root(`${RESIZED}; ${ANSWERS}`);
};

test(
  "fewer CPUs and less memory: said by verify, worked out at the next boot inside a transaction, and back again",
  async () => {
    await tuned.up("limits", "gunicorn", "nginx");
    const before = await workers();
    expect(await verify()).toMatch(/^no drift: .*\n0\n$/);

    await tuned.root(`${RESIZE} && systemctl daemon-reload`);
    expect(await verify()).toMatch(
      /^drift: gunicorn's values: wanted those for 1 CPUs and 700 MiB, found those for \d+ CPUs and \d+ MiB .*\n2\n$/,
    );

    await reboot();
    expect(await tuned.root("journalctl -b -o cat -u heavyload-apply")).toMatch(
      /gunicorn: values for 1 CPUs and 700 MiB, which were [\s\S]*gunicorn\.workers: \d+ -> 2/,
    );
    expect(await workers()).toBe(2);
    expect(before).toBeGreaterThan(2);
    expect(await verify()).toMatch(/^no drift: .*\n0\n$/);
    const [row] = (
      JSON.parse(await tuned.root("heavyload status --json")) as {
        settings: { name: string; wanted: string }[];
      }
    ).settings.filter(({ name }) => name === "gunicorn.workers");
    expect(row?.wanted).toMatch(/^2 = max\(/);

    await tuned.root(BACK);
    await reboot();
    expect(await workers()).toBe(before);
    // Of a machine that stays as it is nothing is asked.
    await reboot();
    expect(await tuned.root("journalctl -b -o cat -u heavyload-apply")).toBe("");
    await tuned.down("limits", "gunicorn", "nginx");
    expect(await host.untouched()).toEqual([]);
  },
  6 * MINUTES,
);
