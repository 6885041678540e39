import type { ConnectionArgs, Ec2HostArgs, HostTuningArgs } from "../../components";

export const KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n";
export const HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB";

/** Arguments that are fine, for tests to spoil. */
export const connection = (over: Partial<ConnectionArgs> = {}): ConnectionArgs => ({
  host: "192.0.2.7",
  user: "admin",
  privateKey: KEY,
  hostKey: HOST_KEY,
  ...over,
});

export const args = (over: Partial<HostTuningArgs> = {}): HostTuningArgs => ({
  connection: connection(),
  tier: "10k",
  ...over,
});

export const ec2 = (over: Partial<Ec2HostArgs> = {}): Ec2HostArgs => ({
  instanceType: "c8g.4xlarge",
  sshFrom: ["203.0.113.0/24"],
  privateKey: KEY,
  publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPublic shop",
  ...over,
});
