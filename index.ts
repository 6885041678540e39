// Where Pulumi looks for the classes when the repository itself is the package (PulumiPlugin.yaml).
export * from "./components";
