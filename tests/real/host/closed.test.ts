// Places that root itself cannot write, and a umask that keeps files from whom they are made for.
import { expect, test } from "@jest/globals";
import { MINUTES, OURS, eachFromPristine, type Pristine } from "../pristine";
import { succeeded, type Tuned } from "../../../lab/drive/tuned";

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

const readOnly = (folder: string): string =>
  `mount --bind ${folder} ${folder} && mount -o remount,bind,ro ${folder}`;

test(
  "all of them are found at once, before anything is touched",
  async () => {
    await tuned.root(
      `chattr +i /etc/sysctl.d; chattr +a /etc/security/limits.d; ${readOnly("/etc/nginx")}
       mount --bind /var/lib /var/lib; mount -o remount,bind,noexec /var/lib`,
    );
    try {
      const done = await tuned.apply("host");
      expect(done.code).toBe(1);
      expect(done.stderr).toContain("nothing was changed");
      for (const [path, found] of [
        ["/var/lib", "one that is mounted with noexec"],
        [OURS, "the attribute +i (/etc/sysctl.d)"],
        ["/etc/security/limits.d/99-heavyload.conf", "the attribute +a (/etc/security/limits.d)"],
        ["/etc/nginx/nginx.conf", "a read-only file system (/etc/nginx)"],
      ])
        expect(done.stderr).toMatch(
          new RegExp(`- ${path ?? ""}: wanted [a-z ]*, found ${found?.replace(/[()+]/g, "\\$&") ?? ""}`),
        );
    } finally {
      await tuned.root(
        "chattr -i /etc/sysctl.d; chattr -a /etc/security/limits.d; umount /etc/nginx /var/lib; systemctl daemon-reload",
      );
    }
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);

test(
  "where nothing of ours lies they hold up nothing; where something does, that alone waits",
  async () => {
    await tuned.root(readOnly("/usr/local/sbin"));
    try {
      await tuned.up("kernel", "limits", "gunicorn");
      await tuned.root(`chattr +a /etc/sysctl.d; ${readOnly("/etc/nginx")}`);
      succeeded(await tuned.restore("gunicorn"));
      succeeded(await tuned.restore("limits"));
      const waits = await tuned.restore("kernel");
      expect([waits.code, waits.stderr]).toEqual([
        1,
        expect.stringContaining(`${OURS}: wanted a place that can be written, found the attribute +a`),
      ]);
      const all = await tuned.restore("host");
      expect([all.code, all.stderr]).toEqual([1, expect.stringContaining("all else went back")]);
      await tuned.root("chattr -a /etc/sysctl.d");
      succeeded(await tuned.restore("host"));
    } finally {
      await tuned.root("chattr -a /etc/sysctl.d; umount /usr/local/sbin /etc/nginx; systemctl daemon-reload");
    }
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);

test(
  "a umask for all services",
  async () => {
    const dropin = "/etc/systemd/system/service.d/10-umask.conf";
    await tuned.root(
      `mkdir -p $(dirname ${dropin}); printf '[Service]\\nUMask=0077\\n' >${dropin}; systemctl daemon-reload`,
    );
    try {
      await tuned.up("kernel", "limits", "gunicorn", "nginx");
      expect(await tuned.root("stat -c %a /etc/heavyload /etc/heavyload/gunicorn.conf.py")).toBe(
        "755\n644\n",
      );
      await tuned.down("kernel", "limits", "gunicorn", "nginx");
    } finally {
      await tuned.root(`rm -r $(dirname ${dropin}); systemctl daemon-reload`);
    }
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);
