const process = require("node:process");

const common = {
  testEnvironment: "node",
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/.lab/"],
  moduleNameMapper: { "^heavyload$": "<rootDir>/index.ts" }, // for the examples
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022" } }] },
};

/** Tests on machines of the lab: those that need a host of any kind, and those that need a kernel of its own. */
const onMachines = (displayName, folder, KIND, RELEASE, files = "*") => ({
  ...common,
  displayName,
  globals: { KIND, RELEASE },
  testMatch: [`<rootDir>/tests/real/${folder}/${files}.test.ts`],
});

/** What depends on the versions of a distribution. */
const VERSIONS = "{chain,corpus,files,nginxText,pamlimits,reloads,surroundings,sysctld,unitFiles}";
/** What a whole machine may do otherwise than a container. The other files are about people's units and versions. */
const ON_VMS =
  "{app,drops,ec2,example,fitness,guide,gunicorn,limits,nginx,nginxText,owners,pamlimits,pulumi,ranges,steps,transaction}";
// Where there can be no containers tests/run.ts has VMs taken for them.
const hosts = process.env.HEAVYLOAD_TEST_KIND ?? "container";
const ONLY_CONTAINERS = "/(unprivileged|container).test.ts$";
const notOnVms = hosts === "vm" ? [ONLY_CONTAINERS] : [];

/** @type {import("jest").Config} */
module.exports = {
  testSequencer: "<rootDir>/tests/sequencer.js",
  projects: [
    {
      ...common,
      displayName: "unit",
      testMatch: ["<rootDir>/tests/**/*.test.ts"],
      testPathIgnorePatterns: ["/tests/lab/", "/tests/page/", "/tests/real/"],
    },
    {
      ...common,
      displayName: "page",
      testMatch: ["<rootDir>/tests/page/*.test.ts"],
    },
    {
      ...common,
      displayName: "lab",
      testMatch: ["<rootDir>/tests/lab/**/*.test.ts"],
      testPathIgnorePatterns: notOnVms,
    },
    {
      ...onMachines("host", "host", hosts, "bookworm"),
      testPathIgnorePatterns: ["/chain.test.ts$", ...notOnVms],
    },
    onMachines("debian 12", "host", hosts, "bookworm", "chain"),
    onMachines("debian 11", "host", hosts, "bullseye", VERSIONS),
    onMachines("debian 13", "host", hosts, "trixie", VERSIONS),
    onMachines("debian 14", "host", hosts, "forky", VERSIONS),
    onMachines("kernel", "kernel", "vm", "bookworm", "{kernel,quickstart}"),
    onMachines("upgrade", "kernel", "vm", "bookworm", "upgrade"), // the earlier version knew no containers
    onMachines("kernel of debian 13", "kernel", "vm", "trixie", "logins"),
    onMachines("host on a VM", "host", "vm", "bookworm", ON_VMS),
  ],
};
