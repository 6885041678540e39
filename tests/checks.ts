import { join } from "node:path";
import type { KindName } from "../lab/machine/kindName";
import type { Release } from "../lab/machine/releases";
import { pytestCounts, type Counts } from "./counts";
import type { Needs } from "./needs";

/** Something that runs without a machine, beside others. */
export interface Check {
  readonly name: string;
  /** Makes ready what it needs, and nothing else; returns its command. */
  readonly command: (needs: Needs) => Promise<readonly string[]>;
  /** Reads the runner's own numbers, where it has some. */
  readonly counts?: () => Counts;
}

const plain =
  (...command: readonly string[]) =>
  () =>
    Promise.resolve(command);
const python =
  (tool: string, ...args: readonly string[]) =>
  async (needs: Needs) => [join(await needs.python(), tool), ...args];

/** The longest comes first, then what is quick and likely to fail. `reports`: a folder for what runners write. */
export function checks(reports: string): readonly Check[] {
  const junit = join(reports, "pytest.xml");
  return [
    {
      name: "host program",
      command: python("pytest", "-q", "-p", "no:cacheprovider", `--junit-xml=${junit}`),
      counts: () => pytestCounts(junit),
    },
    { name: "format", command: plain("npx", "prettier", "--check", "--log-level=warn", ".") },
    { name: "python format", command: python("ruff", "format", "--check", "--quiet", ".") },
    { name: "python lint", command: python("ruff", "check", "--quiet", ".") },
    { name: "python types", command: python("mypy") },
    {
      name: "python 3.9",
      command: python("vermin", "-q", "-t=3.9-", "--violations", "--no-tips", "components/host"),
    },
    {
      name: "shell lint",
      command: async (needs) => {
        await needs.shellcheck();
        return ["sh", "-c", "git ls-files '*.sh' .ci/run | xargs shellcheck"];
      },
    },
    { name: "types", command: plain("npx", "tsc", "-p", "tsconfig.json") },
    { name: "lint", command: plain("npx", "eslint", ".") },
  ];
}

/** A project of jest.config.js. */
export interface Project {
  readonly name: string;
  /** Makes ready what it needs, and nothing else. */
  readonly ready: (needs: Needs) => Promise<unknown>;
  /** Its files need the cores for themselves, and the engine. */
  readonly onMachines: boolean;
  /** Left out of `npm test`. */
  readonly more: boolean;
}

const MORE = ["debian 11", "debian 12", "debian 14", "kernel of debian 13", "upgrade", "host on a VM"];

interface JestProject {
  readonly displayName: string;
  /** Of tests on machines. */
  readonly globals?: { readonly KIND: KindName; readonly RELEASE: Release };
}

/** `hosts`: the kind of machine that tests take which need no kernel of their own. */
export function projects(hosts: KindName): readonly Project[] {
  process.env["HEAVYLOAD_TEST_KIND"] = hosts;
  delete require.cache[require.resolve("../jest.config.js")]; // which reads that
  // A file of jest's own: it has no types to import it by.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const config = require("../jest.config.js") as { readonly projects: readonly JestProject[] };
  return config.projects.map(({ displayName, globals }) => ({
    name: displayName,
    more: MORE.includes(displayName),
    onMachines: !["unit", "page"].includes(displayName),
    ready: globals
      ? (needs) => Promise.all([needs.engine(), needs.load(), needs.image(globals.KIND, globals.RELEASE)])
      : READY[displayName as keyof typeof READY],
  }));
}

const READY = {
  unit: (needs: Needs) => needs.lab(),
  page: (needs: Needs) => needs.browser(),
  // Its machines' image is made by their first boot, where no other project has asked for it.
  lab: (needs: Needs) => Promise.all([needs.lab(), needs.engine()]),
} as const;
