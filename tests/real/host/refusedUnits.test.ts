// gunicorn by units as other people write them: what cannot be tuned is refused by name, and nothing of it is changed.
import { describe, expect, test } from "@jest/globals";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { BIND, EXEC, page, withUnit, type SiteUnit } from "../siteUnit";
import { succeeded, type Tuned } from "../../../lab/drive/tuned";

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

interface Refusal extends SiteUnit {
  readonly title: string;
  readonly says: string;
  /** Run as root once it serves. */
  readonly then?: string;
}

const AS_SITE = "Type=notify\nUser=site\nWorkingDirectory=/srv/site\n";
const OWN = 'timeout = 77\ndef post_fork(server, worker): worker.log.info("theirs")\n';

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
    title: "a unit that was edited since, and would not start",
    exec: `${EXEC} mysite.wsgi`,
    then: "sed -i s/mysite.wsgi/gone.wsgi/ /etc/systemd/system/gunicorn.service",
    says: "wanted its unit as it runs, found edited since, and not read by systemd yet (gunicorn.service",
  },
  {
    title: "a condition that holds no more",
    service: `${AS_SITE}[Unit]\nConditionPathExists=/run/go\nConditionPathExists=!/run/stay\n[Service]\n`,
    exec: `${EXEC} mysite.wsgi`,
    prepare: "touch /run/go",
    then: "rm /run/go",
    says: "wanted conditions of its start that hold, found ConditionPathExists=/run/go (gunicorn.service)",
  },
  {
    title: "a unit that nobody may stop",
    service: `${AS_SITE}[Unit]\nRefuseManualStart=no\n[Service]\n`,
    exec: `${EXEC} mysite.wsgi`,
    then: "mkdir -p /run/systemd/system/gunicorn.service.d; printf '[Unit]\\nRefuseManualStop=yes\\n' >/run/systemd/system/gunicorn.service.d/stay.conf; systemctl daemon-reload",
    tidy: "rm -rf /run/systemd/system/gunicorn.service.d",
    says: "wanted a unit that can be restarted, found RefuseManualStop=yes (gunicorn.service)",
  },
  {
    title: "a configuration in a folder to which a launcher goes",
    service: "Type=notify\nUser=site\nWorkingDirectory=/\n",
    exec: `/usr/bin/env --chdir=/srv/site /usr/bin/gunicorn --bind ${BIND} mysite.wsgi`,
    files: { "/srv/site/gunicorn.conf.py": OWN },
    says: "gunicorn.timeout: wanted what its configuration says, found another value where it is read from its place (/gunicorn.conf.py)",
  },
  {
    title: "a program by gunicorn's name that says a configuration itself",
    service: AS_SITE,
    exec: `/srv/site/gunicorn --bind ${BIND} mysite.wsgi`,
    files: {
      "/srv/site/gunicorn":
        '#!/bin/sh\nexport GUNICORN_CMD_ARGS="-c /srv/site/own.py $GUNICORN_CMD_ARGS"\nexec /usr/bin/gunicorn "$@"\n',
      "/srv/site/own.py": OWN,
    },
    says: "gunicorn.timeout: wanted what its configuration says, found another value",
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
        await tuned.root(one.then ?? "true");
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
