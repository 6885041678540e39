import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import { getPulumiComponents } from "@pulumi/pulumi/provider/experimental/provider";
import { generateSchema } from "@pulumi/pulumi/provider/experimental/schema";
import * as entry from "../../index"; // where Pulumi looks when the repository is the package
import { must } from "../../lab/run";

const ROOT = join(__dirname, "../..");
const SNAPSHOT = join(ROOT, "schema.json");

const read = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

/** As the plugin's host does it when Pulumi asks this repository for its schema. */
function generate(): unknown {
  const manifest = read(join(ROOT, "package.json")) as Record<"name" | "version" | "description", string>;
  const { name, version, description } = manifest;
  const names = new Set(getPulumiComponents(entry).map((component) => component.name));
  const analyzer = new Analyzer(ROOT, name, manifest, names);
  const { components, typeDefinitions, dependencies } = analyzer.analyze();
  const schema = generateSchema(name, version, description, components, typeDefinitions, dependencies);
  return JSON.parse(JSON.stringify(schema));
}

interface Described {
  readonly description?: string;
}
type Members = Readonly<Record<string, Described>>;
interface Shape extends Described {
  readonly properties?: Members;
  readonly inputProperties?: Members;
}

it("describes every class, argument and output, to the end of the sentence", () => {
  const { resources, types } = read(SNAPSHOT) as Record<
    "resources" | "types",
    Readonly<Record<string, Shape>>
  >;
  const silent = Object.entries({ ...resources, ...types }).flatMap(([token, shape]) =>
    [
      ...(token in resources ? [[token, shape] as const] : []),
      ...Object.entries({ ...shape.properties, ...shape.inputProperties }),
    ].flatMap(([name, { description = "" }]) =>
      /[.`…]$/.test(description.trim()) ? [] : [`${token} ${name}`],
    ),
  );
  expect(silent).toEqual([]);
});

it("shows other languages what schema.json says (UPDATE_SCHEMA=1 writes it anew)", async () => {
  const schema = generate();
  if (process.env["UPDATE_SCHEMA"]) {
    writeFileSync(SNAPSHOT, JSON.stringify(schema));
    await must("npx", ["prettier", "--write", SNAPSHOT], { cwd: ROOT });
  }
  expect(schema).toEqual(read(SNAPSHOT));
}, 60_000);
