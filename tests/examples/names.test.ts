import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { must } from "../../lab/run";
import { strangeNames, type Made } from "./schemaNames";

const EXAMPLES = join(__dirname, "../../examples");
const folders = (language: string) => readdirSync(EXAMPLES).filter((name) => name.endsWith(`-${language}`));

const camel = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

interface YamlProgram {
  readonly resources: Readonly<Record<string, { type: string; properties: unknown }>>;
}

function inYaml(text: string): Made[] {
  const { resources } = parse(text) as YamlProgram;
  return Object.entries(resources).map(([name, { type, properties }]) => ({
    class: /^heavyload:(?:index:)?(\w+)$/.exec(type)?.[1] ?? type,
    given: properties,
    read: [...text.matchAll(new RegExp(`\\$\\{${name}\\.(\\w+)`, "g"))].map(([, output = ""]) => output),
  }));
}

const inPython = async (path: string): Promise<Made[]> =>
  JSON.parse(await must("python3", [join(__dirname, "pythonNames.py"), path, "pulumi_heavyload"])) as Made[];

// TypeScript's examples are compiled with everything else.
describe("the examples have no name that the schema has not:", () => {
  it.each(folders("yaml"))("%s", (folder) => {
    const made = inYaml(readFileSync(join(EXAMPLES, folder, "Pulumi.yaml"), "utf8"));
    expect(made.map((one) => one.read.length)).not.toContain(0);
    expect(made.flatMap((one) => strangeNames(one))).toEqual([]);
  });

  it.each(folders("python"))("%s", async (folder) => {
    const made = await inPython(join(EXAMPLES, folder, "__main__.py"));
    expect(made.map((one) => one.read.length)).not.toContain(0);
    expect(made.flatMap((one) => strangeNames(one, camel))).toEqual([]);
  });
});

it("names what is strange, wherever it stands", () => {
  const made: Made = {
    class: "TunedHosts",
    given: {
      hosts: {
        web1: { existing: { hostkey: "x", proxy: { host: "b" } }, ec2: { sshFrom: ["a"], tags: { a: "b" } } },
      },
      teir: "10k",
      services: "${list}",
    },
    read: ["summaries", "summary"],
  };
  expect(strangeNames(made)).toEqual([
    "TunedHosts.hosts[web1].existing.host is missing",
    "no TunedHosts.hosts[web1].existing.hostkey",
    "TunedHosts.hosts[web1].ec2.instanceType is missing",
    "no TunedHosts.teir",
    "no output TunedHosts.summary",
  ]);
  expect(strangeNames({ ...made, class: "TunedHsots" })).toEqual(["no class TunedHsots"]);
});
