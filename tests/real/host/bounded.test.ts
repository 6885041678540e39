// Limits of open files where there is no right to raise the hard one.
import { describe, expect, test } from "@jest/globals";
import { OPEN_FILES } from "../../../lab/drive/load";
import { succeeded, type Tuned } from "../../../lab/drive/tuned";
import { ssh } from "../../../lab/machine";
import { ofLogin, ofService } from "../openFiles";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";

let host: Pristine;
let tuned: Tuned;
/** Soft and hard limit: what Debian gives services, and what the plan makes of that. */
let SERVICE: string;
let RAISED: string;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
  SERVICE = `1024 ${host.hardOfServices}`;
  RAISED = `${OPEN_FILES} ${host.hardOfServices}`;
});

const inForce = (service: string): Promise<string> => ofService(tuned, service);
const inForceOf = (user: string): Promise<string> => ofLogin(tuned, user);

describe("where root has no right to raise a limit, as in many a container,", () => {
  const bounded = "--wait --pipe --collect -q --property=CapabilityBoundingSet=~CAP_SYS_RESOURCE";
  const line = `sudo systemd-run ${bounded} /var/lib/heavyload/bin/heavyload inside`;
  const without = (verb: string, stdin: string) =>
    ssh(host.machine, `${line} ${verb} limits`, { input: stdin });

  test(
    "soft limits go in up to the hard one and come back",
    async () => {
      await tuned.install("limits");
      succeeded(await without("apply", tuned.stdin("limits")));
      expect([await inForce("nginx"), await inForce("gunicorn")]).toEqual([RAISED, RAISED]);
      expect(await tuned.root("heavyload verify")).toContain(" 0 short");
      succeeded(await without("restore", tuned.stdin("limits")));
      expect([await inForce("nginx"), await inForce("gunicorn")]).toEqual([SERVICE, SERVICE]);
      succeeded(await tuned.restore("host"));
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "what others want for everybody and cannot have does not keep ours from coming into force",
    async () => {
      if (host.machine.abilities.openFiles > 1_000_000) return; // a VM's may rise
      const theirs = "/etc/security/limits.d/50-theirs.conf";
      await tuned.root(`printf '* hard nofile 1048576\\n* soft nofile 1048576\\n' >${theirs}`);
      try {
        expect(await inForceOf("site")).toBe(`1024 ${host.hardOfLogins}`);
        await tuned.up("limits");
        // As much as there can be, of which others want still more.
        expect(await inForceOf("site")).toBe(`${host.hardOfLogins} ${host.hardOfLogins}`);
        await tuned.down("limits");
        await tuned.root(`echo 'site hard nofile unlimited' >/etc/security/limits.d/99-zz.conf`);
        await tuned.install();
        const done = await tuned.apply("limits");
        expect(done.stderr).toContain(
          "found unlimited (/etc/security/limits.d/99-zz.conf line 1). pam_limits sets none of the limits then",
        );
        expect(done.stderr).toContain("nothing was changed");
        succeeded(await tuned.restore("host"));
      } finally {
        await tuned.root(`rm -f ${theirs} /etc/security/limits.d/99-zz.conf`);
      }
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "a hard limit above what there is is one clear error before anything is touched",
    async () => {
      await tuned.install("limits");
      const much = host.hardOfLogins + 1;
      const wanting = tuned
        .stdin("limits")
        .replace(/nofile.hard: at least \d+/, `nofile.hard: at least ${much}`);
      const done = await without("apply", wanting);
      expect(done.code).not.toBe(0);
      expect(done.stderr).toContain("1 problem, nothing was changed");
      expect(done.stderr).toContain(`nofile.hard: wanted at least ${much}, found ${host.hardOfLogins}`);
      expect(done.stderr).toContain("`tuning`");
      succeeded(await tuned.restore("host"));
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );
});
