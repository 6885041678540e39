import { expect, it } from "@jest/globals";
import type { HostAudit } from "../../components/tuning/audit";
import { judge, parseAudit } from "../../components/tuning/audit";
import { auditText } from "../../components/tuning/auditText";
import type { ReportedSetting } from "../../components/tuning/report";
import { resolveOn } from "../../components/tuning/hostSize";
import { makePlan } from "../../components/tuning/plan";
import { TIERS } from "../../components/tuning/tiers";

const setting = (name: string, now: string, over: Partial<ReportedSetting> = {}): ReportedSetting => ({
  concern: name.split(".")[0] ?? "",
  name,
  wanted: "9",
  before: now,
  now,
  afterReboot: now,
  rule: "at least",
  state: "short",
  ok: false,
  readFrom: "here",
  ...over,
});

/** Debian's packages as they come, on a small host. */
const VALUES = {
  "gunicorn.workers": "1",
  "gunicorn.threads": "1",
  "gunicorn.worker_class": "sync",
  "gunicorn.worker_connections": "1000",
  "gunicorn.backlog": "2048",
  "nginx.worker_processes": "auto: 2",
  "nginx.worker_connections": "768",
  "nginx.worker_rlimit_nofile": "1024",
  "nginx.listen.backlog": "511",
  "net.core.somaxconn": "4096",
  "net.ipv4.ip_local_port_range": "32768 60999",
  "net.netfilter.nf_conntrack_max": "-",
};

const found = (values: Readonly<Record<string, string>> = {}, over: Partial<HostAudit> = {}): HostAudit => ({
  owner: "",
  host: { os: "Debian", kernel: "6.1", cpus: 2, memoryMiB: 2_000, nginx: "1.22.1" },
  settings: Object.entries({ ...VALUES, ...values }).map(([name, now]) => setting(name, now)),
  changes: ["kernel: a: 1 -> 2"],
  notes: ["kernel: /etc/sysctl.conf line 3 has a = 1"],
  files: [{ path: "/etc/a", diff: "--- /etc/a\n+++ /etc/a\n+b\n" }],
  refused: [],
  usage: [{ limit: "nofile.soft", used: 9, of: 1_024, where: "process 7" }],
  ...over,
});

const { plan } = makePlan({ tier: "10k" });
if (!plan) throw new Error("no plan");

it("says what breaks first by the values that the host has", () => {
  const small = makePlan({ tier: "2k" }).plan ?? plan;
  const { breaksFirst, holds, bears } = judge(small, found());
  expect([holds, bears]).toEqual([false, undefined]);
  const at = Object.fromEntries(breaksFirst.map((limit) => [limit.limit, limit.at]));
  expect(at).toMatchObject({
    "gunicorn.threads": 20, // one worker, 50 ms a request
    "nginx.worker_connections": 768, // two workers, two connections each
    "nginx.listen.backlog": 511,
  });
  expect(breaksFirst[0]?.limit).toBe("gunicorn.threads");
  expect(at).not.toHaveProperty("net.netfilter.nf_conntrack_max"); // the host has none
});

it("counts no thread that is given no connection", () => {
  const by = (threads: string, connections: string) => {
    const values = { "gunicorn.worker_class": "gthread", "gunicorn.workers": "2" };
    const given = { "gunicorn.threads": threads, "gunicorn.worker_connections": connections };
    const { breaksFirst } = judge(plan, found({ ...values, ...given }));
    return breaksFirst.filter(({ limit }) => /^gunicorn.(threads|worker_connections)$/.test(limit));
  };
  expect(by("8", "512")).toMatchObject([{ limit: "gunicorn.threads", at: 320 }]); // 50 ms a request
  expect(by("68", "8")).toMatchObject([{ limit: "gunicorn.worker_connections", at: 320 }]);
});

it("tells the limits of sync workers, which say nothing of threads", () => {
  const host = found({
    "gunicorn.workers": "5",
    "gunicorn.threads": "-",
    "gunicorn.worker_connections": "-",
  });
  const at = Object.fromEntries(judge(plan, host).breaksFirst.map((limit) => [limit.limit, limit.at]));
  expect(at).toMatchObject({ "gunicorn.threads": 100, "gunicorn.backlog": 2_053 }); // 50 ms a request
});

it("counts nginx's workers as they are, and one for each CPU where that is not known", () => {
  const at = (processes: string) =>
    judge(plan, found({ "nginx.worker_processes": processes })).breaksFirst.find(
      ({ limit }) => limit === "nginx.worker_connections",
    )?.at;
  expect([at("1"), at("4")]).toEqual([Math.floor((at("auto: 2") ?? 0) / 2), 2 * (at("auto: 2") ?? 0)]);
  expect(at("-")).toBe(at("auto: 2"));
});

it("tells a load of few to a tenth, and never one more than is carried", () => {
  const at = (secondsPerRequest: number) => {
    const slow = makePlan({ capacity: { connections: 500, requestsPerSecond: 1, secondsPerRequest } }).plan;
    if (!slow) throw new Error("no plan");
    return judge(slow, found()).breaksFirst.find(({ limit }) => limit === "gunicorn.threads")?.at;
  };
  expect([0.07, 0.13, 0.7, 1].map(at)).toEqual([14, 7.6, 1.4, 1]); // one worker: 14.28, 7.69, 1.43, 1
});

