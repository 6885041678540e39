const common = {
  testEnvironment: "node",
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/.lab/"],
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022" } }] },
};

const real = {
  ...common,
  testMatch: ["<rootDir>/tests/real/**/*.test.ts"],
  globalTeardown: "<rootDir>/tests/real/teardown.ts",
};
const throughTheEngine = ["/tests/real/pulumi.test.ts", "/tests/real/quickstart.test.ts"];

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
    // On real machines, one a project, so that the two can run side by side.
    { ...real, displayName: "real", globals: { MACHINE: "test" }, testPathIgnorePatterns: throughTheEngine },
    {
      ...real,
      displayName: "stack",
      globals: { MACHINE: "test-stack" },
      testMatch: throughTheEngine.map((file) => `<rootDir>${file}`),
    },
  ],
};
