import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { rolloutProblems, waitsFor } from "../../components/checks/rollout";

describe("several hosts", () => {
  it("begin with one, and go on a few at a time", () => {
    expect([...waitsFor(["d", "b", "a", "c", "e"], undefined, 2)]).toEqual([
      ["a", []],
      ["b", ["a"]],
      ["c", ["a"]],
      ["d", ["a", "b"]],
      ["e", ["a", "c"]],
    ]);
    expect([...waitsFor(["a", "b", "c"], "c")].map(([name]) => name)).toEqual(["c", "a", "b"]);
  });

  it("are never more at a time than allowed, whatever their number", () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,6}$/), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 12 }), (hosts, maxParallel) => {
        const order = waitsFor(hosts, undefined, maxParallel);
        expect([...order.keys()].sort()).toEqual([...hosts].sort());
        // Each round changes every host whose predecessors are done.
        const done = new Set<string>();
        for (let round = 0; done.size < hosts.length; round++) {
          const now = [...order].filter(
            ([name, before]) => !done.has(name) && before.every((b) => done.has(b)),
          );
          expect(now.length).toBeGreaterThan(0);
          expect(now.length).toBeLessThanOrEqual(round === 0 ? 1 : maxParallel);
          for (const [name] of now) done.add(name);
        }
      }),
    );
  });

  it("have names that can be part of a resource's, a first one among them, and a number at a time", () => {
    const problems = rolloutProblems({ "web 1": {}, web2: {} }, "web3", 0);
    expect(problems.map(({ path, value, allowed }) => `${path} ${value} ${allowed}`)).toEqual([
      'hosts["web 1"] its name letters, digits and . _ / @ + -, beginning with a letter or digit',
      'first "web3" web 1, web2',
      "maxParallel 0 a whole number from 1 to 100",
    ]);
    expect(rolloutProblems({ web1: {} }, "web1", 100)).toEqual([]);
  });
});
