import { createHash } from "node:crypto";

/** Of a text, in hexadecimal. */
export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
