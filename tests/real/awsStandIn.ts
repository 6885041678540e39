/**
 * Stands in for the AWS plugin, which cannot be had on a closed network: an instance is a machine of the lab that runs
 * already, every other resource is what it was asked to be; of a fleet's, fleetCloud.ts hears. It shows what Pulumi's engine makes of the components, and
 * nothing of AWS. The folder CLOUD tells what happened, which instances are there, and the address of the next one.
 */
import { randomBytes } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { main, type Provider } from "@pulumi/pulumi/provider";
import type { Told } from "./fleetCloud";

type Fields = Readonly<Record<string, unknown>>;

const CLOUD = process.env["HEAVYLOAD_TEST_CLOUD"] ?? "";
const INSTANCE = "aws:ec2/instance:Instance";
/** What ids of AWS's begin with, where every one is another. */
const IDS: Readonly<Record<string, string>> = {
  [INSTANCE]: "i",
  "aws:ec2/amiFromInstance:AmiFromInstance": "ami",
};
/** Inputs whose change makes another instance, as AWS has it. */
const REPLACES = ["ami", "keyName", "userData"];

const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").pop() ?? "";
const nameOf = (urn: string): string => urn.split("::")[3] ?? "";
const note = (line: string): void => appendFileSync(join(CLOUD, "log"), `${line}\n`);
const instance = (id: string): string => join(CLOUD, id);

/** Whoever plays AWS's part in a fleet hears of it, and answers when it is done. */
async function tell(told: Told): Promise<void> {
  const socketPath = join(CLOUD, "socket");
  if (!existsSync(socketPath) || !HEARD.some((kind) => told.type.endsWith(`:${kind}`))) return;
  const body = JSON.stringify(told);
  const { status, said } = await new Promise<{ status: number; said: string }>((resolve, reject) => {
    const asked = request({ socketPath, path: "/", method: "POST" }, (answer) => {
      let said = "";
      answer.on("data", (chunk) => (said += String(chunk)));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, said }));
    });
    asked.on("error", reject);
    asked.end(body);
  });
  if (status !== 200) throw new Error(said);
}
const HEARD = ["AmiFromInstance", "LaunchTemplate", "Group"];

const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const balanced = (name: string): Fields => ({
  arn: `arn:${name}`,
  arnSuffix: name,
  dnsName: `${name}.example`,
});

const OUTPUTS: Readonly<Record<string, (name: string) => Fields>> = {
  [INSTANCE]: () => ({ publicIp: readFileSync(join(CLOUD, "address"), "utf8"), privateIp: "10.0.0.7" }),
  [TEMPLATE]: () => ({ latestVersion: 1 }),
  "aws:lb/loadBalancer:LoadBalancer": balanced,
  "aws:lb/targetGroup:TargetGroup": balanced,
  "aws:autoscaling/group:Group": (name) => ({ name }),
  "aws:cloudwatch/metricAlarm:MetricAlarm": (name) => ({ name }),
  "aws:ec2/keyPair:KeyPair": (name) => ({ keyName: name }),
  "aws:iam/role:Role": (name) => ({ name }),
  "aws:iam/instanceProfile:InstanceProfile": (name) => ({ name }),
};

const ANSWERS: Readonly<Record<string, Fields>> = {
  "aws:ssm/getParameter:getParameter": { insecureValue: "ami-0a", value: "ami-0a" },
  "aws:ec2/getVpc:getVpc": { id: "vpc-0a" },
  "aws:ec2/getSubnets:getSubnets": { ids: ["subnet-0a", "subnet-0b"] },
  "aws:index/getPartition:getPartition": { partition: "aws" },
};

const outputs = (urn: string, inputs: Fields): Fields => ({
  ...inputs,
  ...OUTPUTS[typeOf(urn)]?.(nameOf(urn)),
});

const standIn: Provider = {
  version: "7.0.0",
  check: (_, __, news: Fields) => Promise.resolve({ inputs: news, failures: [] }),
  diff: (_, urn, olds: Fields, news: Fields) => {
    const changed = Object.keys(news).filter((key) => !isDeepStrictEqual(olds[key], news[key]));
    const replaces = typeOf(urn) === INSTANCE ? changed.filter((key) => REPLACES.includes(key)) : [];
    return Promise.resolve({ changes: changed.length > 0, replaces });
  },
  create: async (urn, inputs: Fields) => {
    const type = typeOf(urn);
    const prefix = IDS[type];
    const id = prefix ? `${prefix}-${randomBytes(4).toString("hex")}` : `${nameOf(urn)}-id`;
    if (typeOf(urn) === INSTANCE) {
      writeFileSync(instance(id), "");
      note(`created ${id}`);
    }
    await tell({ verb: "create", type, id, inputs, ...(type === TEMPLATE && { version: 1 }) });
    return { id, outs: outputs(urn, inputs) };
  },
  read: (id, urn, props: Fields | undefined) =>
    Promise.resolve(
      typeOf(urn) === INSTANCE && !existsSync(instance(id))
        ? { id: "", props: {} }
        : { id, props: props ?? {} },
    ),
  update: async (id, urn, olds: Fields, news: Fields) => {
    const type = typeOf(urn);
    const outs = outputs(urn, news);
    const version = type === TEMPLATE ? Number(olds["latestVersion"]) + 1 : undefined;
    await tell({ verb: "update", type, id, inputs: news, ...(version && { version }) });
    return { outs: version ? { ...outs, latestVersion: version } : outs };
  },
  delete: async (id, urn, props: Fields) => {
    if (typeOf(urn) === INSTANCE) {
      rmSync(instance(id), { force: true });
      note(`deleted ${id}`);
    }
    await tell({ verb: "delete", type: typeOf(urn), id, inputs: props });
  },
  invoke: (token) => {
    const answer = ANSWERS[token];
    return answer
      ? Promise.resolve({ outputs: answer })
      : Promise.reject(new Error(`the stand-in for AWS does not know ${token}`));
  },
};

void main(standIn, process.argv.slice(2));
