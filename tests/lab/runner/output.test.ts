import { describe, expect, it } from "@jest/globals";
import { Output } from "../../../lab/runner/output";

describe("output", () => {
  const collect = (logging: "stdout" | "none" | undefined, ...chunks: string[]) => {
    const lines: string[] = [];
    const output = new Output(logging, (line) => lines.push(line));
    for (const chunk of chunks) output.add("stdout", Buffer.from(chunk));
    return { lines, output };
  };

  it("is logged line by line, wherever the chunks are cut", () => {
    const { lines, output } = collect(undefined, "o", "ne\r\n\ntw", "o\nthree");
    expect(lines).toEqual(["one", "", "two"]);
    expect(output.end("x", undefined)).toEqual({ stdout: "one\r\n\ntwo\nthree", stderr: "" });
    expect(lines).toEqual(["one", "", "two", "three"]);
  });

  it("fails the command for a line on which the official plugin hangs, if that line is logged", () => {
    const long = "x".repeat(65_536);
    expect(() => collect("stdout", long).output.end("x", undefined)).toThrow(/^a line of 64 KiB or more/);
    expect(collect("none", long).output.end("x", undefined).stdout).toBe(long);
  });

  it("quotes the command as Go does", () => {
    const { output } = collect("none", "said");
    expect(() => output.end('a"\t\x01\x7fé\u200b', "exit status 1")).toThrow(
      'exit status 1: running "a\\"\\t\\x01\\x7fé\\u200b":\nsaid',
    );
  });
});
