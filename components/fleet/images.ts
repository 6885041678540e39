import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Aws } from "../ec2/aws";
import { sha256 } from "../steps/sha256";
import type { TunedHost } from "../tunedHost";

/**
 * Counts the states that images were made of: in the output its last count, and of what. Runs where Pulumi does, by the node
 * that it has, since no state of Pulumi's tells a program what was there before.
 */
const COUNT = `const { SEALED, PULUMI_COMMAND_STDOUT: before = "0 " } = process.env;
const [count, sealed] = before.split(" ");
process.stdout.write(sealed === SEALED ? before : \`\${Number(count) + 1} \${SEALED}\`);`;

/**
 * The image of a proven host, and the one before it: a refresh that fails goes back to it, and Pulumi would have taken it away by
 * then. They take turns; the first time both are made of the same.
 */
export function images(
  aws: Aws,
  name: string,
  builder: TunedHost,
  tags: pulumi.Output<Record<string, string>>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { machine, sealed } = builder.built;
  const state = pulumi.all([sealed, machine.instanceId]).apply(([text, id]) => sha256(`${id}\n${text}`));
  const counter = new local.Command(
    `${name}-images`,
    { create: COUNT, update: COUNT, interpreter: ["node", "-e"], environment: { SEALED: state } },
    { ...opts, dependsOn: builder },
  );
  const count = counter.stdout.apply((text) => Number(text.split(" ")[0]));
  const image = (letter: string, odd: number, after: pulumi.Resource) =>
    new aws.ec2.AmiFromInstance(
      `${name}-image-${letter}`,
      { sourceInstanceId: machine.instanceId, description: `heavyload: ${name}`, tags },
      {
        ...opts,
        // One after the other: each turns the machine off for a moment.
        dependsOn: after,
        // The last of its own turns: the other's leaves it alone.
        replacementTrigger: count.apply((n) => String(Math.max(n % 2 === odd ? n : n - 1, 1))),
        // A machine that has been replaced has left its image behind.
        ignoreChanges: ["sourceInstanceId"],
      },
    );
  const first = image("a", 1, counter);
  const second = image("b", 0, first);
  return pulumi.all([count, first.id, second.id] as const).apply(([n, a, b]) => (n % 2 === 1 ? a : b));
}
