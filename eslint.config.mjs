import js from "@eslint/js";
import tseslint from "typescript-eslint";

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
  { files: ["**/*.{js,cjs,mjs}"], ...tseslint.configs.disableTypeChecked },
  {
    files: ["**/*.{js,cjs}"],
    languageOptions: { globals: { module: "writable", require: "readonly" } },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
