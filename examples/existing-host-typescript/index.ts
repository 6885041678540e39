import * as pulumi from "@pulumi/pulumi";
import { TunedHost } from "heavyload";

const config = new pulumi.Config();

const web = new TunedHost("web", {
  tier: "10k",
  existing: {
    host: config.require("host"),
    port: config.getNumber("port"),
    user: config.get("user"),
    hostKey: config.require("hostKey"),
    privateKey: config.requireSecret("privateKey"),
  },
});

export const { address, summary } = web;
/** Whether the live host has every setting. */
export const good = web.report.apply(({ settings }) => settings.every(({ ok }) => ok));
