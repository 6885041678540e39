import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { makePlan, type Plan, type PlanInput } from "../../components/tuning/plan";
import { TIERS } from "../../components/tuning/tiers";
import { hostFiles } from "../../explain/files";
import { SETTINGS } from "../../components/tuning/concerns";
import { isUnread } from "../../explain/files/gunicorn";
import { mostByDefault } from "../../explain/files/hostFile";
import type { Listed } from "../../explain/files/listed";
import { writeFiles } from "../../explain/files/write";
import { inputOf, optionsOf } from "../../explain/loadOptions";

const ROOT = join(__dirname, "../..");
const COMMAND = ["-r", "tsx/cjs", "bin/heavyload.ts", "explain"];

function planOf(input: PlanInput): Plan {
  const { plan, problems } = makePlan(input);
  if (!plan) throw new Error(JSON.stringify(problems));
  return plan;
}

const WISHES: readonly PlanInput[] = [
  ...[...TIERS.keys()].map((tier) => ({ tier })),
  { capacity: { connections: 1_000_000, requestsPerSecond: 100 } },
  ...["sync", "gevent", "asgi"].map((workerClass) => ({ capacity: { connections: 5_000, workerClass } })),
  { tier: "10k", tuning: { "gunicorn.max_requests": 5_000, "gunicorn.timeout_stop_sec": 200 } },
];

const linesOf = (text: string): string[] =>
  text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
const textOf = (plan: Plan, path: string): string =>
  hostFiles(plan).files.find((file) => file.path === path)?.text ?? "";

