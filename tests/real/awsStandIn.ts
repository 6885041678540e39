/**
 * Stands in for the AWS plugin, which cannot be had on a closed network: an instance is a machine of the lab that runs
 * already, every other resource is what it was asked to be. It shows what Pulumi's engine makes of the components, and
 * nothing of AWS. The folder CLOUD tells what happened, which instances are there, and the address of the next one.
 */
import { randomBytes } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { main, type Provider } from "@pulumi/pulumi/provider";

type Fields = Readonly<Record<string, unknown>>;

const CLOUD = process.env["HEAVYLOAD_TEST_CLOUD"] ?? "";
const INSTANCE = "aws:ec2/instance:Instance";
/** Inputs whose change makes another instance, as AWS has it. */
const REPLACES = ["ami", "keyName", "userData"];

const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").pop() ?? "";
const nameOf = (urn: string): string => urn.split("::")[3] ?? "";
const note = (line: string): void => appendFileSync(join(CLOUD, "log"), `${line}\n`);
const instance = (id: string): string => join(CLOUD, id);

const OUTPUTS: Readonly<Record<string, (name: string) => Fields>> = {
  [INSTANCE]: () => ({ publicIp: readFileSync(join(CLOUD, "address"), "utf8"), privateIp: "10.0.0.7" }),
  "aws:ec2/launchTemplate:LaunchTemplate": () => ({ latestVersion: 1 }),
  "aws:ec2/keyPair:KeyPair": (name) => ({ keyName: name }),
  "aws:iam/role:Role": (name) => ({ name }),
  "aws:iam/instanceProfile:InstanceProfile": (name) => ({ name }),
};

const ANSWERS: Readonly<Record<string, Fields>> = {
  "aws:ssm/getParameter:getParameter": { insecureValue: "ami-0a", value: "ami-0a" },
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
  create: (urn, inputs: Fields) => {
    const id = typeOf(urn) === INSTANCE ? `i-${randomBytes(4).toString("hex")}` : `${nameOf(urn)}-id`;
    if (typeOf(urn) === INSTANCE) {
      writeFileSync(instance(id), "");
      note(`created ${id}`);
    }
    return Promise.resolve({ id, outs: outputs(urn, inputs) });
  },
  read: (id, urn, props: Fields | undefined) =>
    Promise.resolve(
      typeOf(urn) === INSTANCE && !existsSync(instance(id))
        ? { id: "", props: {} }
        : { id, props: props ?? {} },
    ),
  update: (_, urn, __, news: Fields) => Promise.resolve({ outs: outputs(urn, news) }),
  delete: (id, urn) => {
    if (typeOf(urn) === INSTANCE) {
      rmSync(instance(id), { force: true });
      note(`deleted ${id}`);
    }
    return Promise.resolve();
  },
  invoke: (token) => {
    const answer = ANSWERS[token];
    return answer
      ? Promise.resolve({ outputs: answer })
      : Promise.reject(new Error(`the stand-in for AWS does not know ${token}`));
  },
};

void main(standIn, process.argv.slice(2));
