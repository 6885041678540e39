// What schema.json and the docs made of it say of a range or a default is what the checks and the plan do.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { switchProblems } from "../../components/checks/tuning";
import { checkConnection, checkEndpoint } from "../../components/checks/connection";
import { TIMEOUT } from "../../components/checks/timeout";
import { ec2HostProblems } from "../../components/checks/ec2Host";
import { rolloutProblems } from "../../components/checks/rollout";
import { capacityProblems, complete, INPUTS } from "../../components/tuning/capacity";
import { boundsProblems } from "../../components/fleet/problems";
import { readinessProblems } from "../../components/tuning/readiness";
import type { Problem } from "../../components/tuning/problem";

type Probe = (name: string, value: number) => readonly Problem[];
type Shapes = Readonly<
  Record<string, { readonly properties?: Described; readonly inputProperties?: Described }>
>;
type Described = Readonly<Record<string, { readonly description?: string }>>;

const capacity = { connections: 10_000, databaseConnections: 1_000 };
const tuning: Probe = (name, value) => switchProblems({ [name]: value });
const ec2: Probe = (name, value) => ec2HostProblems({ [name]: value });

/** By the type or class whose property says a range. */
const PROBES: Readonly<Record<string, Probe>> = {
  CapacityArgs: (name, value) => capacityProblems({ ...capacity, [name]: value }),
  SshEndpointArgs: (name, value) => checkEndpoint("connection", { [name]: value }),
  ConnectionArgs: (name, value) => checkConnection({ [name]: value }),
  Ec2HostArgs: ec2,
  Ec2Host: ec2,
  ReadinessArgs: (name, value) => readinessProblems({ [name]: value }),
  TunedFleet: (name, value) =>
    ["minSize", "maxSize"].includes(name) ? boundsProblems({ [name]: value }) : tuning(name, value),
  HostTuning: tuning,
  TunedHost: tuning,
  TunedHosts: (name, value) =>
    name === "maxParallel" ? rolloutProblems({ web: {} }, undefined, value) : tuning(name, value),
};

const schema = JSON.parse(readFileSync(join(__dirname, "../../schema.json"), "utf8")) as Record<
  "resources" | "types",
  Shapes
>;
const described = Object.entries({ ...schema.resources, ...schema.types }).flatMap(([token, shape]) =>
  Object.entries({ ...shape.properties, ...shape.inputProperties }).map(([name, { description = "" }]) => ({
    of: token.split(":").pop() ?? "",
    name,
    description,
  })),
);
const ranges = described.flatMap(({ of, name, description }) => {
  const [, min, max] = /(?:Range: |, )([\d.]*\d) to ([\d.]*\d)[.\n]/.exec(`${description}\n`) ?? [];
  return min === undefined || max === undefined ? [] : [{ of, name, min: Number(min), max: Number(max) }];
});

it("is said of every input of a capacity that is a number", () => {
  const numbers = INPUTS.filter((name) => !["workerClass", "tls"].includes(name));
  expect(ranges.filter(({ of }) => of === "CapacityArgs").map(({ name }) => name)).toEqual(
    expect.arrayContaining(numbers),
  );
  expect(ranges.length).toBeGreaterThan(numbers.length + Object.keys(PROBES).length);
});

it.each(ranges)("$of $name takes $min to $max and nothing beyond", ({ of, name, min, max }) => {
  const refused = (value: number): boolean => {
    const problems = PROBES[of]?.(name, value);
    if (!problems) throw new Error(`no probe for ${of}: add it to this file`);
    return problems.some(({ path }) => path.split(".").pop() === name);
  };
  const step = Number.isInteger(min) && max > 2 ? 1 : min / 2;
  expect([min, max].map(refused)).toEqual([false, false]);
  expect([min - (step || 0.001), max + (step || 0.001)].map(refused)).toEqual([true, true]);
});

const defaults = described.flatMap(({ of, name, description }) => {
  const [, text] = /Default: ([\w.-]+)\.$/m.exec(description) ?? [];
  return of === "CapacityArgs" && text !== undefined ? [{ name, text }] : [];
});

it.each(defaults)("CapacityArgs.$name has the default $text", ({ name, text }) => {
  const value: unknown = Object.entries(complete(capacity)).find(([input]) => input === name)?.[1];
  expect(String(value)).toBe(text);
});

it("says how long a host is tried", () => {
  const said = described.filter(({ of, name }) => of === "HostTuning" && name === "timeout");
  expect(said.map(({ description }) => /Default: (\d+)\./.exec(description)?.[1])).toEqual([
    String(TIMEOUT.default),
  ]);
});
