import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { hostProgram } from "../../components/steps/program";
import { HOST, REPORT, SEAL, stepInputs, stepsOf } from "../../components/steps/steps";
import { makePlan } from "../../components/tuning/plan";
import { APP_SERVICE } from "../../components/tuning/app";
import { TIERS } from "../../components/tuning/tiers";

const PARSE = `
import json, sys
from heavyload.manifest import parse
for concern, text in json.load(sys.stdin).items():
    m = parse(text.encode(), concern)
    rows = {s.name: f"{s.rule} {s.wanted}" for s in (*m.settings, *m.require.values())}
    print(json.dumps([m.concern, list(m.owner), m.headers.get("reapply"), m.adopt, m.allow_untested, rows, dict(m.manifests), list(m.services), list(m.pages), m.strict]))
`;

/** What the host program's own parser reads from manifests by concern. */
function parsed(manifests: ReadonlyMap<string, string>): unknown[] {
  const { stdout, stderr } = spawnSync("/usr/bin/python3", ["-B", "-c", PARSE], {
    cwd: join(__dirname, "../../components/host"),
    input: JSON.stringify(Object.fromEntries(manifests)),
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

it.each([...TIERS.keys()])("is read by the host program as it was meant, for tier %s", (tier) => {
  const { plan } = makePlan({ tier });
  if (!plan) throw new Error(`no plan for ${tier}`);
  const reapply = 'a "new"\nday\u2028\u0085: \u00e9';
  const order = {
    stack: "heavyload/lab/host",
    state: "5f0c1a52-0000-4000-8000-000000000000",
    reapply,
    adopt: true,
    allowUntested: true,
    services: ["a@1.service", "b.service"],
    healthPath: "/health?deep=1#x:y",
    strict: true,
    readiness: { port: 8_080, path: "/health/x", host: "shop.example" },
    app: {
      wsgi: "shop.wsgi:application",
      directory: "/srv/shop/",
      user: "shop",
      virtualenv: "/srv/shop/venv-3.11",
      environmentFile: "/etc/Shop.env",
      serverNames: ["shop.example", "*.shop.example"],
      staticRoot: "/srv/shop/static",
    },
  };
  const owner = [order.stack, order.state];
  const program = hostProgram();
  const inputs = new Map(stepInputs(plan, order, program));
  expect([...inputs.keys()]).toEqual(stepsOf(true, true));
  const [, plans = "", ...host] = inputs.get(HOST)?.split("\n") ?? [];
  expect(JSON.parse(plans.slice("# ".length))).toEqual({
    kernel: inputs.get("kernel"),
    app: inputs.get("app"),
    limits: inputs.get("limits"),
    gunicorn: inputs.get("gunicorn"),
    nginx: inputs.get("nginx"),
  });
  inputs.set(HOST, host.join("\n"));
  const settingsOf = (layer: string) =>
    Object.fromEntries(
      plan.settings
        .filter(({ concern }) => concern === layer)
        .map(({ name, rule, value }) => [name, `${rule} ${value}`]),
    );
  const application = {
    "app.wsgi": "exactly shop.wsgi:application",
    "app.directory": "exactly /srv/shop",
    "app.user": "exactly shop",
    "app.virtualenv": "exactly /srv/shop/venv-3.11",
    "app.environment_file": "exactly /etc/Shop.env",
  };
  const site = {
    "app.server_names": "exactly shop.example *.shop.example",
    "app.static_root": "exactly /srv/shop/static",
    "readiness.port": "exactly 8080",
    "readiness.path": "exactly /health/x",
    "readiness.host": "exactly shop.example",
  };
  const [root, both] = [["/"], ["/", order.healthPath]];
  const needs = { memory_mib: `at least ${plan.needs.memoryMiB}` };
  const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
  const hashes = { kernel: hash, app: hash, limits: hash, gunicorn: hash, nginx: hash };
  expect(parsed(inputs)).toEqual([
    [HOST, owner, reapply, true, true, needs, {}, [], root, false],
    ["kernel", owner, reapply, false, false, settingsOf("kernel"), {}, [], root, false],
    ["app", owner, reapply, false, false, application, {}, [], both, false],
    [
      "limits",
      owner,
      reapply,
      false,
      false,
      settingsOf("limits"),
      {},
      [...order.services, APP_SERVICE],
      root,
      false,
    ],
    ["gunicorn", owner, reapply, false, false, settingsOf("gunicorn"), {}, [APP_SERVICE], both, false],
    ["nginx", owner, reapply, false, false, { ...settingsOf("nginx"), ...site }, {}, [], both, true],
    [REPORT, owner, reapply, false, false, {}, hashes, [], root, false],
    [SEAL, owner, reapply, false, false, {}, { ...hashes, host: hash }, [], root, false],
  ]);
});
