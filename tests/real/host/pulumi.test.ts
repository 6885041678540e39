import { describe, expect, test } from "@jest/globals";
import { removeMachine } from "../../../lab/machine";
import { HIGHER, linesOf, LOAD, rowsOf } from "../../../lab/drive/load";
import { eachWithStack } from "../eachWithStack";
import { BACKLOG, LATER, MINUTES, SOMAXCONN, testMachine, type Pristine } from "../pristine";
import { SilentPort } from "../silentPort";
import { Logins, type TestStack } from "../../../lab/drive/stack";
import { ANSWERS, succeeded, Tuned } from "../../../lab/drive/tuned";
import { machineName } from "../where";

let host: Pristine;
let live: Tuned;
let stack: TestStack;

eachWithStack((pristine, ofTest) => {
  host = pristine;
  live = host.tuned;
  stack = ofTest;
});

/** The lines of a preview that say that something changes, without the resources' own. */
function changes(preview: string): string[] {
  return preview
    .split("\n")
    .map((line) => line.trim().replace(/ +:/, ":"))
    .filter((line) => /^[~+-] ?\S+\s*: .*[^{]$/.test(line) && !line.endsWith("(update)"));
}

describe("pulumi", () => {
  test(
    "previews, applies with one login a step, does nothing the second time, and destroys without a trace",
    async () => {
      await stack.configure({ machine: host.machine });
      const preview = await stack.preview();
      expect(preview).toContain("net.core.somaxconn");
      expect(preview).toContain("at least 16384");
      expect(preview).not.toContain("OPENSSH PRIVATE KEY");
      expect(await host.untouched()).toEqual([]);

      const logins = new Logins(host.machine);
      await logins.since();
      const first = succeeded(await stack.up());
      expect(first.stdout).toContain("net.core.somaxconn: 4096 -> 16384");
      expect(first.stdout + first.stderr).not.toContain("OPENSSH PRIVATE KEY");
      expect(await logins.since()).toBe(6);
      expect(await live.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "16384" });

      const report = await stack.pulumi.output<{ tier: string; settings: { ok: boolean }[] }>("report");
      expect(report.tier).toBe("custom");
      expect(report.settings.map(({ ok }) => ok)).toEqual(Array(rowsOf(LOAD)).fill(true));
      expect(await stack.pulumi.output<string>("summary")).toMatch(
        /ok +nofile.soft of nginx.service +1024 +16384 +16384/,
      );
      expect(await stack.pulumi.output<string>("summary")).toMatch(
        /ok +net.core.somaxconn +4096 +16384 +16384/,
      );

      expect(await stack.pulumi.must("stack export")).not.toContain("OPENSSH PRIVATE KEY");

      await logins.since(); // the test itself has looked
      const again = succeeded(await stack.up());
      expect(again.stdout).toMatch(/\d+ unchanged/);
      expect(again.stdout).not.toMatch(/updated|created/);
      expect(await logins.since()).toBe(0);

      succeeded(await stack.destroy());
      expect(await host.untouched()).toEqual([]);
    },
    10 * MINUTES,
  );

  test(
    "shows just the settings that a changed tier moves, and moves them up and down again",
    async () => {
      await live.root(`sysctl -qw ${BACKLOG}=20000`);
      await stack.configure({ machine: host.machine });
      succeeded(await stack.up());

      await stack.configure({ machine: host.machine, lines: ["tier: 50k"] });
      const shown = changes(await stack.preview());
      expect(shown.filter((line) => line === '+ tier: "50k"')).toHaveLength(2); // of TunedHost and of its HostTuning
      // What comes before are the components' own arguments.
      expect(shown.slice(shown.findIndex((line) => line.startsWith("~ plan:")))).toEqual([
        expect.stringMatching(/^~ plan: "[0-9a-f]{64}" => "[0-9a-f]{64}"$/),
        '~ memory_mib: "at least 640" => "at least 1920"',
        '~ net.core.netdev_max_backlog: "at least 2500" => "at least 12500"',
        '~ net.core.somaxconn: "at least 16384" => "at least 65535"',
        '~ net.ipv4.ip_local_port_range: "widen 5120 65535" => "widen 1024 65535"',
        expect.stringMatching(/^~ net.ipv4.ip_local_reserved_ports: "widen 5432,.*" => "widen 3000,3306,/),
        '~ net.ipv4.tcp_max_syn_backlog: "at least 16384" => "at least 65535"',
        '~ net.ipv4.tcp_max_tw_buckets: "at least 60000" => "at least 300000"',
        '~ net.netfilter.nf_conntrack_buckets: "at least 65536" => "at least 524288"',
        '~ net.netfilter.nf_conntrack_max: "at least 262144" => "at least 2097152"',
        '~ nofile.hard: "at least 16384" => "at least 524288"',
        '~ nofile.soft: "at least 16384" => "at least 524288"',
        '~ gunicorn.backlog: "at least 10000" => "at least 50000"',
        expect.stringMatching(/^~ gunicorn.threads: "computed .*" => "computed /),
        expect.stringMatching(/^~ gunicorn.workers: "computed .*" => "computed /),
        '~ nginx.listen.backlog: "at least 16384" => "at least 65535"',
        expect.stringMatching(/^~ nginx.worker_connections: "computed max\(base, 1024, .*" => "computed max/),
        '~ nginx.worker_rlimit_nofile: "at least 16384" => "at least 524288"',
      ]);
      await stack.configure({ machine: host.machine, lines: linesOf(HIGHER) });
      succeeded(await stack.up());
      expect(await live.live(SOMAXCONN, BACKLOG)).toEqual({ [SOMAXCONN]: "65535", [BACKLOG]: "65535" });

      await stack.configure({ machine: host.machine });
      succeeded(await stack.up());
      expect(await live.live(SOMAXCONN, BACKLOG)).toEqual({ [SOMAXCONN]: "16384", [BACKLOG]: "20000" });

      succeeded(await stack.destroy());
      expect(await live.live(BACKLOG)).toEqual({ [BACKLOG]: "20000" });
      await live.root(`sysctl -qw ${BACKLOG}=${host.kernel[BACKLOG]}`);
      expect(await host.untouched()).toEqual([]);
    },
    10 * MINUTES,
  );

  test(
    "destroys without a trace after a create that failed half way",
    async () => {
      await stack.configure({ machine: host.machine });
      await live.root(`printf '${SOMAXCONN} = 128\\n' >${LATER}`);
      const refused = await stack.up();
      expect(refused.code).not.toBe(0);
      expect(refused.stdout + refused.stderr).toContain(`${LATER} line 1`);
      expect(await live.root("test ! -e /var/lib/heavyload && echo untouched")).toBe("untouched\n");

      await live.root(`rm ${LATER}`);
      succeeded(await stack.up("--target", "**::host-host"));
      await live.root(`printf '${SOMAXCONN} = 128\\n' >${LATER}`);
      const failed = await stack.up(); // the host step is done, so only the kernel's can notice now
      expect(failed.code).not.toBe(0);
      expect(failed.stdout + failed.stderr).toContain(`${LATER} line 1`);
      expect(await stack.pulumi.resources()).toEqual(
        expect.arrayContaining([expect.stringMatching(/::host-host$/)]),
      );
      await live.root(`rm ${LATER}`);
      succeeded(await stack.destroy());
      expect(await host.untouched()).toEqual([]);
    },
    8 * MINUTES,
  );

  test(
    "destroys without a trace of its own where the site's gunicorn is gone by then",
    async () => {
      const unit = "/etc/systemd/system/gunicorn.service";
      await stack.configure({ machine: host.machine });
      succeeded(await stack.up());
      await live.root(`systemctl stop gunicorn; mv ${unit} /run/kept.service; systemctl daemon-reload`);
      const destroyed = succeeded(await stack.destroy());
      expect(destroyed.stdout + destroyed.stderr).not.toContain("nothing was changed");
      expect(await live.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "4096" });
      await live.root(
        `mv /run/kept.service ${unit}; systemctl daemon-reload; systemctl start gunicorn; ${ANSWERS}`,
      );
      expect(await host.untouched()).toEqual([]);
    },
    10 * MINUTES,
  );

  test(
    "takes an application that went out of the configuration back, tunes the site's own, and destroys without a trace",
    async () => {
      const app = `app: ${JSON.stringify({ wsgi: "mysite.wsgi", directory: "/srv/site", user: "site", serverNames: ["shop.test"] })}`;
      await stack.configure({ machine: host.machine, lines: [...linesOf(LOAD), app] });
      succeeded(await stack.up());
      await stack.configure({ machine: host.machine });
      succeeded(await stack.up());
      expect(await live.root("ls /etc/systemd/system | grep heavyload-app || true")).toBe("");
      const report = await stack.pulumi.output<{ settings: { name: string; readFrom: string }[] }>("report");
      const workers = report.settings.find(({ name }) => name === "gunicorn.workers");
      expect(workers?.readFrom).toContain("; gunicorn.service");
      expect(await live.root("heavyload verify")).toContain(" 0 short");
      succeeded(await stack.destroy());
      expect(await host.untouched()).toEqual([]);
    },
    10 * MINUTES,
  );

  test(
    "keeps the tuning over `up --replace`, and destroys without a trace after it",
    async () => {
      await stack.configure({ machine: host.machine });
      succeeded(await stack.up());
      const urns =
        (await stack.pulumi.must("stack --show-urns")).match(/urn:pulumi:\S+host-(host|kernel)\b/g) ?? [];
      expect(urns).toHaveLength(2);
      const replaced = succeeded(await stack.up(...urns.flatMap((urn) => ["--replace", urn])));
      expect(replaced.stdout).toMatch(/replaced/);
      expect(await live.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "16384" });
      succeeded(await stack.destroy());
      expect(await host.untouched()).toEqual([]);
    },
    10 * MINUTES,
  );

  test(
    "restores the old host when the stack moves to another one",
    async () => {
      const other = await testMachine(machineName("other"));
      try {
        // Machines of one image have one host key.
        await stack.configure({ machine: host.machine, connection: { identity: "first" } });
        succeeded(await stack.up());
        await stack.configure({ machine: other, connection: { identity: "other" } });
        succeeded(await stack.up());
        expect(await host.untouched()).toEqual([]);
        expect(await new Tuned(other).live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "16384" });
        succeeded(await stack.destroy());
        expect(await new Tuned(other).live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "4096" });
      } finally {
        await removeMachine(other.name);
      }
    },
    15 * MINUTES,
  );
});

