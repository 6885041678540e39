/**
 * Gives HostTuning and Ec2Host outputs that turn out to be wrong, and prints what each rejection says, as JSON. A program of its
 * own: the SDK leaves parts of a rejected output unwatched, which ends a process that does not expect it.
 */
import * as pulumi from "@pulumi/pulumi";
import { Ec2Host, HostTuning, type HostTuningArgs } from "../../components";
import { args, connection, ec2 } from "./arguments";
import { startEngine } from "./engine";

const proxy = pulumi.output({ host: "bastion", agentSocketPath: "/run/agent" });
const cases: Readonly<Record<string, HostTuningArgs>> = {
  field: args({ connection: connection({ port: pulumi.output(0) }) }),
  connection: args({ connection: pulumi.output(connection({ hostKey: undefined })) }),
  proxy: args({ connection: connection({ proxy }) }),
  tier: args({ tier: pulumi.output("3k") }),
  timeout: args({ timeout: pulumi.output(1) }),
};

const rejections = new Set<string>();
process.on("unhandledRejection", (error) =>
  rejections.add(error instanceof Error ? error.message : String(error)),
);

async function main(): Promise<void> {
  await startEngine();
  const said: Record<string, string[]> = {};
  const make: [string, () => unknown][] = [
    ...Object.entries(cases).map(([name, given]): [string, () => unknown] => [
      name,
      () => new HostTuning(name, given),
    ]),
    [
      "machine",
      () => new Ec2Host("machine", ec2({ instanceType: pulumi.output("large"), image: pulumi.output("x") })),
    ],
    [
      "members",
      () =>
        new Ec2Host(
          "members",
          ec2({
            securityGroupIds: [pulumi.output("not a group")],
            tags: { a: pulumi.output(5) as unknown as pulumi.Output<string> },
          }),
        ),
    ],
  ];
  for (const [name, run] of make) {
    rejections.clear();
    run();
    await new Promise((resolve) => setTimeout(resolve, 300));
    said[name] = [...rejections];
  }
  process.stdout.write(JSON.stringify(said));
  process.exit(0); // resources whose inputs were refused stay pending
}

void main();
