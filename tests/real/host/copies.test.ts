// A proven host whose disk is copied, as a cloud makes an image of an instance and boots it: each copy is a machine of its
// own, tuned for its own size, and no balancer is told that it is ready before it has proven itself.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "@jest/globals";
import { READINESS_PORT } from "../../../components/tuning/readiness";
import { copyDisk, removeMachine, turnOff, type Machine } from "../../../lab/machine";
import { machineFolder } from "../../../lab/machine/folder";
import { succeeded, Tuned } from "../../../lab/drive/tuned";
import { eachFromPristine, MINUTES, testMachine, type Pristine } from "../pristine";
import { differences, takePicture } from "../picture";
import { KIND, machineName, RELEASE } from "../where";

let host: Pristine;
const names = ["same", "smaller", "broken", "of-copy"].map((name) => machineName(name));

eachFromPristine((pristine) => (host = pristine));
afterAll(async () => {
  for (const name of names) await removeMachine(name);
});

const LAYERS = ["kernel", "limits", "gunicorn", "nginx"];
/** Below a disk: what a smaller type of machine would have. */
const SMALLER = "etc/systemd/system/system.slice.d/size.conf";

/** What tells a machine from another. */
const ITS_OWN = /^\/etc\/(machine-id|ssh\/ssh_host_\w+_key(\.pub)?|hostname)\b/;

async function readiness({ host: address }: Machine): Promise<number> {
  try {
    return (await fetch(`http://${address}:${READINESS_PORT}/`)).status;
  } catch {
    return 0;
  }
}

/** Waits until a balancer would send visitors. Unit: seconds. */
async function becomesReady(machine: Machine, seconds: number): Promise<boolean> {
  for (const end = Date.now() + seconds * 1_000; Date.now() < end; await sleep(200))
    if ((await readiness(machine)) === 200) return true;
  return false;
}

const idOf = async (machine: Machine) => (await new Tuned(machine).root("cat /etc/machine-id")).trim();
const workersOf = async (machine: Machine) =>
  Number(await new Tuned(machine).root("pgrep -cP $(systemctl show -p MainPID --value gunicorn)"));

const boot = (name: string, disk: string) => testMachine(name, { kind: KIND, release: RELEASE, disk });

test(
  "copies of a sealed disk: keys, id, owner and values of their own; one that is not as it was left is never ready",
  async () => {
    const builder = host.tuned.with({ order: { readiness: {} } });
    const came = await takePicture(host.machine);
    await builder.up(...LAYERS);
    expect(await readiness(host.machine)).toBe(503); // not proven as a whole
    succeeded(await builder.apply("report", builder.stdin("report")));
    expect(await readiness(host.machine)).toBe(200);

    // Sealed is only what is as it was left.
    await host.tuned.root("sysctl -qw net.core.somaxconn=4096");
    const refused = await builder.apply("seal");
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain("net.core.somaxconn: wanted at least 16384, found 4096");
    await host.tuned.root("sysctl -qw net.core.somaxconn=16384");
    const before = await idOf(host.machine);
    succeeded(await builder.apply("seal"));
    expect(await idOf(host.machine)).toBe("");

    // The image is made as AWS makes one: of a machine that is off.
    await turnOff(host.machine);
    const disk = join(machineFolder(host.machine.name).path, "image");
    await copyDisk(host.machine.name, disk);
    expect(readFileSync(join(disk, "etc/machine-id"), "utf8")).toBe("");
    await host.bootAgain();
    expect(await becomesReady(host.machine, 60)).toBe(true);
    expect(await host.tuned.root("heavyload verify")).toMatch(/^no drift/);
    expect(await host.tuned.root("heavyload status")).toMatch(
      /^image: one of this disk may be made, sealed /m,
    );

    const [same = "", smaller = "", broken = "", ofCopy = ""] = names;
    const copy = await boot(same, disk);
    expect(await becomesReady(copy, 60)).toBe(true);
    const status = await new Tuned(copy).root("heavyload status");
    expect(status).toMatch(
      /^copy: of [0-9a-f-]+ \(shop\/prod\/web, sealed .*\), a machine of its own since /m,
    );
    expect(await new Tuned(copy).root("cat /var/lib/heavyload/owner")).toMatch(
      /^shop\/prod\/web copy:[0-9a-f-]+\n$/,
    );
    const ids = [before, await idOf(host.machine), await idOf(copy)];
    expect(new Set(ids).size).toBe(2); // the builder has its own again
    expect(ids[2]).toMatch(/^[0-9a-f]{32}$/);
    expect(copy.hostKey).not.toBe(host.machine.hostKey);
    // Another stack is told whose it is, and the builder's own takes it for another host's.
    const other = new Tuned(copy, { stack: "shop/prod/web", state: "another" });
    expect((await other.apply("kernel")).stderr).toContain("owner: wanted shop/prod/web (state another)");

    // A copy of the copy is another one again; then the copy is put back, and is as its builder was before all.
    const workers = await workersOf(copy);
    await turnOff(copy);
    const again = join(machineFolder(copy.name).path, "image");
    await copyDisk(copy.name, again);
    writeFileSync(join(again, "etc/machine-id"), ""); // by it a container is told from another: it has no firmware
    const second = await boot(ofCopy, again);
    expect(await becomesReady(second, 60)).toBe(true);
    expect(second.hostKey).not.toBe(copy.hostKey);
    expect(await idOf(second)).not.toBe(ids[2]);
    expect(await new Tuned(second).root("heavyload verify")).toMatch(/^no drift/);
    await new Tuned(second).root("heavyload restore");
    expect(differences(came, await takePicture(second)).filter((line) => !ITS_OWN.test(line))).toEqual([]);

    execFileSync("mkdir", ["-p", join(disk, SMALLER, "..")]);
    execFileSync("sh", [
      "-c",
      `printf '[Slice]\\nCPUQuota=100%%\\nMemoryMax=700M\\n' >'${join(disk, SMALLER)}'`,
    ]);
    const small = await boot(smaller, disk);
    expect(await becomesReady(small, 90)).toBe(true);
    expect(await workersOf(small)).toBe(2);
    expect(workers).toBeGreaterThan(2);
    expect(await new Tuned(small).root("heavyload verify")).toMatch(/^no drift/);

    execFileSync("sh", [
      "-c",
      `rm -r '${join(disk, SMALLER, "..")}'; sed -i 's/worker_connections.*/worker_connections 600;/' '${join(disk, "etc/nginx/nginx.conf")}'`,
    ]);
    const bad = await boot(broken, disk);
    expect(await becomesReady(bad, 20)).toBe(false);
    expect(await readiness(bad)).toBe(503);
    expect((await fetch(`http://${bad.host}/`)).status).toBe(200); // its site is there: it is the balancer that is told no
    for (
      let i = 0;
      i < 90 && !(await new Tuned(bad).root("journalctl -b -u heavyload-ready")).includes("no balancer");
      i++
    )
      await sleep(1_000);
    expect(await new Tuned(bad).root("journalctl -b -o cat -u heavyload-ready")).toMatch(
      /nginx.worker_connections: wanted .* found 600/,
    );
    expect(await readiness(bad)).toBe(503);

    // Taken back, nothing of it is left on the machine that the image was made of.
    await builder.down(...LAYERS);
    expect(await readiness(host.machine)).toBe(0);
    expect(await host.untouched()).toEqual([]);
  },
  10 * MINUTES,
);