describe("bad input changes nothing and gets one clear error:", () => {
  test(
    "everything that is wrong with the configuration at once",
    async () => {
      await stack.configure({
        machine: host.machine,
        connection: { host: "", hostKey: "" },
        lines: [
          "tier: 11k",
          "capacity: { connections: 5 }",
          `tuning: { net.core.somaxcon: 1, ${SOMAXCONN}: 70000 }`,
        ],
      });
      const done = await stack.up();
      expect(done.code).not.toBe(0);
      const said = done.stdout + done.stderr;
      for (const path of [
        "tier",
        "capacity",
        "net.core.somaxcon",
        SOMAXCONN,
        "connection.host",
        "connection.hostKey",
      ])
        expect(said).toContain(path);
      expect(said).toContain("2k, 10k, 50k, 100k");
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "a wrong host key, found before anything is sent",
    async () => {
      const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1cQ7hL0cLhs8r2o1tqk7bZ0v9Xv5Zf2yJ9W3k1xW5N";
      await stack.configure({
        machine: host.machine,
        connection: { hostKey },
        lines: [...linesOf(LOAD), "timeout: 20"],
      });
      const done = await stack.up();
      expect(done.code).not.toBe(0);
      expect(done.stdout + done.stderr).toMatch(/host key/i);
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "a host that does not answer within heavyload:timeout",
    async () => {
      const silent = new SilentPort();
      try {
        await stack.configure({
          machine: host.machine,
          connection: { host: "127.0.0.1", port: await silent.port },
          lines: [...linesOf(LOAD), "timeout: 5"],
        });
        const done = await stack.up();
        expect(done.code).not.toBe(0);
        expect(done.stdout + done.stderr).toMatch(/time(d )?out/i);
        expect(done.stdout + done.stderr).toMatch(/after 4 failed attempts/); // as many as 5 seconds have room for
      } finally {
        silent.close();
      }
    },
    3 * MINUTES,
  );
});
