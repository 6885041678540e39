import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { connection } from "./arguments";
import { settle, startEngine, valueOf, type Registered } from "./engine";
import { TunedWeb } from "./tunedWeb";

let registered: Registered[];
let web: TunedWeb;
const start = async (preview = false) => {
  registered = await startEngine(preview);
  web = new TunedWeb(registered);
};
beforeEach(() => start());
afterEach(settle);

describe("an existing host", () => {
  it("is tuned as by HostTuning, under the same owner's name", async () => {
    const { address, instanceId, report } = await web.make({ existing: connection() });
    expect(await valueOf(address)).toBe("192.0.2.7");
    expect(await valueOf(instanceId)).toBeUndefined();
    expect(await valueOf(report)).toMatchObject({ tier: "10k" });
    expect(web.steps.map(({ name }) => name)).toEqual(
      ["host", "kernel", "limits", "gunicorn", "nginx", "report"].map((step) => `web-${step}`),
    );
    expect(web.named("web-kernel").inputs["stdin"]).toContain("stack: project/stack/web\n");
    expect(web.named("web-kernel").inputs["delete"]).toContain("heavyload restore kernel");
  });

  it("takes over what a HostTuning of the same name had at the top of the program", async () => {
    await web.make({ existing: connection() });
    const [tuning] = web.made("heavyload:index:HostTuning");
    expect(tuning?.parent).toMatch(/heavyload:index:TunedHost::web$/);
    expect(tuning?.aliases).toEqual(["none"]);
  });

  it("hands `dependsOn` and `deletedWith` on to what has an effect on the host", async () => {
    const other = new pulumi.Stash("other", { input: 1 });
    const urn = await valueOf(other.urn);
    await web.make({ existing: connection() }, { dependsOn: [other], deletedWith: other });
    expect(web.named("web-host").dependencies).toContain(urn);
    expect(web.steps.map(({ deletedWith }) => deletedWith)).toEqual(Array(6).fill(urn));
  });

  it("shows its address and its steps where the connection comes as a secret as a whole", async () => {
    const { address } = await web.make({ existing: pulumi.secret(connection()) });
    expect(await (address as unknown as { isSecret: Promise<boolean> }).isSecret).toBe(false);
    expect(web.named("web-kernel").inputs).toMatchObject({
      create: "sudo -n /var/lib/heavyload/bin/heavyload apply kernel",
    });
    expect(JSON.stringify(web.named("web-kernel").inputs["connection"])).toContain(
      "1b47061264138c4ac30d75fd1eb44270",
    );
  });

  it("keeps the key secret in its own inputs", async () => {
    await web.make({ existing: connection() });
    const own = registered.find(({ type }) => type === "heavyload:index:TunedHost")?.inputs["existing"];
    expect(JSON.stringify(own)).toContain("1b47061264138c4ac30d75fd1eb44270");
    expect((own as Record<string, unknown>)["host"]).toBe("192.0.2.7");
  });
});
