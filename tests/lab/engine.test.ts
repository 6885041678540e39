import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { findEngine } from "../../lab/engine";
import { CLI_VERSION, COMMAND_PLUGIN_VERSION, isAtLeast } from "../../lab/engine/versions";
import { run } from "../../lab/run";
import { EngineSandbox } from "./engineSandbox";

const PLUGIN = join("plugins", `resource-command-v${COMMAND_PLUGIN_VERSION}`, "pulumi-resource-command");
const DOWNLOADED = join("user", ".pulumi", "versions", CLI_VERSION, "bin");

let sandbox: EngineSandbox;
beforeEach(() => {
  sandbox = new EngineSandbox();
});
afterEach(() => sandbox.remove());

const find = () => findEngine(sandbox.say);
const installed = () => sandbox.program(join("user", ".pulumi", PLUGIN));
const ownHome = () => join(sandbox.cache, "engine", "home");
const builds = () => sandbox.calls().filter((call) => call.startsWith("go build")).length;

describe("the CLI", () => {
  it("is the pulumi on PATH, with the person's own PULUMI_HOME", async () => {
    const pulumi = sandbox.pulumi("bin");
    installed();
    expect(await find()).toEqual({
      pulumi,
      env: { PATH: expect.stringMatching(/\/bin:/) as unknown, PULUMI_SKIP_UPDATE_CHECK: "true" },
      source: `pulumi 3.250.0 on PATH (${pulumi})`,
      commandPlugin: "official",
      commandPluginLine: `command plugin ${COMMAND_PLUGIN_VERSION}, the official one`,
    });
    expect(sandbox.fetch).not.toHaveBeenCalled();
  });

  it.each([
    ["is too old", () => sandbox.pulumi("bin", "3.99.0"), /is version 3\.99\.0, wanted 3\.211\.0 or newer/],
    [
      "has no Node language host",
      () => sandbox.program("bin/pulumi", "echo v3.250.0"),
      /no pulumi-language-nodejs/,
    ],
    [
      "fails",
      () => (sandbox.pulumi("bin"), sandbox.program("bin/pulumi", "echo oops >&2; exit 3")),
      /status 3: oops/,
    ],
    [
      "has a language host that cannot be run",
      () => (sandbox.pulumi("bin"), sandbox.program("bin/pulumi-language-nodejs", "exit 126")),
      /pulumi-language-nodejs cannot be run/,
    ],
  ])("passes over a pulumi on PATH that %s, and says so", async (_, make, reason) => {
    make();
    const downloaded = sandbox.pulumi(DOWNLOADED);
    installed();
    expect((await find()).pulumi).toBe(downloaded);
    expect(sandbox.said.join("\n")).toMatch(reason);
  });

  it("does not start the npm launcher, which would download without a limit", async () => {
    mkdirSync(join(sandbox.folder, "bin"), { recursive: true });
    symlinkSync(sandbox.program("node_modules/pulumi/run.js"), join(sandbox.folder, "bin", "pulumi"));
    const downloaded = sandbox.pulumi(DOWNLOADED);
    installed();
    expect((await find()).pulumi).toBe(downloaded);
    expect(sandbox.calls()).toEqual([]);
  });

  it("is downloaded by Pulumi's installer where the network is open", async () => {
    sandbox.pulumi("made");
    installed();
    sandbox.answer(`/bin/mkdir -p "$3" && /bin/mv '${sandbox.folder}/made' "$3/bin"`);
    expect(await find()).toMatchObject({
      pulumi: join(sandbox.folder, DOWNLOADED, "pulumi"),
      source: expect.stringContaining("downloaded") as unknown,
    });
  });

  it("is built from its Go modules, once, where the network is closed", async () => {
    sandbox.go();
    const first = await find();
    expect(first.source).toMatch(/^pulumi 3\.\d+\.\d+, built from its Go modules/);
    expect(first.env).toMatchObject({
      PULUMI_HOME: ownHome(),
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    });
    expect(first.env["PATH"]?.startsWith(join(first.pulumi, ".."))).toBe(true);
    expect(sandbox.said.join("\n")).toMatch(
      /cannot be downloaded: .*cannot be reached \(getaddrinfo ENOTFOUND\)/,
    );

    const asked = sandbox.fetch.mock.calls.length;
    expect(await find()).toEqual(first);
    expect(builds()).toBe(2);
    expect(sandbox.fetch.mock.calls.length).toBe(asked);
  });

  it("asks the network again an hour after a failed download", async () => {
    sandbox.go();
    await find();
    const past = new Date(Date.now() - 3_700_000);
    for (const what of ["pulumi", "plugin"]) {
      utimesSync(join(sandbox.cache, "engine", `download-failed.${what}`), past, past);
    }
    sandbox.pulumi("made", CLI_VERSION, `/bin/mkdir -p '${join(sandbox.home, PLUGIN, "..")}'; exit 1`);
    sandbox.answer(`/bin/mkdir -p "$3" && /bin/mv '${sandbox.folder}/made' "$3/bin"`);
    expect((await find()).source).toMatch(/downloaded/);
  });

  it("is the one on PATH as soon as there is one, though another was built", async () => {
    sandbox.go();
    await find();
    const pulumi = sandbox.pulumi("bin");
    expect((await find()).pulumi).toBe(pulumi);
  });

  it("leaves nothing of a build that failed", async () => {
    sandbox.go("1.26.8", false);
    await expect(find()).rejects.toThrow(/go build .* failed with exit status 1:\nno room/);
    expect(readdirSync(join(sandbox.cache, "engine"))).toEqual(["download-failed.pulumi"]);
  });

  it("clears away what a killed build has left", async () => {
    mkdirSync(join(sandbox.cache, "engine", "pulumi-0-0.unfinished-4194399"), { recursive: true });
    sandbox.go();
    await find();
    expect(readdirSync(join(sandbox.cache, "engine")).join(" ")).not.toMatch(/unfinished/);
  });

  it.each([
    [
      "no Go",
      () => undefined,
      /`go` is wanted, but there is none on PATH: install Go 1\.24 or newer \(https:\/\/go\.dev/,
    ],
    [
      "an old Go",
      () => sandbox.go("1.19.8"),
      /Go 1\.24 or newer is wanted; .*\/go is go1\.19\.8: install Go/,
    ],
  ])("is refused with a way out where there is %s", async (_, make, message) => {
    make();
    await expect(find()).rejects.toThrow(message);
  });
});

describe("the command plugin", () => {
  it("is downloaded by the engine, in the version of @pulumi/command", async () => {
    const put = `/bin/mkdir -p '${join(sandbox.home, PLUGIN, "..")}'; echo x > '${join(sandbox.home, PLUGIN)}'`;
    sandbox.pulumi("bin", "3.250.0", `${put}; /bin/chmod +x '${join(sandbox.home, PLUGIN)}'; exit 0`);
    sandbox.answer("");
    expect(await find()).toMatchObject({ commandPlugin: "official" });
    expect(sandbox.calls()).toContainEqual(
      `pulumi plugin install resource command ${COMMAND_PLUGIN_VERSION} --reinstall`,
    );
  });

  it("is the lab's runner in a PULUMI_HOME of its own where the person's engine cannot get it", async () => {
    sandbox.pulumi("bin");
    const engine = await find();
    expect(engine).toMatchObject({ commandPlugin: "lab runner", env: { PULUMI_HOME: ownHome() } });
    expect(engine.commandPluginLine).toBe(
      `NOTE: the lab's SSH runner stands in for the official command plugin ${COMMAND_PLUGIN_VERSION}, which cannot be ` +
        `downloaded here (with a PULUMI_HOME of its own: ${ownHome()})`,
    );
    expect(existsSync(sandbox.home)).toBe(false);
    expect(readFileSync(join(ownHome(), PLUGIN), "utf8")).toMatch(
      /^#!\/bin\/sh\n.*\nexec '.*node' '.*runner-.*\.js'/,
    );
  });

  it("is the official one that the person has, also for the engine that was built", async () => {
    sandbox.go();
    const official = installed();
    const engine = await find();
    expect(engine).toMatchObject({ commandPlugin: "official", env: { PULUMI_HOME: ownHome() } });
    await run(join(ownHome(), PLUGIN), ["127.0.0.1:1"]);
    expect(sandbox.calls()).toContain("pulumi-resource-command 127.0.0.1:1");

    renameSync(official, `${official}.gone`);
    expect(await find()).toMatchObject({ commandPlugin: "lab runner" });
  });
});

it.each([
  ["3.142.0", true],
  ["3.142.1-dev", true],
  ["4.0.0", true],
  ["3.141.9", false],
  ["2.200.0", false],
])("compares versions number by number: %s", (version, enough) => {
  expect(isAtLeast(version, "3.142.0")).toBe(enough);
});
