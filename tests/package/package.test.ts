import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { must } from "../../lab/run";

const ROOT = join(__dirname, "../..");
const PATIENCE = 300_000;

let folder: string;
let tarball: string;
let packed: string[];

const version = (name: string): string =>
  (JSON.parse(readFileSync(join(ROOT, "node_modules", name, "package.json"), "utf8")) as { version: string })
    .version;

/** Packs the package as `npm publish` would, and installs it into a project of somebody else. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "heavyload-consumer-"));
  tarball = join(
    folder,
    (await must("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: ROOT })).trim(),
  );
  packed = (await must("tar", ["-tzf", tarball])).trim().split("\n").sort();
  // The versions of this checkout: they are in npm's cache, and the ones that the other tests ran with.
  const names = ["@pulumi/pulumi", "@pulumi/command", "@types/node"];
  const dependencies = {
    ...Object.fromEntries(names.map((name) => [name, version(name)])),
    heavyload: `file:${tarball}`,
  };
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "consumer", private: true, dependencies }),
  );
  await must("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund"], { cwd: folder });
}, PATIENCE);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("holds what it needs and nothing else", () => {
  const files = packed.map((path) => path.replace("package/", ""));
  const modules = files.filter((path) =>
    /^dist\/host\/(firstBoot\.sh|loader\.py|heavyload\/.*\.py)$/.test(path),
  );
  expect(modules).toEqual(expect.arrayContaining(["dist/host/heavyload/__main__.py", "dist/host/loader.py"]));
  const rest = files.filter(
    (path) => !modules.includes(path) && !/^dist\/(?!host\/).*\.(js|d\.ts)$/.test(path),
  );
  expect(rest.filter((path) => !["LICENSE", "README.md"].includes(path))).toEqual([
    "PulumiPlugin.yaml",
    "package.json",
  ]);
  expect(files.filter((path) => /test|stacks|lab\//.test(path))).toEqual([]);
});

it(
  "is compiled against and run by another program, without @pulumi/aws",
  async () => {
    copyFileSync(join(__dirname, "consumer.ts.txt"), join(folder, "index.ts"));
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
      cwd: folder,
    });
    const said = JSON.parse(await must(process.execPath, ["index.js"], { cwd: folder })) as Record<
      string,
      string
    >;
    expect(said).toMatchObject({
      os: "Debian GNU/Linux 12",
      text: expect.stringContaining("0 of 0 settings as wanted"),
    });
    expect(said["kernel"]).toContain("stack: shop/production/web\n");
    expect(said["kernel"]).toContain("net.core.somaxconn: at least 8192\n");
    expect(said["ec2"]).toContain(
      "needs the package @pulumi/aws beside heavyload: npm install @pulumi/aws@7",
    );
    expect(said["host"]).toMatch(/^# \{"heavyload\/__init__\.py":/);
    const search = [
      "-e",
      "try{require.resolve('@pulumi/aws');console.log('found')}catch{console.log('absent')}",
    ];
    expect(await must(process.execPath, search, { cwd: folder })).toBe("absent\n");
  },
  PATIENCE,
);
