import { describe, expect, test } from "@jest/globals";
import { stepCommand } from "../../../components/steps/steps";
import { cutPower, ssh } from "../../../lab/machine";
import { BACKLOG, MARKER, OURS, SOMAXCONN, MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { succeeded, type Tuned } from "../../../lab/drive/tuned";

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

async function hanging(): Promise<void> {
  await tuned.root(
    "for i in $(seq 60); do test -e /run/heavyload-hangs && break; sleep 0.5; done; rm /run/heavyload-hangs",
  );
}

describe("a change that does not get through", () => {
  test(
    "puts everything back when the live value is not the wanted one",
    async () => {
      await tuned.install("kernel");
      const done = await tuned.faulty("ignored");
      expect(done.code).not.toBe(0);
      expect(done.stderr).toContain("everything was put back");
      expect(done.stderr).toMatch(/net.core.somaxconn: wanted 16384, found 4096/);
      succeeded(await tuned.restore("host"));
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "is refused by the kernel, and everything is put back",
    async () => {
      await tuned.install("kernel");
      const manifest = tuned.stdin("kernel").replace("widen 5120 65535", "widen 5120 70000");
      const done = await tuned.apply("kernel", manifest);
      expect(done.code).not.toBe(0);
      expect(done.stderr).toMatch(
        /ip_local_port_range: wanted 5120 70000, found the kernel's refusal: Invalid argument/,
      );
      expect(await tuned.live(SOMAXCONN, BACKLOG)).toEqual(host.kernel);
      succeeded(await tuned.restore("host"));
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "is taken back by the next run when it was killed",
    async () => {
      await tuned.install("kernel");
      expect((await tuned.faulty("kill")).code).not.toBe(0);
      await tuned.root(`test -e ${MARKER} && test -e ${OURS}`);
      const next = succeeded(await tuned.restore("host"));
      expect(next.stderr).toContain("the unfinished change was taken back");
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "puts back when the unit is stopped, as by its time limit",
    async () => {
      await tuned.install("kernel");
      const run = tuned.faulty("hang");
      await hanging();
      await tuned.root("systemctl stop heavyload-apply");
      const done = await run;
      expect(done.stderr).toContain("stopped by SIGTERM");
      expect(done.stderr).toContain("everything was put back");
      succeeded(await tuned.restore("host"));
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "is taken back at the next boot, before anything reads the files, when the power went",
    async () => {
      await tuned.install("kernel");
      const run = tuned.faulty("hang");
      await hanging();
      await tuned.root(`test -e ${OURS}`);
      await cutPower(host.machine.name);
      await run;
      await host.bootAgain();
      expect(await tuned.root(`test ! -e ${OURS} && test ! -e ${MARKER} && echo gone`)).toBe("gone\n");
      expect(await tuned.live(SOMAXCONN, BACKLOG)).toEqual(host.kernel);
      expect(await tuned.root("journalctl -b -u heavyload-undo -o cat")).toContain(
        "the unfinished change was taken back",
      );
      succeeded(await tuned.restore("host"));
      expect(await host.untouched()).toEqual([]);
    },
    6 * MINUTES,
  );

  test(
    "goes on when the connection is cut, and the journal tells of it",
    async () => {
      await tuned.install("kernel");
      // The shell that kills its own sshd goes only when the change has begun; a job would lose the manifest's stdin.
      const apply = stepCommand("kernel", host.machine.user).apply;
      const since = (await tuned.root("date +%s.%N")).trim(); // the machine's journal has earlier changes too
      const begun = "until systemctl is-active -q heavyload-apply; do sleep 0.1; done";
      const cut = `exec 3<&0; ${apply} <&3 & ${begun}; kill -9 $PPID`;
      await ssh(host.machine, cut, { input: tuned.stdin("kernel"), timeout: 20_000 });
      await tuned.root(
        "for i in $(seq 60); do systemctl is-active -q heavyload-apply || break; sleep 0.5; done",
      );
      expect(await tuned.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "16384" });
      expect(await tuned.root(`journalctl -u heavyload-apply --since @${since} -o cat`)).toContain(
        "net.core.somaxconn: 4096 -> 16384",
      );
      await tuned.down("kernel");
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "waits while another one has the host",
    async () => {
      await tuned.install("kernel");
      const [one, other] = await Promise.all([tuned.apply("kernel"), tuned.apply("kernel")]);
      expect([one.code, other.code]).toEqual([0, 0]);
      expect(one.stderr + other.stderr).toContain("waiting for its end");
      await tuned.down("kernel");
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );
});
