// gunicorn by units as other people write them: what cannot be tuned is refused by name, and nothing of it is changed.
import { describe, expect, test } from "@jest/globals";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { BIND, EXEC, page, withUnit, type SiteUnit } from "../siteUnit";
import { succeeded, type Tuned } from "../tuned";

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

interface Refusal extends SiteUnit {
  readonly title: string;
  readonly says: string;
}

const refusals: readonly Refusal[] = [
  {
    title: "gunicorn in the background of a unit that has ended",
    service: "Type=oneshot\nRemainAfterExit=yes\nUser=site\nWorkingDirectory=/srv/site\n",
    exec: `${EXEC} -D mysite.wsgi`,
    says: "wanted a main process that systemd knows, found -D (gunicorn.service)",
  },
  {
    title: "gunicorn in the background of a unit that has ended, by its configuration",
    service: "Type=oneshot\nRemainAfterExit=yes\nUser=site\nWorkingDirectory=/srv/site\n",
    exec: `${EXEC} mysite.wsgi`,
    files: { "/srv/site/gunicorn.conf.py": "daemon = True\n" },
    says: "wanted a main process that systemd knows, found Type=oneshot (gunicorn.service)",
  },
  {
    title: "a script that says itself what ours has to say",
    exec: "/srv/site/run.sh",
    files: {
      "/srv/site/run.sh": `#!/bin/sh\nexport GUNICORN_CMD_ARGS="-t 77"\nexec gunicorn -b ${BIND} mysite.wsgi\n`,
    },
    says: "Take GUNICORN_CMD_ARGS out of the script",
  },
  {
    title: "what starts it with variables of its own",
    service: "WorkingDirectory=/srv/site\nRuntimeDirectoryMode=0777\n",
    exec: `/usr/bin/su -s /bin/sh -c 'cd /srv/site; exec gunicorn -b ${BIND} mysite.wsgi' - site`,
    says: "wanted the variables that systemd gives, found none",
  },
  {
    title: "a value on the command line that would have to be another",
    exec: `${EXEC} --workers=1 mysite.wsgi`,
    says: "wanted 5, found --workers 1",
  },
];

describe("what cannot be tuned is refused, and nothing is changed:", () => {
  test.each(refusals.map((one) => [one.title, one] as const))(
    "%s",
    async (_title, one) => {
      await withUnit(tuned, one, async () => {
        await tuned.install();
        const refused = await tuned.apply("gunicorn");
        expect(refused.stderr).toContain(one.says);
        expect(refused.stderr).toContain("nothing was changed");
        expect([refused.code, await page(tuned)]).toEqual([1, 200]);
        succeeded(await tuned.restore("host"));
      });
      expect(await host.untouched()).toEqual([]);
    },
    MINUTES,
  );
});
