import { deflateSync, inflateSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { stepCommand } from "../../../components/steps/steps";
import { ssh } from "../../../lab/machine";
import { LOWER } from "../../../lab/drive/load";
import { BACKLOG, LATER, MINUTES, OURS, SOMAXCONN, eachFromPristine, type Pristine } from "../pristine";
import { quoted, succeeded, Tuned } from "../../../lab/drive/tuned";

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

describe("a host that is not fit is refused, and nothing of it is touched:", () => {
  test(
    "a later file of sysctl.d that would win, by its name and line",
    async () => {
      succeeded(await tuned.apply("host"));
      await tuned.root(`printf '# mine\\n${SOMAXCONN} = 128\\n' >${LATER}`);
      const done = await tuned.apply("kernel");
      expect(done.code).not.toBe(0);
      expect(done.stderr).toContain(`${LATER} line 2`);
      expect(await tuned.live(SOMAXCONN, BACKLOG)).toEqual(host.kernel);
      await tuned.root(`rm ${LATER}`);
      succeeded(await tuned.restore("host"));
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "a key that is read-only and short; one that already satisfies passes",
    async () => {
      succeeded(await tuned.apply("host"));
      const path = `/proc/sys/net/core/somaxconn`;
      await tuned.root(`mount --bind ${path} ${path} && mount -o remount,ro,bind ${path}`);
      const done = await tuned.apply("kernel");
      expect(done.code).not.toBe(0);
      expect(done.stderr).toMatch(/net.core.somaxconn: wanted at least 16384, found 4096, read-only/);
      expect(await tuned.live(BACKLOG)).toEqual({ [BACKLOG]: host.kernel[BACKLOG] });
      const small = tuned.with({ wish: LOWER }); // its 4096 is there already
      expect(succeeded(await small.apply("kernel")).stdout).toContain("settings wanted");
      await tuned.root(`umount ${path}`);
      await small.down("kernel");
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "another stack's host, by name; told to adopt it takes over, and the old stack leaves it alone then",
    async () => {
      await tuned.up("kernel");
      const other = tuned.with({ order: { stack: "blog/prod/web" } });
      const refused = await other.apply("host");
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toContain("wanted blog/prod/web, found shop/prod/web");
      expect(refused.stderr).toContain("heavyload:adopt");
      await other.with({ order: { stack: "blog/prod/web", adopt: true } }).up("kernel");
      expect(succeeded(await tuned.restore("kernel")).stdout).toContain("belongs to blog/prod/web");
      expect(succeeded(await tuned.restore("host")).stdout).toContain("belongs to blog/prod/web");
      expect(await tuned.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "16384" });
      await other.down("kernel");
      expect(await host.untouched()).toEqual([]);
    },
    5 * MINUTES,
  );

  test(
    "no root's rights, too little memory and an untested system, all at once",
    async () => {
      await tuned.root(
        "printf 'ID=other\\nVERSION_ID=1\\n' >/run/os && mount --bind /run/os /etc/os-release",
      );
      const stdin = tuned.stdin("host").replace(/memory_mib: at least \d+/, "memory_mib: at least 900000");
      const guest = new Tuned({ ...host.machine, user: "guest" });
      const done = await guest.apply("host", stdin);
      await tuned.root("umount /etc/os-release; rm /run/os");
      expect(done.code).not.toBe(0);
      expect(done.stderr).toContain("3 problems, nothing was changed");
      expect(done.stderr).toMatch(/sudo: wanted root's rights without a password/);
      expect(done.stderr).toMatch(/memory_mib: wanted at least 900000, found \d+/);
      expect(done.stderr).toMatch(/system: wanted one of debian 11, .*, found other 1/);
    },
    3 * MINUTES,
  );

  test(
    "all that the steps to come would stumble over too, before anything is touched",
    async () => {
      const path = "/proc/sys/net/core/somaxconn";
      await tuned.root(
        `mount --bind ${path} ${path} && mount -o remount,ro,bind ${path}
         printf '${BACKLOG} = 500\\n' >${LATER}
         mkdir ${OURS}`,
      );
      const stdin = tuned.stdin("host").replace(/memory_mib: at least \d+/, "memory_mib: at least 900000");
      const done = await tuned.apply("host", stdin);
      await tuned.root(`rmdir ${OURS}`);
      expect(done.code).not.toBe(0);
      expect(done.stderr).toContain("4 problems, nothing was changed");
      expect(done.stderr).toMatch(/memory_mib: wanted at least 900000, found \d+/);
      expect(done.stderr).toMatch(/net.core.somaxconn: wanted at least 16384, found 4096, read-only/);
      expect(done.stderr).toContain(`${LATER} line 1`);
      expect(done.stderr).toMatch(new RegExp(`${OURS}: wanted .*, found neither a file nor a link`));
      await tuned.root(`umount ${path}; rm ${LATER}`);
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "no Python, no systemd",
    async () => {
      await tuned.root("chmod 0644 $(readlink -f /usr/bin/python3)");
      const python = await tuned.apply("host");
      await tuned.root("chmod 0755 $(readlink -f /usr/bin/python3)");
      expect(python.code).toBe(69);
      expect(python.stderr).toContain("/usr/bin/python3 is missing on this host: install python3");
      const line = `sudo unshare --mount sh -c ${quoted(`mount -t tmpfs none /run/systemd && exec ${stepCommand("host", "root").apply}`)}`;
      const systemd = await ssh(host.machine, line, { input: tuned.stdin("host") });
      expect(systemd.code).not.toBe(0);
      expect(systemd.stderr).toMatch(/systemd: wanted systemd as the first process/);
      await ssh(host.machine, "sudo systemctl daemon-reload");
    },
    3 * MINUTES,
  );

  test(
    "a manifest or a program that was damaged on its way",
    async () => {
      succeeded(await tuned.apply("host"));
      const done = await tuned.apply("kernel", tuned.stdin("kernel").slice(0, -20));
      expect(done.code).not.toBe(0);
      expect(done.stderr).toContain("`complete: true` as the last line");
      const [line = "", ...rest] = tuned.stdin("host").split("\n");
      const cut = await tuned.apply("host", [line.slice(0, -40), ...rest].join("\n"));
      expect(cut.code).not.toBe(0);
      expect(cut.stderr).toMatch(/^heavyload: the program was damaged on its way, nothing was changed/);
      const other = inflateSync(Buffer.from(line.slice("# ".length), "base64"))
        .toString()
        .replace("The one writer", "The 0ne writer");
      const packed = deflateSync(other).toString("base64");
      const program = await tuned.apply("host", [`# ${packed}`, ...rest].join("\n"));
      expect(program.code).not.toBe(0);
      expect(program.stderr).toMatch(/program: wanted sha256 [0-9a-f]{64}, found [0-9a-f]{64}/);
      succeeded(await tuned.restore("host"));
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );
});