describe("the files of a plan", () => {
  it.each(WISHES)("set each setting in one place, or say why none does: %j", (wish) => {
    const plan = planOf(wish);
    const { files, unset } = hostFiles(plan);
    for (const { name, value, comesTo, place } of plan.settings) {
      const setIn = files.filter(({ sets }) => sets.includes(name));
      const notSet = unset.filter((one) => one.name === name);
      // Logins, nginx and gunicorn each have a place of their own for their limits.
      if (place.at === "nofile") expect(setIn.length).toBeGreaterThanOrEqual(2);
      else expect([name, setIn.length + notSet.length]).toEqual([name, 1]);
      // What becomes nginx's hard limit is not brought below the one that Debian gives the service.
      const text =
        name === "nginx.worker_rlimit_nofile" ? String(Math.max(Number(value), 524_288)) : (comesTo ?? value);
      for (const file of setIn) expect(linesOf(file.text).join("\n")).toContain(text === "0" ? " 0" : text);
    }
    const known = new Set(plan.settings.map(({ name }) => name));
    for (const name of [...files.flatMap(({ sets }) => sets), ...unset.map((one) => one.name)])
      expect(known).toContain(name);
  });

  it.each(WISHES)("bring nothing below what a host has as installed: %j", (wish) => {
    const plan = planOf(wish);
    const set = new Set(hostFiles(plan).files.flatMap(({ sets }) => sets));
    for (const setting of plan.settings)
      if (
        set.has(setting.name) &&
        setting.rule === "at least" &&
        !setting.overridden &&
        setting.name !== "nofile.hard"
      )
        expect([setting.name, Number(setting.value)]).toEqual([
          setting.name,
          Math.max(Number(setting.value), mostByDefault(setting)),
        ]);
    for (const unit of ["nginx", "gunicorn"]) {
      const hard = /LimitNOFILE=\d+:(\d+)/.exec(textOf(plan, `systemd/${unit}.service.d/web-load.conf`))?.[1];
      expect(Number(hard)).toBeGreaterThanOrEqual(524_288);
    }
  });

  it("say in comments, before any line, what they leave to do and how they are taken back", () => {
    const { files } = hostFiles(planOf({ tier: "10k" }));
    for (const { text, notByItself, place } of files) {
      const [head = ""] = text.split("\n\n");
      expect(head.split("\n").every((line) => line.startsWith("#"))).toBe(true);
      const said = head.replaceAll(/\n# +(?!- )/g, " ");
      for (const sentence of [...notByItself, place]) expect(said).toContain(sentence);
      expect(head).toMatch(/^# Back: /m);
      expect(head).toContain("heavyload explain --tier 10k");
    }
    for (const path of ["gunicorn/gunicorn.conf.py", "nginx/nginx.conf.txt"])
      expect(files.find((file) => file.path === path)?.notByItself[0]).toMatch(
        /^It looks at no host: .*worker.* for 17 CPUs and 2560 MiB\. Give the plan/,
      );
  });

  it("know the most that a default told in words may be", () => {
    const told = SETTINGS.filter(({ rule, default: text }) => rule === "at least" && /\d{3}/.test(text));
    for (const { name, default: text, mostByDefault: most } of told) {
      const numbers = (text.match(/\b\d{3,}\b(?!\.)/g) ?? []).map(Number);
      expect([name, most ?? Number(text)]).toEqual([name, Math.max(...numbers)]);
    }
    expect(told.length).toBeGreaterThan(10);
  });

  it("have the words of their readers", () => {
    const plan = planOf({ tier: "10k" });
    expect(linesOf(textOf(plan, "systemd/nginx.service.d/web-load.conf"))).toEqual([
      "[Service]",
      "LimitNOFILE=131072:524288",
    ]);
    expect(linesOf(textOf(plan, "limits.d/90-web-load.conf"))).toEqual([
      "www-data soft nofile 131072",
      "@users soft nofile 131072",
    ]);
    expect(linesOf(textOf(plan, "nginx/nginx.conf.txt"))).toContain("worker_rlimit_nofile 524288;");
    expect(linesOf(textOf(plan, "nginx/listen.txt"))[0]).toBe(
      "listen 80 default_server backlog=16384 so_keepalive=on;",
    );
    const large = planOf({ capacity: { connections: 1_000_000, requestsPerSecond: 100 } });
    expect(linesOf(textOf(large, "limits.d/90-web-load.conf"))).toContain("www-data hard nofile 4194304");
    const own = planOf(WISHES.at(-1) ?? {});
    expect(linesOf(textOf(own, "systemd/gunicorn.service.d/web-load.conf"))).toContain("TimeoutStopSec=200");
  });

  it.each([
    ["sync", { capacity: { connections: 5_000, workerClass: "sync" } }],
    ["gevent", { tier: "10k", tuning: { "gunicorn.worker_class": "gevent" } }],
  ] as const)("give %s workers nothing that makes them others", (workerClass, wish) => {
    const words = linesOf(textOf(planOf(wish), "gunicorn/gunicorn.conf.py")).map((line) => line.split(" = "));
    expect(words).toContainEqual(["worker_class", JSON.stringify(workerClass)]);
    const names = words.map(([name = ""]) => name.trim());
    expect(names).toContain("workers");
    for (const name of ["threads", "worker_connections"]) expect(names).not.toContain(name);
    expect(names.includes("keepalive")).toBe(workerClass !== "sync");
    expect(names).toContain("backlog");
  });

  it("know of gunicorn's classes what the host's program knows", () => {
    const all = ["sync", "gthread", "gevent"]; // those that a plan may have
    const words = ["workers", "threads", "worker_connections", "keepalive", "backlog", "graceful_timeout"];
    const asked = `import json, sys
from heavyload.gunicorn.classes import unread
all, words = json.load(sys.stdin)
print(json.dumps([unread(one, words) for one in all]))`;
    const told = execFileSync("python3", ["-c", asked], {
      input: JSON.stringify([all, words]),
      cwd: join(ROOT, "components/host"),
      encoding: "utf8",
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
    });
    expect(all.map((one) => words.filter((word) => isUnread(one, word)))).toEqual(JSON.parse(told));
  });

  it("for gunicorn is Python", () => {
    const plan = planOf({ tier: "100k" });
    const read = spawnSync("python3", ["-c", "import ast, sys; ast.parse(sys.stdin.read())"], {
      input: textOf(plan, "gunicorn/gunicorn.conf.py"),
      encoding: "utf8",
    });
    expect([read.status, read.stderr]).toEqual([0, ""]);
  });

  it.each(WISHES)("name options that make the same plan: %j", (wish) => {
    const plan = planOf(wish);
    const words =
      optionsOf(plan)
        .match(/'[^']*'|\S+/g)
        ?.map((word) => word.replaceAll("'", "")) ?? [];
    const of = (option: string) => words.filter((_, i) => words[i - 1] === option);
    const [tier] = of("--tier");
    const [capacity, set] = [of("--capacity"), of("--set")];
    const again = planOf(
      inputOf({ tier, ...(capacity.length > 0 && { capacity }), ...(set.length > 0 && { set }) }, []),
    );
    expect(JSON.stringify(again)).toBe(JSON.stringify(plan));
  });
});

describe("explain --files", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "heavyload-files-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const explain = (...args: string[]) =>
    spawnSync(process.execPath, [...COMMAND, ...args], { cwd: ROOT, encoding: "utf8" });
  const treeOf = (path: string): string[] =>
    readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
      .sort();

  it("writes them to a new folder or an empty one, and says what each leaves to do", () => {
    const { files } = hostFiles(planOf({ tier: "2k" }));
    const wanted = files.map(({ path }) => path).sort();
    const fresh = join(folder, "fresh");
    const done = explain("--tier", "2k", "--files", fresh, "--width", "90");
    expect([done.status, done.stderr]).toEqual([0, ""]);
    expect(treeOf(fresh)).toEqual(wanted);
    for (const { path, text, notByItself } of files) {
      expect(readFileSync(join(fresh, path), "utf8")).toBe(text);
      for (const sentence of notByItself) expect(done.stdout.replaceAll(/\s+/g, " ")).toContain(sentence);
    }
    const empty = join(folder, "empty");
    mkdirSync(empty);
    const listed = JSON.parse(explain("--tier", "2k", "--files", empty, "--json").stdout) as Listed;
    expect(listed.files.map(({ path }) => path).sort()).toEqual(wanted);
    expect(listed).toMatchObject({ folder: empty, unset: hostFiles(planOf({ tier: "2k" })).unset });
    expect(treeOf(empty)).toEqual(wanted);
    expect(readdirSync(folder).sort()).toEqual(["empty", "fresh"]);
  });

  it("refuses what is in the way, and writes nothing then", () => {
    writeFileSync(join(folder, "mine"), "kept");
    for (const [args, said] of [
      [["--tier", "2k", "--files", folder], "allowed: a new or an empty folder. It has files already"],
      [["--tier", "2k", "--files", join(folder, "mine")], "A file of that name is in the way"],
      [["--tier", "2k", "--files", join(folder, "no", "where")], `Make ${join(folder, "no")} first.`],
      [["--tier", "3k", "--files", join(folder, "new")], 'tier is "3k"'],
      [
        ["--tier", "2k", "--files", join(folder, "new"), "--diff", "10k"],
        '--diff is "10k", allowed: not beside --files',
      ],
      [["--tier", "2k", "--fleet", "--files", join(folder, "new")], "allowed: not beside --fleet"],
    ] as const) {
      const done = explain(...args);
      expect([done.status, done.stdout]).toEqual([2, ""]);
      expect(done.stderr).toContain(said);
    }
    expect(treeOf(folder)).toEqual(["mine"]);
    expect(readFileSync(join(folder, "mine"), "utf8")).toBe("kept");
  });

  it("leaves nothing half written where a file cannot be", () => {
    const files = [
      { path: "a/b", text: "1" },
      { path: "a/b/c", text: "a folder and a file cannot have one name" },
    ];
    for (const target of [folder, join(folder, "new")]) {
      expect(() => writeFiles(target, files)).toThrow(`nothing was written to ${target}`);
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it("is named by the help", () => {
    const help = execFileSync(process.execPath, [...COMMAND, "--help"], { cwd: ROOT, encoding: "utf8" });
    expect(help).toContain("--files DIR");
  });
});
