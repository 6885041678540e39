// The files of `explain --files`, put where they say and put in force as they say: what runs then, by heavyload's own audit.
import { expect, test } from "@jest/globals";
import { hostFiles } from "../../../explain/files";
import { makePlan } from "../../../components/tuning/plan";
import { LOAD, OPEN_FILES } from "../../../lab/drive/load";
import { ANSWERS, type Tuned } from "../../../lab/drive/tuned";
import { audit } from "../audited";
import { eachFromPristine, MINUTES, type Pristine } from "../pristine";

const CONF = "/etc/nginx/nginx.conf";
const SITE = "/etc/nginx/sites-available/site";
const GUNICORN = "/srv/site/gunicorn.conf.py";
/** So long that gunicorn's queue is longer than its own default on machines of two CPUs. */
const QUEUE_SECONDS = 25;

let host: Pristine;
let tuned: Tuned;
eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

/** For the machine as it is: computed values are worked out beforehand. */
async function capacityOf(): Promise<Readonly<Record<string, number>>> {
  const memory = await tuned.root("awk '/MemTotal/ { print int($2 / 1024) }' /proc/meminfo");
  const size = { cpus: await tuned.cpus(), memoryMiB: Number(memory) };
  return { ...LOAD.capacity, ...size, queueSeconds: QUEUE_SECONDS };
}

const write = (path: string, text: string) => tuned.root(`mkdir -p $(dirname ${path}); cat >${path}`, text);

/** nginx.conf with each line in its block, in place of the one of that name, as a person would write it. */
function merged(conf: string, lines: string): string {
  let block = "";
  for (const line of lines.split("\n").filter((text) => !text.startsWith("#"))) {
    const [, opened] = /^(\w+) \{$/.exec(line) ?? [];
    const [, name] = /^ *(\w+) .*;$/.exec(line) ?? [];
    if (opened || line === "}") block = opened ?? "";
    if (name === undefined) continue;
    const there = new RegExp(`^[ \\t]*${name} [^;]*;`, "m");
    if (there.test(conf)) conf = conf.replace(there, line);
    else if (block === "") conf = `${line}\n${conf}`;
    else conf = conf.replace(new RegExp(`^${block} \\{`, "m"), (open) => `${open}\n${line}`);
  }
  return conf;
}

test(
  "take effect as they say, and not before; taken back as they say, the host is as it was",
  async () => {
    const capacity = await capacityOf();
    const { plan, problems } = makePlan({ ...LOAD, capacity });
    if (!plan) throw new Error(JSON.stringify(problems));
    const { files, unset } = hostFiles(plan);
    const text = (path: string): string => files.find((file) => file.path === path)?.text ?? "";
    const whole = files.filter(({ place }) => /^\/\S+$/.test(place));
    expect(whole.map(({ path }) => path)).toEqual([
      "sysctl.d/99-web-load.conf",
      "limits.d/90-web-load.conf",
      "systemd/nginx.service.d/web-load.conf",
      "systemd/gunicorn.service.d/web-load.conf",
      "nginx/conf.d/web-load.conf",
    ]);
    const [before, conf] = [await audit(host.machine, capacity), await tuned.root(`cat ${CONF}`)];
    const keys = plan.settings
      .filter(({ name, place }) => place.at === "sysctl" && name.startsWith("net.") && !place.absent)
      .map(({ name }) => name);
    const live = await tuned.live(...keys);

    for (const { place, text: its } of whole) await write(place, its);
    await write(CONF, merged(conf, text("nginx/nginx.conf.txt")));
    const [listen = ""] = /(?<=default_server) .*(?=;$)/m.exec(text("nginx/listen.txt")) ?? [];
    await tuned.root(`cp ${SITE} /run/site; sed -i 's/ default_server/&${listen}/' ${SITE}`);
    await write(GUNICORN, text("gunicorn/gunicorn.conf.py"));
    expect(await tuned.live(...keys)).toEqual(live); // no file does it by itself
    const nofile = "grep -h 'open files' /proc/$(cat /run/nginx.pid)/limits";
    expect(await tuned.root(nofile)).toContain(" 1024 ");

    // As the comments say. A container may not set what is the computer's: fs.nr_open is as it should be already.
    await tuned.root("sysctl -p /etc/sysctl.d/99-web-load.conf >/dev/null 2>/run/sysctl.err; true");
    const refused = (await tuned.root("cat /run/sysctl.err")).trim().split("\n").filter(Boolean);
    expect(
      refused.filter((line) => !/fs.nr_open|fs\/nr_open|net.core.netdev|nf_conntrack/.test(line)),
    ).toEqual([]);
    await tuned.root(`systemctl daemon-reload; nginx -t; systemctl restart gunicorn nginx; ${ANSWERS}`);
    expect(await tuned.root(nofile)).toContain(` ${OPEN_FILES} `);
    const login = "systemd-run --wait --pipe -q -p PAMName=sshd -p User=www-data sh -c 'ulimit -Sn'";
    expect((await tuned.root(login)).trim()).toBe(String(OPEN_FILES));

    const after = await audit(host.machine, capacity);
    const [short, shortBefore] = [after, before].map(({ settings }) =>
      settings.filter(({ state }) => state === "short").map(({ name }) => name),
    );
    expect(shortBefore?.length).toBeGreaterThan(15);
    // Both are said: gunicorn's user has another name here, and its unit is one that says less than systemd does.
    expect(short).toEqual(["nofile.soft of user site", "gunicorn.timeout_stop_sec"]);
    expect(text("limits.d/90-web-load.conf")).toContain("Where gunicorn has another user than www-data");
    expect(unset).toContainEqual(expect.objectContaining({ name: "gunicorn.timeout_stop_sec" }));

    await tuned.root(`rm ${whole.map(({ place }) => place).join(" ")} ${GUNICORN}
      rmdir /etc/systemd/system/nginx.service.d /etc/systemd/system/gunicorn.service.d
      cat /run/site >${SITE}; rm /run/site /run/sysctl.err`);
    await write(CONF, conf);
    await tuned.root(
      `sysctl -qw ${Object.entries(live)
        .map(([key, value]) => `'${key}=${value}'`)
        .join(" ")}
       systemctl daemon-reload; systemctl restart gunicorn nginx; find /srv/site -name __pycache__ -prune -newer ${CONF} -exec rm -rf {} +; ${ANSWERS}`,
    );
    expect(await host.untouched()).toEqual([]);
  },
  6 * MINUTES,
);
