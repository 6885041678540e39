import * as pulumi from "@pulumi/pulumi";
import { TunedFleet } from "heavyload";

const config = new pulumi.Config();

// One machine with the application, tuned and proven, and copies of it behind a load balancer: as many as 50,000 users take.
const shop = new TunedFleet("shop", {
  tier: "50k",
  certificateArn: config.require("certificateArn"),
  ec2: {
    image: "debian-13",
    instanceType: "c8g.4xlarge",
    sshFrom: [config.require("sshFrom")],
    publicKey: config.require("publicKey"),
    privateKey: config.requireSecret("privateKey"),
    // Fetches the application at the first boot of that one machine: another release is another machine, which is proven
    // before the fleet follows.
    userData: [
      "#cloud-config",
      "packages: [git, python3-venv]",
      "runcmd:",
      "  - useradd --system --home-dir /srv/shop --shell /usr/sbin/nologin shop",
      `  - git clone --branch ${config.require("release")} ${config.require("repository")} /srv/shop`,
      "  - python3 -m venv /srv/shop/venv",
      "  - /srv/shop/venv/bin/pip install gunicorn -r /srv/shop/requirements.txt",
    ].join("\n"),
  },
  app: {
    wsgi: "shop.wsgi",
    directory: "/srv/shop",
    user: "shop",
    virtualenv: "/srv/shop/venv",
    serverNames: ["shop.example"],
  },
  // What the balancer's health check asks the site, by a name that Django lets in.
  readiness: { path: "/health", host: "shop.example" },
});

export const { address, groupName, imageId, summary } = shop;