it("tells no limit without a value, and the others by their order, none below zero", () => {
  const unread = {
    ...{ "nginx.worker_connections": "-", "nginx.worker_rlimit_nofile": "-", "nginx.listen.backlog": "-" },
    ...{ "net.netfilter.nf_conntrack_max": "65536" },
  };
  const { breaksFirst } = judge(plan, found(unread));
  const times = breaksFirst.filter(({ onlyIf }) => onlyIf === undefined).map((limit) => limit.times);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(times.length).toBeGreaterThan(3);
  expect(breaksFirst.map(({ limit }) => limit)).not.toContain("nginx.worker_connections");
  // 1,000 requests a second have 180,000 entries alone.
  expect(breaksFirst.find(({ limit }) => limit.endsWith("conntrack_max"))).toMatchObject({ at: 0, times: 0 });
});

it("names the highest tier that the host bears as it is", () => {
  const values = Object.fromEntries(
    (makePlan({ tier: "10k" }).plan?.settings ?? []).map(({ name, comesTo, value }) => [
      name,
      comesTo ?? value,
    ]),
  );
  const large = { os: "Debian", kernel: "6.1", cpus: 64, memoryMiB: 64_000 };
  const tuned = found({ ...values, "gunicorn.workers": "129", "gunicorn.threads": "10" }, { host: large });
  expect(judge(plan, tuned).bears).toBe("10k");
});

it.each([
  ...[...TIERS.keys()].map((tier) => ({ tier })),
  { capacity: { connections: 2_000, requestsPerSecond: 20, queueSeconds: 10 } }, // a queue of a tenth of them
  { capacity: { connections: 200_000, requestsPerSecond: 100 } }, // more than the longest queue of the kernel
])("holds where all is as the plan wants it: %j", (wish) => {
  const wanted = makePlan(wish).plan ?? plan;
  const host = wanted.countedOn;
  const values = resolveOn(host, new Map(wanted.settings.map(({ name, value }) => [name, value])));
  const settings = [...values].map(([name, now]) => setting(name, now, { ok: true, state: "in force" }));
  const { breaksFirst, holds } = judge(
    wanted,
    found({}, { settings, host: { os: "Debian", kernel: "6.1", ...host } }),
  );
  expect([holds, breaksFirst[0]?.times]).toEqual([true, expect.closeTo(1, 0)]);
});

it("holds where nothing is short and nothing refused", () => {
  const fine = found({}, { settings: [setting("a", "1", { ok: true, state: "in force" })] });
  expect(judge(plan, fine).holds).toBe(true);
  const refusal = { what: "gunicorn", wanted: "one", found: "two", where: "systemd", wayOut: "Stop one." };
  expect(judge(plan, { ...fine, refused: [refusal] }).holds).toBe(false);
  const text = auditText(
    "host",
    plan,
    { ...fine, refused: [refusal] },
    judge(plan, { ...fine, refused: [refusal] }),
  );
  expect(text).toContain("- gunicorn: wanted one, found two (systemd). Stop one.");
});

it("does not hold what a limit is hit below, though each setting is as wanted", () => {
  const values = Object.entries(VALUES).map(([name, now]) =>
    setting(name, now, { ok: true, state: "in force" }),
  );
  const audit = found({}, { settings: values });
  const verdict = judge(plan, audit);
  expect(verdict.breaksFirst[0]).toMatchObject({ limit: "gunicorn.threads", times: 0.02 });
  expect(verdict.holds).toBe(false);
});

it.each([
  ["no line of ours", "\u001b[31mhello", "the host said something else:  [31mhello"],
  ["half a line", '{"owner": "a"', "something else"],
  ["no host", JSON.stringify({ ...found(), host: null }), "something else"],
  ["no list", JSON.stringify({ ...found(), usage: 3 }), "something else"],
  [
    "a value that is no text",
    JSON.stringify(found({}, { settings: [setting("a", 3 as never)] })),
    "something else",
  ],
  ["nothing read", JSON.stringify(found({}, { settings: [] })), "has told no setting"],
])("takes no answer that is none: %s", (_, stdout, said) => {
  expect(() => parseAudit(stdout)).toThrow(said);
});

it("takes the host's own answer", () => {
  expect(parseAudit(`Welcome${JSON.stringify(found())}\n`)).toEqual(found());
});

it("is told for people: first the host, last the verdict", () => {
  const text = auditText("admin@web", plan, found({}, { owner: "shop/prod/web" }), judge(plan, found()));
  expect(text).toMatch(
    /^admin@web: Debian, kernel 6.1, 2 CPUs, 2,000 MiB, nginx 1.22.1\ntuned by shop\/prod\/web\n/,
  );
  for (const line of [
    "== Settings, against the plan",
    "NO  gunicorn.threads",
    "+b",
    "kernel: a: 1 -> 2",
    "process 7",
    "== To know besides\n\nkernel: /etc/sysctl.conf line 3 has a = 1",
  ])
    expect(text).toContain(line);
  expect(text).toMatch(
    /\nBreaks first: 20 requests a second: gunicorn.threads; .*\nAs it is now it bears no tier.\nIt does not hold the plan \(10k\): 12 settings short, 1 to change, 0 refused, gunicorn.threads at 0.02x.\nNothing was changed.\n$/,
  );
});
