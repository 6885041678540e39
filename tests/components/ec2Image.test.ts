import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { ec2 } from "./arguments";
import { plain, settle, startEngine } from "./engine";
import { TunedWeb } from "./tunedWeb";

let web: TunedWeb;
beforeEach(async () => void (web = new TunedWeb(await startEngine(false))));
afterEach(settle);

describe("the image of a machine on EC2", () => {
  it.each([
    [
      "debian-12",
      "admin",
      "debian/release/12/latest/arm64",
      "apt /etc/nginx/sites-enabled/default nginx=nginx gunicorn=gunicorn",
    ],
    [
      "debian-13",
      "admin",
      "debian/release/13/latest/arm64",
      "apt /etc/nginx/sites-enabled/default nginx=nginx gunicorn=gunicorn",
    ],
    [
      "ubuntu-22.04",
      "ubuntu",
      "canonical/ubuntu/server/22.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
      "apt /etc/nginx/sites-enabled/default nginx=nginx gunicorn=gunicorn",
    ],
    [
      "ubuntu-24.04",
      "ubuntu",
      "canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
      "apt /etc/nginx/sites-enabled/default nginx=nginx gunicorn=gunicorn",
    ],
    [
      "ubuntu-26.04",
      "ubuntu",
      "canonical/ubuntu/server/26.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
      "apt /etc/nginx/sites-enabled/default nginx=nginx gunicorn=gunicorn",
    ],
    [
      "al2023",
      "ec2-user",
      "ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
      "dnf - nginx=nginx pip3=python3-pip",
    ],
  ])("follows the family %s: user %s", async (image, user, parameter, packages) => {
    await web.make({ ec2: ec2({ image, allowUntested: true }) });
    expect(web.named("web-machine").inputs["ami"]).toBe(`ami of /aws/service/${parameter}`);
    expect(plain(web.named("web-kernel").inputs["connection"])).toMatchObject({ user });
    expect(web.named("web-kernel").inputs["create"]).toMatch(/^sudo -n /);
    expect(web.named("web-host").inputs["stdin"]).toContain("\nallow-untested: true\n");
    expect(web.named("web-first-boot").inputs["create"]).toBe(`sudo -n sh -s -- ${packages}`);
    expect(web.named("web-first-boot").inputs["stdin"]).toMatch(/^#!\/bin\/sh\n/);
  });

  it.each([
    ["debian-13", 0],
    ["ubuntu-24.04", 1],
  ])("says of %s in %d warnings that no test has run on it, and takes it", async (image, warnings) => {
    const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
    await web.make({ ec2: ec2({ image }) });
    const said = warn.mock.calls.map(([text]) => text);
    warn.mockRestore();
    expect(said).toHaveLength(warnings);
    for (const text of said) expect(text).toMatch(/not run on ubuntu-24\.04; they have on Debian 11 to 14/);
    expect(web.named("web-host").inputs["stdin"]).not.toContain("\nallow-untested: true\n");
  });

  it("takes an image for x86_64 where the type is one", async () => {
    await web.make({ ec2: ec2({ instanceType: "m7i-flex.large", image: "al2023" }), allowUntested: true });
    expect(web.named("web-machine").inputs["ami"]).toBe(
      "ami of /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
    );
  });
});
