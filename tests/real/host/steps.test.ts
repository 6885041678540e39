import { describe, expect, test } from "@jest/globals";
import { rebootMachine, ssh } from "../../../lab/machine";
import { toStderr } from "../../../lab/progress";
import { HIGHER, LOAD, OPEN_FILES, rowsOf } from "../../../lab/drive/load";
import { BACKLOG, OURS, SOMAXCONN, MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { succeeded, type Tuned } from "../../../lab/drive/tuned";

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

describe("the steps", () => {
  test(
    "put every value in force, change nothing the second time, hold after a reboot, and restore everything",
    async () => {
      const layers = ["kernel", "limits", "gunicorn", "nginx"];
      await tuned.up(...layers);
      const inForce = async () => {
        expect(await tuned.live(SOMAXCONN, BACKLOG, "net.ipv4.ip_local_port_range")).toEqual({
          [SOMAXCONN]: "16384",
          [BACKLOG]: "16384",
          "net.ipv4.ip_local_port_range": "5120 65535",
        });
        // nginx's queue, gunicorn's, and its workers.
        const seen = await tuned.root(`ss -ltnH sport = :80 | awk '{ print $3 }'
          ss -lxnH | awk '/gunicorn/ { print $4 }'; pgrep -cP $(systemctl show -P MainPID gunicorn)
          for name in nginx gunicorn; do
            awk '/open files/ { print $4, $5 }' /proc/$(systemctl show -P MainPID $name)/limits; done`);
        expect(seen.trim().split("\n")).toEqual([
          ...["16384", "16384", "10000", String(2 * (await tuned.cpus()) + 1)],
          ...Array<string>(2).fill(`${OPEN_FILES} ${host.hardOfServices}`),
        ]);
      };
      await inForce();
      const again = succeeded(await tuned.apply("kernel"));
      expect(again.stdout).toContain("settings wanted, 0 changed");
      expect(succeeded(await tuned.apply("report")).stdout.match(/"ok": true/g)).toHaveLength(rowsOf(LOAD));
      await rebootMachine(host.machine, toStderr);
      await inForce();
      expect(await tuned.root("heavyload verify")).toContain(" 0 short");
      await tuned.down(...layers);
      expect(await host.untouched()).toEqual([]);
    },
    8 * MINUTES,
  );

  test(
    "leave a limit that the host exceeds, write it to no file, and raise it after a reboot only as far as wanted",
    async () => {
      await tuned.root(`sysctl -qw ${SOMAXCONN}=70000`);
      await tuned.up("kernel");
      expect(await tuned.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "70000" });
      expect(await tuned.root(`cat ${OURS}`)).not.toContain("somaxconn");
      await rebootMachine(host.machine, toStderr);
      expect(await tuned.live(SOMAXCONN, BACKLOG)).toEqual({ [SOMAXCONN]: "16384", [BACKLOG]: "16384" });
      expect(await tuned.root("heavyload verify")).toContain(" 0 short");
      await tuned.down("kernel");
      expect(await tuned.live(SOMAXCONN, BACKLOG)).toEqual(host.kernel);
      expect(await tuned.root(`test ! -e ${OURS} && test ! -e /var/lib/heavyload && echo gone`)).toBe(
        "gone\n",
      );
    },
    6 * MINUTES,
  );

  test(
    "bring down on a lower tier only what they raised themselves",
    async () => {
      await tuned.root(`sysctl -qw ${BACKLOG}=20000`);
      await tuned.with({ wish: HIGHER }).up("kernel");
      expect(await tuned.live(SOMAXCONN, BACKLOG)).toEqual({ [SOMAXCONN]: "65535", [BACKLOG]: "65535" });
      await tuned.up("kernel");
      expect(await tuned.live(SOMAXCONN, BACKLOG)).toEqual({ [SOMAXCONN]: "16384", [BACKLOG]: "20000" });
      await tuned.down("kernel");
      expect(await tuned.live(BACKLOG)).toEqual({ [BACKLOG]: "20000" });
      await tuned.root(`sysctl -qw ${BACKLOG}=${host.kernel[BACKLOG]}`);
      expect(await host.untouched()).toEqual([]);
    },
    5 * MINUTES,
  );
});

describe("restore", () => {
  test(
    "keeps what somebody else changed since: a line in our file, a value they set",
    async () => {
      await tuned.up("kernel");
      await tuned.root(`echo 'vm.swappiness = 10' >>${OURS} && sysctl -qw ${BACKLOG}=3000`);
      const done = succeeded(await tuned.restore("kernel"));
      expect(done.stderr).toContain(`${BACKLOG}: somebody set 3000 after us`);
      expect(await tuned.root(`cat ${OURS}`)).toBe("vm.swappiness = 10\n");
      expect(await tuned.live(SOMAXCONN, BACKLOG)).toEqual({ ...host.kernel, [BACKLOG]: "3000" });
      await tuned.root(`rm ${OURS} && sysctl -qw ${BACKLOG}=${host.kernel[BACKLOG]}`);
      succeeded(await tuned.restore("host"));
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "works on the host by hand, and a destroy afterwards finds nothing to do",
    async () => {
      await tuned.up("kernel");
      expect(await tuned.root("heavyload status")).toMatch(
        /owner: shop\/prod\/web\nkernel: last changed \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n/,
      );
      expect(await tuned.root("heavyload verify")).toContain(" 0 short");
      await tuned.root(`sysctl -qw ${SOMAXCONN}=128`);
      const verify = await ssh(host.machine, "sudo heavyload verify");
      expect(verify.code).toBe(2);
      expect(verify.stdout).toMatch(
        /^drift: net.core.somaxconn: wanted at least 16384, found 128, after a reboot 16384 .*\n$/,
      );
      const metrics = "/run/heavyload.prom";
      const asked = `sudo heavyload verify --json --prometheus=${metrics}; cat ${metrics}`;
      expect((await ssh(host.machine, asked)).stdout).toMatch(
        /"what": "net.core.somaxconn"[^]*\nheavyload_drift 1\n/,
      );
      await tuned.root(`rm ${metrics}`);
      await tuned.root(`sysctl -qw ${SOMAXCONN}=16384`);
      await tuned.root("heavyload restore");
      await tuned.down("kernel");
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );
});
