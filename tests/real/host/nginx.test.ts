import { describe, expect, test } from "@jest/globals";
import { MINUTES, SOMAXCONN, eachFromPristine, type Pristine } from "../pristine";
import { quoted, succeeded, type Tuned } from "../../../lab/drive/tuned";

const CONF = "/etc/nginx/nginx.conf";
const SITE = "/etc/nginx/sites-available/site";

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

/** What the kernel has in force for port 80, IPv4 and IPv6. */
const queues = async (): Promise<string[]> =>
  (await tuned.root("ss -ltnH sport = :80")).split("\n").flatMap((line) => line.split(/\s+/)[2] ?? []);

const WORKERS = `ps -o pid=,lstart=,args= --ppid $(systemctl show -P MainPID nginx)`;
const workers = async (): Promise<string[]> => (await tuned.root(WORKERS)).trim().split("\n");
const limitOf = async (worker: string): Promise<string> =>
  (await tuned.root(`grep 'open files' /proc/${worker.trim().split(" ")[0] ?? ""}/limits`)).replace(
    /\s+/g,
    " ",
  );

const serve = () =>
  tuned.root(
    "python3 -c 'import urllib.request as u; print(u.urlopen(\"http://127.0.0.1/static/hello.txt\").status)'",
  );

/** Runs the step and returns what it said; it must fail and leave the machine as it was. */
async function refused(prepare: string, mend: string): Promise<string> {
  await tuned.root(prepare);
  try {
    const done = await tuned.apply("nginx");
    expect(done.code).not.toBe(0);
    return done.stderr;
  } finally {
    await tuned.root(mend);
  }
}

