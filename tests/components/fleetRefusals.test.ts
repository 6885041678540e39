import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { TunedFleet, type TunedFleetArgs } from "../../components";
import { ec2 } from "./arguments";
import { settle, startEngine, type Registered } from "./engine";

let registered: Registered[];
beforeEach(async () => {
  registered = await startEngine();
});
afterEach(settle);

const ARGS: TunedFleetArgs = { tier: "50k", ec2: ec2() };

describe("what cannot be", () => {
  const refused = (args: Partial<TunedFleetArgs>, name = "shop"): string => {
    try {
      new TunedFleet(name, { ...ARGS, ...args });
    } catch (error) {
      return String((error as { message?: string }).message);
    }
    return "";
  };

  it("is refused all at once, before anything is made", () => {
    const said = refused(
      {
        tier: "3k",
        balancer: "elb",
        minSize: 0,
        maxSize: 2_000,
        certificateArn: "a certificate",
        subnetIds: ["subnet-0a"],
        ...({ mode: "audit", seal: true } as object), // as a program without types may
        ec2: { ...ec2(), elasticIp: true },
      },
      "a-name-that-is-longer-than-it-may-be",
    );
    for (const path of [
      "name",
      "tier",
      "balancer",
      "minSize",
      "maxSize",
      "certificateArn",
      "subnetIds",
      "mode",
      "ec2.elasticIp",
    ])
      expect(said).toContain(`${path} is`);
    expect(registered).toEqual([]);
  });

  it("a database that cannot take what all hosts open", () => {
    expect(refused({ tier: undefined, capacity: { connections: 50_000, databaseConnections: 200 } })).toMatch(
      /capacity.databaseConnections is 200.*pooler/,
    );
  });

  it("a type of machine of which nothing is known, once", () => {
    expect(refused({ ec2: { ...ec2(), instanceType: "c8g" } }).match(/ec2.instanceType is/g)).toHaveLength(1);
    expect(refused({ ec2: { ...ec2(), instanceType: "x2idn.large" } })).toContain(
      "capacity.cpus and capacity.memoryMiB",
    );
    expect(
      refused({ ec2: { ...ec2(), instanceType: "t4g.large" } }).match(/ec2.instanceType is/g),
    ).toHaveLength(1);
  });

  it("a load that comes later", () => {
    const later = pulumi.output("50k");
    expect(refused({ tier: later })).toContain("tier is known only later");
    expect(refused({ ec2: { ...ec2(), instanceType: pulumi.output("c8g.xlarge") } })).toContain(
      "ec2.instanceType is known only later",
    );
    expect(refused({ readiness: pulumi.output({}) })).toContain("readiness is known only later");
  });
});
