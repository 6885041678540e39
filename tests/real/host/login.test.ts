// Accounts that people log in by, and what the steps make of them.
import { describe, expect, test } from "@jest/globals";
import { makePlan } from "../../../components/tuning/plan";
import { parseReport } from "../../../components/tuning/report";
import { succeeded, Tuned } from "../../../lab/drive/tuned";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

describe("a login user", () => {
  const login = (user: string) => new Tuned({ ...host.machine, user });

  test(
    "without a shell is told so by the host, and nothing is touched",
    async () => {
      const done = await login("shellless").apply("host");
      expect(done.code).not.toBe(0);
      expect(done.stdout + done.stderr).toContain("This account is currently not available");
      expect(await tuned.root("test ! -e /var/lib/heavyload && echo none")).toBe("none\n");
      expect(await host.untouched()).toEqual([]);
    },
    2 * MINUTES,
  );

  test(
    "with a restricted shell that greets everybody, behind sshd's banner, has everything done all the same",
    async () => {
      await tuned.root(`echo 'Keep out' >/etc/issue.test; echo 'Banner /etc/issue.test' >/etc/ssh/sshd_config.d/test.conf
        systemctl restart ssh`); // which waits until it listens again
      const narrow = login("narrow");
      await narrow.up("kernel");
      for (const step of ["limits", "gunicorn", "nginx"]) succeeded(await narrow.apply(step));
      const { stdout } = succeeded(await narrow.apply("report"));
      expect(stdout).toMatch(/^Welcome to the farm\n/);
      const { plan } = makePlan(narrow.wish);
      if (!plan) throw new Error("no plan");
      expect(parseReport(stdout, plan).settings.every(({ ok }) => ok)).toBe(true);
      for (const step of ["nginx", "gunicorn", "limits"]) succeeded(await narrow.restore(step));
      await narrow.down("kernel");
      await tuned.root("rm /etc/issue.test /etc/ssh/sshd_config.d/test.conf; systemctl restart ssh");
      expect(await host.untouched()).toEqual([]);
    },
    5 * MINUTES,
  );
});
