import type { RunResult } from "../../lab/run";
import type { Call } from "./calls";
import type { Fault } from "./case";
import type { Rig } from "./rig";
import { runStep, type Step } from "./step";

/** The last moment before a step's first file is in its place: all is planned, checked and staged. */
const atSwitch = (calls: readonly Call[]): Call | undefined =>
  calls.find(({ syscall, path }) => syscall.startsWith("rename") && !path.startsWith("/var/"));

/** What somebody does at that moment, and how it is mended afterwards; lines of a shell. */
interface Act {
  readonly what: string;
  /** Of which concerns; absent: of all. */
  readonly of?: readonly string[];
  readonly act: string;
  readonly mend: string;
}

const WSGI = "/srv/site/mysite/wsgi.py";
const NGINX_CONF = "/etc/nginx/nginx.conf";
/** As dpkg and certbot write: a new file in the place of the old one. */
const rewritten = (path: string): Pick<Act, "act" | "mend"> => ({
  act: `cp -p ${path} /run/theirs && cp -p ${path} ${path}.dpkg-new && echo '# theirs' >>${path}.dpkg-new && mv ${path}.dpkg-new ${path}`,
  mend: `tail -n1 ${path} | grep -qx '# theirs' && mv /run/theirs ${path}`,
});

const ACTS: readonly Act[] = [
  { what: "nginx is stopped", act: "systemctl stop nginx", mend: "systemctl start nginx" },
  { what: "gunicorn is stopped", act: "systemctl stop gunicorn", mend: "systemctl start gunicorn" },
  {
    what: "gunicorn's main process is killed",
    act: "systemctl kill -s KILL --kill-who=main gunicorn",
    mend: "systemctl reset-failed gunicorn; systemctl start gunicorn",
  },
  { what: "an upgrade of nginx writes nginx.conf", of: ["nginx"], ...rewritten(NGINX_CONF) },
  { what: "`certbot renew` writes the site", of: ["nginx"], ...rewritten("/etc/nginx/sites-available/site") },
  {
    what: "the application's code is broken",
    of: ["gunicorn", "nginx", "limits"],
    act: `cp -p ${WSGI} /run/wsgi.py && echo 'import nothing_of_that_name' >>${WSGI}`,
    mend: `cp -p /run/wsgi.py ${WSGI}; systemctl reset-failed gunicorn; systemctl restart gunicorn`,
  },
];

/** Of whole steps. */
const WHOLE: readonly { what: string; run: (rig: Rig, step: Step) => Promise<RunResult | undefined> }[] = [
  {
    what: "two runs at once",
    run: async (rig, { concern, verb }) => {
      const one = () => (verb === "apply" ? rig.tuned.apply(concern) : rig.tuned.restore(concern));
      const [first, second] = await Promise.all([one(), one()]);
      return first.code === 0 ? second : first;
    },
  },
  { what: "the clock is set back a day", run: (rig, step) => runStep(rig.tuned, step, "faketime -f -1d") },
  { what: "/var is full", run: (rig, step) => rig.full(step) },
];

export const HAPPENING = "while it runs";

/** What else happens on a host while a step runs. */
export function happenings(step: Step, calls: readonly Call[]): Fault[] {
  const whole = WHOLE.map(({ what, run }) => ({ kind: HAPPENING, where: what, run }));
  const moment = atSwitch(calls);
  if (!moment) return whole;
  const acts = ACTS.filter(({ of }) => of === undefined || of.includes(step.concern));
  return [
    ...acts.map(({ what, act, mend }) => ({
      kind: HAPPENING,
      where: what,
      run: (rig: Rig) => rig.during(step, moment, act, mend),
    })),
    {
      kind: HAPPENING,
      where: "the machine reboots in order",
      silent: true,
      run: (rig: Rig) => rig.rebootDuring(step, moment),
    },
    ...whole,
  ];
}
