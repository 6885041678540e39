import { expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decisions, places } from "../decisions";

const project = join(__dirname, "..", "..");

test.each(decisions())(
  "decision “$name” names a test and a line that exist, the line just once",
  (decision) => {
    expect(readFileSync(join(project, "tests", "real", decision.file), "utf8")).toContain(decision.title);
    expect(places(readFileSync(join(project, decision.source), "utf8"), decision.line)).toHaveLength(1);
  },
);
