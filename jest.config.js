const common = {
  testEnvironment: "node",
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/.lab/"],
  moduleNameMapper: { "^heavyload$": "<rootDir>/index.ts" }, // for the examples
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022" } }] },
};

const real = {
  ...common,
  testMatch: ["<rootDir>/tests/real/**/*.test.ts"],
  globalTeardown: "<rootDir>/tests/real/teardown.ts",
};
/** What depends on the versions of a distribution, on its next release. */
const onTheNext = ["debian13", "nginxText", "pamlimits"].map((name) => `/tests/real/${name}.test.ts`);
const throughTheEngine = ["pulumi", "ec2", "example", "guide", "quickstart"].map(
  (name) => `/tests/real/${name}.test.ts`,
);

/** @type {import("jest").Config} */
module.exports = {
  projects: [
    {
      ...common,
      displayName: "unit",
      testMatch: ["<rootDir>/tests/**/*.test.ts"],
      testPathIgnorePatterns: ["/tests/lab/", "/tests/real/"],
    },
    { ...common, displayName: "lab", testMatch: ["<rootDir>/tests/lab/**/*.test.ts"] },
    // On real machines, one a project, so that two can run side by side.
    {
      ...real,
      displayName: "real",
      globals: { MACHINE: "test", RELEASE: "bookworm" },
      testPathIgnorePatterns: [...throughTheEngine, "/tests/real/debian13.test.ts"],
    },
    {
      ...real,
      displayName: "debian 13",
      globals: { MACHINE: "test-13", RELEASE: "trixie" },
      testMatch: onTheNext.map((file) => `<rootDir>${file}`),
    },
    {
      ...real,
      displayName: "stack",
      globals: { MACHINE: "test-stack", RELEASE: "bookworm" },
      testMatch: throughTheEngine.map((file) => `<rootDir>${file}`),
    },
  ],
};
