import * as pulumi from "@pulumi/pulumi";
import { TunedHost } from "heavyload";

const config = new pulumi.Config();

// A machine with nginx and gunicorn, the application as a service behind them, and all of it tuned.
const web = new TunedHost("web", {
  tier: "10k",
  ec2: {
    image: "debian-13",
    instanceType: "c8g.4xlarge",
    sshFrom: [config.require("sshFrom")],
    publicKey: config.require("publicKey"),
    privateKey: config.requireSecret("privateKey"),
    elasticIp: true,
    // Fetches the application at the first boot.
    userData: [
      "#cloud-config",
      "packages: [git, python3-venv]",
      "runcmd:",
      "  - useradd --system --home-dir /srv/shop --shell /usr/sbin/nologin shop",
      `  - git clone ${config.require("repository")} /srv/shop`,
      "  - python3 -m venv /srv/shop/venv",
      "  - /srv/shop/venv/bin/pip install gunicorn -r /srv/shop/requirements.txt",
    ].join("\n"),
  },
  app: {
    wsgi: "shop.wsgi",
    directory: "/srv/shop",
    user: "shop",
    virtualenv: "/srv/shop/venv",
  },
});

export const { address, instanceId, summary } = web;
