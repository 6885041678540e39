// Whatever text a configuration gives: it is refused in a clear line, or it is that one value and nothing else.
import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { checkHostTuning } from "../../components/checks/tuning";
import { hostProgram } from "../../components/steps/program";
import { stepInputs, type Order } from "../../components/steps/steps";
import { appProblems } from "../../components/tuning/app";
import type { App } from "../../components/tuning/app";
import { SETTINGS } from "../../components/tuning/concerns";

const RUNS = Number(process.env["HEAVYLOAD_EXAMPLES"] ?? (process.env["HEAVYLOAD_TEST_ALL"] ? 2000 : 100));

const PIECES = [
  ...[
    "'",
    '"',
    "`",
    "\\",
    "$",
    "%",
    "#",
    ";",
    "{",
    "}",
    "\n",
    "\r",
    "\t",
    "\0",
    "\u2028",
    "\u0085",
    "\ud800",
    "🐍",
  ],
  ...[
    "$(id)",
    "${HOME}",
    "%h",
    "'; rm -rf /;'",
    "\ncomplete: true\n",
    "\nsettings:\n  a.b: exactly 1",
    "exactly 1",
  ],
  ...[
    "at least 5",
    "1024 65535",
    "/srv/site",
    "site",
    "shop.example",
    "mysite.wsgi",
    ".service",
    "/",
    "..",
    "9",
    " ",
  ],
];
const texts = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: "binary", maxLength: 6 })), { maxLength: 8 })
  .map((parts) => parts.join(""));
const MEBIBYTE = PIECES.join("").repeat(5000);

const CONNECTION = {
  host: "192.0.2.10",
  user: "admin",
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB",
  agent: true,
};
const APP = { wsgi: "mysite.wsgi", directory: "/srv/site", user: "site" };

type Args = Parameters<typeof checkHostTuning>[1];
const FIELDS: Readonly<Record<string, (text: string) => Args>> = {
  tier: (text) => ({ tier: text }),
  reapply: (reapply) => ({ tier: "2k", reapply }),
  healthPath: (healthPath) => ({ tier: "2k", healthPath }),
  services: (text) => ({ tier: "2k", services: [text] }),
  mode: (mode) => ({ tier: "2k", mode }),
  drift: (drift) => ({ tier: "2k", drift }),
  identity: (identity) => ({ tier: "2k", identity }),
  capacity: (text) => ({ capacity: { connections: text, workerClass: text } }),
  "app.wsgi": (wsgi) => ({ tier: "2k", app: { ...APP, wsgi } }),
  "app.directory": (directory) => ({ tier: "2k", app: { ...APP, directory } }),
  "app.user": (user) => ({ tier: "2k", app: { ...APP, user } }),
  "app.serverNames": (text) => ({ tier: "2k", app: { ...APP, serverNames: [text] } }),
  "app.staticRoot": (staticRoot) => ({ tier: "2k", app: { ...APP, staticRoot } }),
  "app.environmentFile": (environmentFile) => ({ tier: "2k", app: { ...APP, environmentFile } }),
  "a setting": (text) => ({
    tier: "2k",
    tuning: Object.fromEntries(SETTINGS.map(({ name }) => [name, text])),
  }),
  "a setting's name": (text) => ({ tier: "2k", tuning: { [text]: 5 } }),
};

/** What the lines of all manifests are about: a text that became more than a value would be one more, or another one. */
const subjects = (args: Args): string[] => {
  const { plan, problems } = checkHostTuning("web", { connection: CONNECTION, ...args });
  if (!plan || problems.length > 0) throw new Error(JSON.stringify(problems));
  const { app, ...order } = args as Omit<Order, "stack"> & { app?: App };
  const inputs = stepInputs(plan, { stack: "shop/prod/web", ...order, ...(app && { app }) }, hostProgram());
  return [...inputs].flatMap(([step, text]) =>
    text
      .split("\n")
      .filter((line) => !line.startsWith("# "))
      .map((line) => `${step} ${/^ *[\w./-]*:?/.exec(line)?.[0]}`),
  );
};

function holds(args: Args): void {
  const { problems } = checkHostTuning("web", { connection: CONNECTION, ...args });
  if (problems.length > 0) {
    for (const { path, value, allowed } of problems) {
      expect([path, value, allowed]).not.toContain("");
      expect(value.length).toBeLessThan(500);
    }
    return;
  }
  const known = subjects(args);
  expect(new Set(known).size).toBe(known.length);
  for (const subject of known) expect(ALLOWED).toContain(subject);
}

/** Of stacks in which all that can be given is given. */
const ALLOWED = new Set(
  [
    { tier: "2k", reapply: "a", healthPath: "/a", services: ["a.service"] },
    {
      tier: "100k",
      app: { ...APP, serverNames: ["a.example"], staticRoot: "/a", environmentFile: "/a", virtualenv: "/a" },
    },
    { capacity: { connections: 2000, workerClass: "sync" } },
  ].flatMap((args) => subjects(args)),
);

it.each(Object.keys(FIELDS))("%s", (field) => {
  const args = FIELDS[field] ?? (() => ({}));
  fc.assert(
    fc.property(texts, (text) => holds(args(text))),
    { numRuns: RUNS },
  );
  holds(args(MEBIBYTE));
});

it("an application's texts are looked at one by one", () => {
  expect(appProblems({ ...APP, wsgi: "a; b" })).not.toEqual([]);
});