describe("nginx's step", () => {
  test(
    "is in force on workers and sockets, changes nothing the second time, and goes back byte for byte",
    async () => {
      expect(await queues()).toEqual(["511", "511"]);
      await tuned.up("kernel", "limits", "nginx");
      expect(await queues()).toEqual(["16384", "16384"]);
      const running = await workers();
      expect(running).toHaveLength(await tuned.cpus());
      // Their hard limit is not lowered, and worker_rlimit_nofile sets both.
      const hard = host.hardOfServices;
      expect(await limitOf(running[0] ?? "")).toContain(`${hard} ${hard}`);
      expect(await serve()).toBe("200\n");

      expect(succeeded(await tuned.apply("nginx")).stdout).toContain("settings wanted, 0 changed");
      expect(await workers()).toEqual(running); // no reload where nothing changed
      expect(await tuned.root("heavyload verify")).toContain(" 0 short");

      for (const step of ["nginx", "limits", "kernel", "host"]) succeeded(await tuned.restore(step));
      expect(await queues()).toEqual(["511", "511"]);
      expect(await serve()).toBe("200\n");
      expect(await host.untouched()).toEqual([]);
    },
    6 * MINUTES,
  );

  test(
    "proves what is kept alive where the kernel hands connections over with their first byte alone",
    async () => {
      await tuned.root(
        `cp -a ${SITE} /run/site; sed -i 's/listen 80 default_server;/listen 80 default_server deferred;/' ${SITE}
         grep -c deferred ${SITE}; systemctl restart nginx`,
      );
      await tuned.up("kernel", "nginx");
      expect(await tuned.root(`grep 'deferred.*so_keepalive=on' ${SITE}`)).toContain("backlog=16384");
      expect(await tuned.root("heavyload verify")).toContain(" 0 short");
      await tuned.down("kernel", "nginx");
      await tuned.root(`cp -a /run/site ${SITE}; systemctl restart nginx`);
      expect(await host.untouched()).toEqual([]);
    },
    4 * MINUTES,
  );

  test(
    "moves a number by one where the kernel had cut it short, and leaves that alone afterwards",
    async () => {
      await tuned.root(
        `cp ${SITE} /run/site; sed -i 's/80 default_server/80 default_server backlog=65535/' ${SITE}`,
      );
      try {
        await tuned.root("systemctl reload nginx; sleep 1");
        expect(await queues()).toEqual(["4096", "4096"]);
        await tuned.up("kernel", "nginx");
        expect(await queues()).toEqual(["16384", "16384"]);
        expect(await tuned.root(`grep -c backlog=65536 ${SITE}`)).toBe("2\n");
        expect(succeeded(await tuned.apply("nginx")).stdout).toContain("0 changed");
        succeeded(await tuned.restore("host"));
        expect(await tuned.root(`grep -c backlog=65535 ${SITE}`)).toBe("2\n");
      } finally {
        await tuned.root(`cp /run/site ${SITE}; systemctl reload nginx`);
      }
      expect(await host.untouched()).toEqual([]);
    },
    5 * MINUTES,
  );

  test.each(["a b.conf", "a'b.conf", 'a"b.conf', "a:b.conf", "a\\b.conf", "a\tb.conf", "(copy) 50%.conf"])(
    "a file by the name %p is tuned as any other",
    async (name) => {
      const path = quoted(`/etc/nginx/sites-enabled/${name}`);
      await tuned.root(
        `cat >${path}; nginx -s reload`,
        "server { listen 81; location / { return 200 ok; } }",
      );
      try {
        await tuned.up("nginx");
        expect(await tuned.root(`cat ${path}`)).toContain("listen 81 backlog=16384 so_keepalive=on;");
        expect(await tuned.root("heavyload verify")).toContain(" 0 short");
        await tuned.down("nginx");
      } finally {
        await tuned.root(`rm ${path}; nginx -s reload`);
      }
      expect(await host.untouched()).toEqual([]);
    },
    2 * MINUTES,
  );

  test(
    "an address that is not this host's now, as a standby has it, holds nothing up",
    async () => {
      await tuned.root(
        `cp ${SITE} /run/site; sysctl -qw net.ipv4.ip_nonlocal_bind=1
         sed -i -E 's/listen (\\[::\\]:)?80( default_server)?;/listen 192.0.2.10:80;/; /listen \\[/d' ${SITE}
         awk '!/listen/ || !seen++' ${SITE} >/run/site.new; cat /run/site.new >${SITE}; systemctl restart nginx`,
      );
      try {
        await tuned.up("nginx");
        const { settings } = JSON.parse(await tuned.root("heavyload status --json")) as {
          settings: object[];
        };
        expect(settings).toContainEqual(
          expect.objectContaining({
            name: "nginx.listen.so_keepalive",
            state: "in force",
            readFrom: expect.stringContaining("inferred") as unknown,
          }),
        );
        await tuned.down("nginx");
      } finally {
        await tuned.root(
          `cat /run/site >${SITE}; sysctl -qw net.ipv4.ip_nonlocal_bind=0; systemctl restart nginx`,
        );
      }
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "words of ours go back out of a line that others have edited, after a second run too",
    async () => {
      await tuned.root(`cp -a ${SITE} /run/site`);
      await tuned.up("nginx");
      await tuned.root(
        `sed -i --follow-symlinks 's/so_keepalive=on;/so_keepalive=on deferred;/' ${SITE}; nginx -s reload`,
      );
      succeeded(await tuned.apply("nginx"));
      expect(await tuned.root("heavyload verify")).toContain(" 0 short");
      await tuned.down("nginx");
      const left = await tuned.root(`diff /run/site ${SITE} || true`);
      expect(
        left.match(/^> .*/gm)?.every((line) => !/backlog|keepalive/.test(line) && /deferred/.test(line)),
      ).toBe(true);
      await tuned.root(`cp -a /run/site ${SITE}; systemctl restart nginx`);
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "keeps what others edited since, takes our settings out and names what is theirs now",
    async () => {
      await tuned.root(`cp -a ${CONF} /run/conf`);
      await tuned.up("nginx");
      await tuned.root(`sed -i 's/send_timeout 15;/send_timeout 20;/; 1i # theirs' ${CONF}`);
      const done = succeeded(await tuned.restore("nginx"));
      expect(done.stderr).toContain(`${CONF}: edited since; our settings are taken out, the edits stay`);
      expect(done.stderr).toContain(
        `${CONF}: \`send_timeout 15;\` was changed by others since: left as it is`,
      );
      const left = await tuned.root(`diff /run/conf ${CONF} || true`);
      expect(left.match(/^[<>].*/gm)).toEqual(["> # theirs", "> \tsend_timeout 20;"]);
      await tuned.root(`cp -a /run/conf ${CONF}; systemctl reload nginx`);
      succeeded(await tuned.restore("host"));
      expect(await host.untouched()).toEqual([]);
    },
    4 * MINUTES,
  );

  test(
    "is taken back when it is killed right after the files were switched",
    async () => {
      await tuned.install("nginx");
      const done = await tuned.faulty("kill", "nginx");
      expect(done.code).not.toBe(0);
      expect(await tuned.root(`grep -c send_timeout ${CONF}`)).toBe("1\n");
      succeeded(await tuned.restore("host"));
      expect(await queues()).toEqual(["511", "511"]);
      expect(await host.untouched()).toEqual([]);
    },
    4 * MINUTES,
  );
});

test(
  "a listen that has no place for options is left and named, all else is tuned; strict refuses it",
  async () => {
    await tuned.root(
      `cp -a ${SITE} /run/site; echo 'server { listen localhost:81; }' >>${SITE}; nginx -s reload`,
    );
    try {
      await tuned.up("kernel", "nginx");
      const found = "the name localhost";
      const { settings } = JSON.parse(await tuned.root("heavyload status --json")) as { settings: object[] };
      const file = SITE.replace("enabled", "available");
      expect(settings).toContainEqual(
        expect.objectContaining({
          name: "nginx.listen.backlog",
          state: "not applicable",
          readFrom: expect.stringMatching(`^left, because of ${found}; ${file}:\\d+$`) as unknown,
        }),
      );
      expect(await queues()).toContain("16384");
      await tuned.down("nginx", "kernel");
      await tuned.install();
      const strict = await tuned.with({ order: { strict: true } }).apply("nginx");
      expect([strict.code, strict.stderr]).toEqual([1, expect.stringContaining(`found ${found}`)]);
      succeeded(await tuned.restore("host"));
    } finally {
      await tuned.root(`cp -a /run/site ${SITE}; nginx -s reload`);
    }
    expect(await host.untouched()).toEqual([]);
  },
  3 * MINUTES,
);

describe("what stands in its way is named, and nothing is changed:", () => {
  test(
    "a configuration that is broken already, no nginx that runs, a reload that fails",
    async () => {
      await tuned.up("kernel");
      await tuned.root(`cp -a ${SITE} /run/site`);
      const mend = `cp -a /run/site ${SITE}; systemctl start nginx; systemctl reload nginx; sleep 1`;

      const broken = await refused(`echo 'sendfile;' >>${SITE}`, mend);
      expect(broken).toContain("nginx's configuration: wanted one that `nginx -t` takes");
      expect(broken).toMatch(/sendfile.*sites-enabled\/site/);

      expect(await refused("systemctl stop nginx", mend)).toContain(
        "nginx: wanted a running nginx, found a stopped one",
      );

      // `nginx -t` passes over a port that somebody else holds while nginx itself runs; the reload does not.
      const taken = `systemd-run --quiet --unit=taken python3 -m http.server --bind 127.0.0.1 81; sleep 3`;
      const free = "systemctl stop taken";
      const reload = await refused(
        `${taken}; echo 'server { listen 127.0.0.1:81; }' >>${SITE}`,
        `${free}; ${mend}`,
      );
      expect(reload).toContain("nginx's reload: wanted new workers and no complaint");
      expect(reload).toContain("bind() to 127.0.0.1:81 failed");
      expect(await serve()).toBe("200\n");

      for (const step of ["kernel", "host"]) succeeded(await tuned.restore(step));
      expect(await tuned.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "4096" });
      expect(await host.untouched()).toEqual([]);
    },
    6 * MINUTES,
  );

  test(
    "a host without nginx, before anything is touched",
    async () => {
      await tuned.root("systemctl stop nginx; systemctl mask --runtime nginx");
      const done = await tuned.apply("host");
      await tuned.root("systemctl unmask --runtime nginx; systemctl start nginx");
      expect(done.code).not.toBe(0);
      expect(done.stderr).toContain("nginx: wanted nginx, started by systemd, found no nginx.service");
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );
});
