import { dirname } from "node:path";
import { ANSWERS, quoted, type Tuned } from "../../lab/drive/tuned";

const UNIT = "/etc/systemd/system/gunicorn.service";
const KEPT = "/run/kept-unit";
/** What the image's site has, without its `[Service]` lines. */
const REST = "RuntimeDirectory=gunicorn\nKillMode=mixed\nTimeoutStopSec=5\n";
export const BIND = "unix:/run/gunicorn/site.sock";
export const EXEC = `/usr/bin/gunicorn --bind ${BIND}`;

export type Files = Readonly<Record<string, string>>;

export interface SiteUnit {
  /** Lines of its `[Service]`. @default those of the image's, but ExecStart */
  readonly service?: string;
  readonly exec?: string;
  /** Other files, by path: of the site's user where they are below its folder or /var/site. */
  readonly files?: Files;
  /** Run as root before it starts, and after all. */
  readonly prepare?: string;
  readonly tidy?: string;
}

const OF_IMAGE = "Type=notify\nUser=site\nGroup=site\nWorkingDirectory=/srv/site\n";

/** Runs the site by another unit than the image's, and afterwards by the image's again. */
export async function withUnit(tuned: Tuned, unit: SiteUnit, act: () => Promise<void>): Promise<void> {
  const {
    service = OF_IMAGE,
    exec = `${EXEC} mysite.wsgi`,
    files = {},
    prepare = "true",
    tidy = "true",
  } = unit;
  const text = `[Service]\n${service}${REST}ExecStart=${exec}\n`;
  const paths = Object.keys(files);
  await tuned.root(`cp ${UNIT} ${KEPT}; mkdir -p /var/site; chown site: /var/site`);
  for (const path of paths) await write(tuned, path, files[path] ?? "");
  try {
    await write(tuned, UNIT, text);
    await tuned.root(prepare);
    await restarted(tuned);
    await act();
  } finally {
    const folders = paths.map((path) => quoted(dirname(path))).join(" ");
    await tuned.root(
      `rm -rf ${paths.map(quoted).join(" ")} /var/site; cp ${KEPT} ${UNIT}
       find /srv/site /etc -name __pycache__ -newer ${KEPT} -prune -exec rm -rf {} +
       for folder in ${folders}; do test ! -d $folder || rmdir --ignore-fail-on-non-empty $folder; done`,
    );
    await restarted(tuned);
    await tuned.root(tidy);
  }
}

async function write(tuned: Tuned, path: string, text: string): Promise<void> {
  const owner = /^\/(srv|var)\/site\//.test(path) ? "site:site" : "root:root";
  const mode = /^#!/.test(text) ? "755" : "644";
  const line = `mkdir -p $(dirname ${path}); cat >${path}; chown ${owner} ${path}; chmod ${mode} ${path}`;
  await tuned.root(line, text);
}

const restarted = (tuned: Tuned): Promise<string> =>
  tuned.root(`systemctl daemon-reload; systemctl reset-failed; systemctl restart gunicorn; ${ANSWERS}`);

/** The status of a page of the site, as nginx gives it; 0: none. */
export async function page(tuned: Tuned, path = "/"): Promise<number> {
  const code = `import http.client
c = http.client.HTTPConnection("127.0.0.1", timeout=30); c.request("GET", ${JSON.stringify(path)})
print(c.getresponse().status)`;
  return Number(await tuned.root(`python3 -c ${quoted(code)} 2>/dev/null || echo 0`));
}
