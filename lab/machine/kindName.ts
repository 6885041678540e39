/** What a lab machine can be made as. */
export type KindName = "vm" | "container";
