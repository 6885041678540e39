import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { must, run } from "../../lab/run";
import { Consumer } from "./consumer";

const ROOT = join(__dirname, "../..");
const PATIENCE = 300_000;

let consumer: Consumer;

beforeAll(async () => {
  consumer = await Consumer.make(["@pulumi/pulumi", "@pulumi/command", "@types/node"]);
}, PATIENCE);

afterAll(() => consumer.remove());

it("holds what it needs and nothing else", () => {
  const files = consumer.packed;
  const modules = files.filter((path) =>
    /^dist\/components\/host\/(firstBoot\.sh|loader\.py|heavyload\/.*\.py)$/.test(path),
  );
  expect(modules).toEqual(
    expect.arrayContaining(["dist/components/host/heavyload/__main__.py", "dist/components/host/loader.py"]),
  );
  const rest = files.filter(
    (path) => !modules.includes(path) && !/^dist\/(?!components\/host\/).*\.(js|d\.ts)$/.test(path),
  );
  expect(rest.filter((path) => !["LICENSE", "README.md"].includes(path))).toEqual([
    "PulumiPlugin.yaml",
    "dist/components/host/heavyload/catalogue.json",
    "package.json",
  ]);
  expect(files.filter((path) => /test|stacks|lab\//.test(path))).toEqual([]);
});

it(
  "has a command, which explains a tier and says how it is called",
  async () => {
    const command = join(consumer.folder, "node_modules/.bin/heavyload");
    expect(await must(command, ["explain", "--tier", "10k"])).toContain("net.core.somaxconn");
    expect(await must(command, ["audit", "--help"])).toContain("heavyload audit [USER@]HOST --tier");
    expect(await run(command, ["audit", "--tier", "10k"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("one [USER@]HOST"),
    });
    expect(await run(command, ["tune"])).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("explain"),
    });
  },
  PATIENCE,
);

it(
  "is compiled against and run by another program, without @pulumi/aws",
  async () => {
    copyFileSync(join(__dirname, "consumer.ts.txt"), join(consumer.folder, "index.ts"));
    const options = [
      "--strict",
      "--target",
      "es2022",
      "--module",
      "commonjs",
      "--esModuleInterop",
      "--skipLibCheck",
      "false",
    ];
    await must(join(ROOT, "node_modules/.bin/tsc"), [...options, "--types", "node", "index.ts"], {
      cwd: consumer.folder,
    });
    const said = JSON.parse(await must(process.execPath, ["index.js"], { cwd: consumer.folder })) as Record<
      string,
      string
    >;
    expect(said).toMatchObject({
      os: "Debian GNU/Linux 12",
      text: expect.stringContaining("0 in force, 0 not applicable, 0 short"),
    });
    expect(said["kernel"]).toContain("stack: shop/production/web\n");
    expect(said["kernel"]).toContain("net.core.somaxconn: at least 8192\n");
    expect(said["ec2"]).toContain(
      "needs the package @pulumi/aws beside heavyload: npm install @pulumi/aws@7",
    );
    const [line = ""] = (said["host"] ?? "").split("\n");
    const program = inflateSync(Buffer.from(line.slice("# ".length), "base64")).toString();
    expect(program).toMatch(/^\{"heavyload\/__init__\.py":/);
    const search = [
      "-e",
      "try{require.resolve('@pulumi/aws');console.log('found')}catch{console.log('absent')}",
    ];
    expect(await must(process.execPath, search, { cwd: consumer.folder })).toBe("absent\n");
  },
  PATIENCE,
);
