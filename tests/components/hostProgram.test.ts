import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { hostProgram } from "../../components/steps/program";

const unpacked = (line: string): string => inflateSync(Buffer.from(line.slice(2), "base64")).toString();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "host-program-"));
  mkdirSync(join(folder, "heavyload/more/__pycache__"), { recursive: true });
  writeFileSync(join(folder, "loader.py"), "load()\n");
  writeFileSync(join(folder, "heavyload/more/b.py"), "b = 1\n");
  writeFileSync(join(folder, "heavyload/__main__.py"), "main()\n");
});
afterEach(() => rmSync(folder, { recursive: true }));

it("is one line: a comment that holds the modules as JSON, sorted by path and packed", () => {
  writeFileSync(join(folder, "heavyload/notes.txt"), "no module");
  writeFileSync(join(folder, "heavyload/more/__pycache__/b.cpython-39.pyc"), "no module");
  const json =
    '{"heavyload/__main__.py":"main()\\n","heavyload/more/b.py":"b = 1\\n","loader.py":"load()\\n"}';
  const sha256 = createHash("sha256").update(json).digest("hex");
  const { line, sha256: hash } = hostProgram(folder);
  expect([line.slice(0, 2), unpacked(line), hash]).toEqual(["# ", json, sha256]);
  // The same bytes on every computer: another line would be another step.
  expect(line).toBe(
    "# eNqrVspITSyrzMlPTNGPj89NzMyLj9crqFSyUgKxNTRj8pR0kJTk5hel6idBFCQp2CoYguVBUqlFEFEQG6ytFgCTbh3l",
  );
});

it("is read once in a process", () => {
  const first = hostProgram(folder);
  writeFileSync(join(folder, "loader.py"), "changed()\n");
  expect(hostProgram(folder)).toBe(first);
});

it.each(["# caf\u00e9", "tab\rreturn", "nul\0"])("refuses %j and names file and line", (text) => {
  writeFileSync(join(folder, "heavyload/bad.py"), `fine\n${text}\n`);
  expect(() => hostProgram(folder)).toThrow(
    `${join(folder, "heavyload/bad.py")}:2: the host program is ASCII`,
  );
});

it("is the package's own by default", () => {
  const { line } = hostProgram();
  expect(Object.keys(JSON.parse(unpacked(line)) as object)).toContain("loader.py");
});
