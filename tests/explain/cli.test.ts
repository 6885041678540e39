import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { LEFT_ALONE } from "../../components/tuning/leftAlone";
import { makePlan } from "../../components/tuning/plan";
import { sizeFleet, type Fleet } from "../../components/fleet/sizing";
import type { Explained } from "../../explain/data";
import type { Difference } from "../../explain/difference";
import type { Choice } from "../../explain/fleet";

const ROOT = join(__dirname, "../..");
const COMMAND = ["-r", "tsx/cjs", "bin/heavyload.ts", "explain"];

const explain = (...args: string[]): string =>
  execFileSync(process.execPath, [...COMMAND, ...args], { cwd: ROOT, encoding: "utf8" });
const json = <T>(...args: string[]): T => JSON.parse(explain(...args, "--json")) as T;

describe("explain", () => {
  it("tells the plan as data, as it is made", () => {
    const { plan } = makePlan({ tier: "10k" });
    const { left, ...said } = json<Explained>("--tier", "10k");
    expect(said).toEqual(JSON.parse(JSON.stringify(plan)));
    expect(left.map(({ name }) => name)).toEqual(LEFT_ALONE.map(({ name }) => name));
  });

  it.each([80, 100, 179, 180, 240])(
    "fits into %d columns, but for an address that has no place to break",
    (width) => {
      const text = explain("--tier", "100k", "--width", String(width));
      const long = text.split("\n").filter((line) => line.length > width && !/^ +https:\/\/\S+$/.test(line));
      expect(long).toEqual([]);
      for (const { name, value } of makePlan({ tier: "100k" }).plan?.settings ?? [])
        expect(text).toContain(value.length < 12 ? value : name);
    },
  );

  it("has needs and what breaks first on top", () => {
    const [head = ""] = explain("--tier", "2k").split("== kernel");
    expect(head).toMatch(/^Tier 2k\n/);
    expect(head).toMatch(/memory +640 +MiB/);
    expect(head).toMatch(/breaks first.*\n-.*\ngunicorn.backlog +2,032 at once +1.02x/);
  });

  it("shows only a concern", () => {
    const { settings, left } = json<Explained>("--tier", "2k", "--concern", "nginx");
    expect(new Set([...settings, ...left].map(({ concern }) => concern))).toEqual(new Set(["nginx"]));
  });

  it("shows what another tier has different", () => {
    const differences = json<Difference[]>("--tier", "10k", "--diff", "2k", "--concern", "kernel");
    expect(differences[0]).toEqual({
      name: "net.core.somaxconn",
      concern: "kernel",
      unit: "connections",
      from: "4096",
      to: "16384",
    });
    expect(differences.map(({ name }) => name)).not.toContain("net.ipv4.tcp_keepalive_time");
    expect(explain("--tier", "10k", "--diff", "2k")).toMatch(/^setting +2k +10k\n/);
    expect(explain("--tier", "10k", "--diff", "10k")).toBe(
      "10k and 10k have the same settings; needs and limits are not compared\n",
    );
  });

  it("takes numbers and values of one's own", () => {
    const { capacity, settings } = json<Explained>(
      ...[
        "--capacity",
        "connections=30000,tls=false,secondsPerRequest=0.1",
        "--set",
        "net.core.somaxconn=20000",
      ],
    );
    expect(capacity).toMatchObject({ connections: 30_000, tls: false, secondsPerRequest: 0.1 });
    expect(settings[0]).toMatchObject({ name: "net.core.somaxconn", value: "20000", overridden: true });
  });

  it("names everything that is wrong at once, on stderr, with exit status 2", () => {
    const args = [
      "--tier",
      "3k",
      "--concern",
      "apache",
      "--width",
      "wide",
      "--set",
      "nofile.soft=1",
      "--diff",
      "4k",
    ];
    const done = spawnSync(process.execPath, [...COMMAND, ...args], { cwd: ROOT, encoding: "utf8" });
    expect([done.status, done.stdout]).toEqual([2, ""]);
    expect(done.stderr.split("\n").map((line) => line.replace(/ is .*/, ""))).toEqual([
      "--concern",
      "--diff",
      "--width",
      "tier",
      'tuning["nofile.soft"]',
      "See `heavyload explain --help`.",
      "",
    ]);
  });

  it("sizes a fleet, and says which types of machine would do", () => {
    const load = ["--fleet", "--capacity", "connections=1000000,requestsPerSecond=50000"];
    const fleet = json<Fleet>(...load, "--instance", "c8g.4xlarge");
    expect(fleet).toEqual(
      JSON.parse(
        JSON.stringify(
          sizeFleet({
            capacity: { connections: 1_000_000, requestsPerSecond: 50_000 },
            instanceType: "c8g.4xlarge",
          }).fleet,
        ),
      ),
    );
    const text = explain(...load, "--instance", "c8g.4xlarge");
    expect(text).toMatch(/^CPUs +53 +834 CPUs/m);
    expect(text).toContain("53 hosts carry it; the group has 53 to 106");
    const all = json<Choice[]>("--fleet", "--tier", "100k");
    expect(all.map(({ fleet: of }) => of?.hosts.needed)).toContain(11);
    expect(explain("--fleet", "--tier", "100k")).toMatch(/^c8g.4xlarge +16 +31,129 +11 +22 +CPUs$/m);
  });

  it.each([
    [["--tier", "10k", "--max-size", "3"], '--max-size is "3", allowed: beside --fleet alone'],
    [["--fleet", "--tier", "10k", "--diff", "2k"], '--diff is "2k", allowed: not beside --fleet'],
    [
      ["--fleet", "--tier", "10k", "--instance", "c8g.xlarge", "--max-size", "1x"],
      'maxSize is "1x", allowed: a whole number',
    ],
    [["--fleet", "--capacity", "connections=100000,databaseConnections=50"], "pooler"],
  ])("says what is wrong with a fleet: %j", (args, said) => {
    const done = spawnSync(process.execPath, [...COMMAND, ...args], { cwd: ROOT, encoding: "utf8" });
    expect([done.status, done.stdout]).toEqual([2, ""]);
    expect(done.stderr).toContain(said);
  });

  it("helps", () => {
    for (const args of [[], ["--help"]])
      expect(explain(...args)).toMatch(/^heavyload explain --tier 2k\|10k/);
  });

  it("is called by npm from a clone, and says so", () => {
    const said = execFileSync("npm", ["run", "--silent", "explain"], { cwd: ROOT, encoding: "utf8" });
    expect(said).toMatch(/^npm run explain -- --tier 2k\|10k/);
  });
});
