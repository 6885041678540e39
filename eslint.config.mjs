import js from "@eslint/js";
import tseslint from "typescript-eslint";

const OUTSIDE = ["audit", "bench", "bin", "explain", "lab", "page", "stacks", "tests"].map(
  (folder) => `**/${folder}/**`,
);
/** By room, what its files do not import; docs/architecture.md draws what they may. */
const CLOSED = {
  "components/**": OUTSIDE,
  "components/tuning/**": [...OUTSIDE, "../*", "@pulumi/*"],
  "components/args/**": [...OUTSIDE, "../*"],
  "components/checks/**": [...OUTSIDE, "../steps/*", "@pulumi/aws*"],
  "components/ssh/**": [...OUTSIDE, "../*", "@pulumi/*"],
  "components/steps/**": [...OUTSIDE, "../ec2/*", "../fleet/*", "@pulumi/aws*"],
  "components/ec2/**": [...OUTSIDE, "../fleet/*"],
  "components/fleet/**": [...OUTSIDE, "../args/*", "../checks/*", "../ssh/*"],
  "lab/**": ["audit", "bench", "bin", "explain", "page", "stacks", "tests"].map(
    (folder) => `**/${folder}/**`,
  ),
  "bin/**": ["lab", "bench", "page", "stacks", "tests"].map((folder) => `**/${folder}/**`),
  "explain/**": ["**/lab/**", "**/bench/**", "**/stacks/**", "**/tests/**", "**/audit/**", "**/page/**"],
  "page/**": ["**/lab/**", "**/tests/**", "**/audit/**", "**/bench/**", "**/stacks/**", "@pulumi/*"],
  "audit/**": ["**/lab/**", "**/bench/**", "**/tests/**", "**/stacks/**", "**/page/**"],
  "bench/**": ["**/page/**", "**/stacks/**", "**/tests/**"],
  "stacks/**": ["../components/*", "**/tests/**", "**/bench/**"],
};

export default tseslint.config(
  // Each example is a project of its own, with a tsconfig.json as `pulumi new` writes it; tsc checks them.
  { ignores: ["dist/", "node_modules/", ".lab/", ".cache/", "examples/"] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  ...Object.entries(CLOSED).map(([room, group]) => ({
    files: [room],
    rules: {
      "no-restricted-imports": ["error", { patterns: [{ group, message: "See docs/architecture.md." }] }],
    },
  })),
  { files: ["**/*.{js,cjs,mjs}"], ...tseslint.configs.disableTypeChecked },
  {
    files: ["**/*.{js,cjs}"],
    languageOptions: { globals: { module: "writable", require: "readonly" } },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
