import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { TunedHosts } from "../../components";
import { connection, ec2 } from "./arguments";
import { settle, startEngine, valueOf, type Registered } from "./engine";

let registered: Registered[];
beforeEach(async () => {
  registered = await startEngine();
});
afterEach(settle);

const hosts = {
  web1: { existing: connection() },
  web2: { existing: connection({ host: "192.0.2.8" }) },
  web3: { ec2: ec2() },
};

it("tunes each, and puts out everything by name", async () => {
  const shop = new TunedHosts("shop", { hosts, tier: "2k" });
  const summaries = await valueOf(shop.summaries);
  await settle();
  expect(Object.keys(summaries)).toEqual(["web1", "web2", "web3"]);
  expect(await valueOf(shop.addresses)).toEqual({
    web1: "192.0.2.7",
    web2: "192.0.2.8",
    web3: "198.51.100.7",
  });
  expect(await valueOf(shop.instanceIds)).toEqual({ web3: "shop-web3-machine-id" });
  expect(await valueOf(shop.reports)).toMatchObject({ web2: { tier: "2k" } });
  const tuned = registered.filter(({ type }) => type === "heavyload:index:TunedHost");
  expect(tuned.map(({ name }) => name)).toEqual(["shop-web1", "shop-web2", "shop-web3"]);
  for (const { parent } of tuned) expect(parent).toMatch(/heavyload:index:TunedHosts::shop$/);
});

it("proves the first one before anything happens to the others, and then so many at a time", async () => {
  const shop = new TunedHosts("shop", { hosts, first: "web2", maxParallel: 1, tier: "2k" });
  await valueOf(shop.summaries);
  await settle();
  const waits = (name: string) =>
    registered
      .find((resource) => resource.name === name && resource.type === "command:remote:Command")
      ?.dependencies.flatMap((urn) => /Command::(shop-web\d-report)$/.exec(urn)?.[1] ?? []);
  expect(waits("shop-web2-host")).toEqual([]);
  expect(waits("shop-web1-host")).toEqual(["shop-web2-report"]);
  expect(waits("shop-web3-host")?.sort()).toEqual(["shop-web1-report", "shop-web2-report"]);
});

it("keeps keys secret in its own inputs", async () => {
  const shop = new TunedHosts("shop", { hosts, tier: "2k" });
  await valueOf(shop.summaries);
  await settle();
  const own = registered.find(({ type }) => type === "heavyload:index:TunedHosts")?.inputs["hosts"];
  expect(JSON.stringify(own).match(/1b47061264138c4ac30d75fd1eb44270/g)).toHaveLength(3);
});
