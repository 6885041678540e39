// `npm run audit` of a host that nobody has tuned, and of one that is.
import { expect, test } from "@jest/globals";
import { MODEST } from "../../../lab/drive/load";
import { stepsOf } from "../../../components/steps/steps";
import { audit } from "../audited";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { succeeded, type Tuned } from "../../../lab/drive/tuned";

let host: Pristine;
let tuned: Tuned;
eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned.with({ wish: MODEST });
});

test(
  "tells what a host has, what breaks first and what would change, and changes nothing on it",
  async () => {
    const before = await audit(host.machine);
    expect(await host.untouched()).toEqual([]);
    expect(await tuned.root("ls -d /run/heavyload* /var/lib/heavyload* 2>/dev/null; true")).toBe("");
    expect(before).toMatchObject({ code: 2, holds: false, owner: "", refused: [] });
    const now = Object.fromEntries(before.settings.map(({ name, now }) => [name, now]));
    expect(now).toMatchObject({
      "net.core.somaxconn": "4096",
      "nofile.soft of nginx.service": "1024",
      "nofile.soft of group users": "1024",
      "gunicorn.workers": "1",
      "nginx.worker_connections": "768",
    });
    const told = before.settings.map(({ afterReboot, readFrom }) => `${afterReboot} ${readFrom}`);
    expect(told.join("\n")).not.toContain("heavyload"); // nothing of ours keeps anything yet
    const limits = Object.fromEntries(before.breaksFirst.map(({ limit, at }) => [limit, at]));
    expect(limits).toMatchObject({
      // 1,009 of 2,000 clients may be worked on or wait for gunicorn, which takes a second connection each.
      "nginx.worker_connections": Math.floor((768 * (await tuned.cpus())) / (1 + 1_009 / 2_000)),
      "gunicorn.threads": 20,
    });
    const diffs = Object.fromEntries(before.files.map(({ path, diff }) => [path, diff]));
    expect(diffs["/etc/nginx/nginx.conf"]).toMatch(
      /\n-\tworker_connections 768;\n\+\tworker_connections 3009;\n/,
    );
    expect(diffs["/etc/heavyload/gunicorn.env"]).toContain("not shown");
    expect(before.usage.map(({ limit }) => limit)).toEqual(
      expect.arrayContaining(["nofile.soft", "gunicorn's accept queue", "nginx's accept queue", "memory"]),
    );
    for (const { used, of } of before.usage) expect(used).toBeLessThanOrEqual(of);

    // What it says would change is what changes.
    const said: string[] = [];
    for (const step of stepsOf(false).slice(1, -1)) {
      await tuned.install(step);
      said.push(...succeeded(await tuned.apply(step)).stderr.split("\n"));
    }
    const lasting = (line: string) => !line.includes(" of process ");
    for (const line of before.changes.filter(lasting)) expect(said).toContain(line);

    const after = await audit(host.machine);
    expect(after).toMatchObject({
      code: 0,
      holds: true,
      owner: tuned.order.stack,
      files: [],
      changes: [],
      refused: [],
    });
    expect(after.breaksFirst[0]?.at).toBeGreaterThan(before.breaksFirst[0]?.at ?? Infinity);
    await tuned.down(...stepsOf(false).slice(1, -1));
  },
  3 * MINUTES,
);

test(
  "names what would be refused, with the others' findings",
  async () => {
    await tuned.root("systemctl stop gunicorn && echo 'net.core.somaxconn = 100' >/etc/sysctl.d/zzz.conf");
    const { code, refused, settings } = await audit(host.machine);
    expect(code).toBe(2);
    expect(refused.map(({ what, found }) => [what, found])).toEqual(
      expect.arrayContaining([
        ["net.core.somaxconn", "100"],
        ["gunicorn", "a stopped one"],
      ]),
    );
    expect(settings.map(({ name }) => name)).toContain("nginx.worker_connections");
    await tuned.root("systemctl start gunicorn && rm /etc/sysctl.d/zzz.conf");
  },
  3 * MINUTES,
);
