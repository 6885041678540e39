import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { removeMachine, type Machine } from "../../../lab/machine";
import { LOAD, LOWER } from "../../../lab/drive/load";
import { BLOCKS, Reader, type Block } from "../guide";
import { MINUTES, Pristine, SOMAXCONN, testMachine } from "../pristine";
import { succeeded, Tuned } from "../../../lab/drive/tuned";
import { machineName } from "../where";

let host: Pristine;
let other: Machine;
let reader: Reader;

beforeAll(async () => {
  host = await Pristine.boot();
  other = await testMachine(machineName("other"));
  reader = await Reader.make(host.machine.privateKey);
}, 20 * MINUTES);

afterAll(async () => {
  reader.remove();
  await removeMachine(other.name);
  await host.remove();
}, 5 * MINUTES);

/** The guide's addresses and ports are those of the lab's machines here. */
function onTheLab(text: string): string {
  const port = (line: string, { port }: Machine) => line.replace(/(-p |port=)22\b/g, `$1${port}`);
  const lines = text.replaceAll("\\\n", "\u0000").split("\n");
  const parts = lines.map((line) =>
    line
      .split("\u0000")
      .map((part) => port(part, /192\.0\.2\.11|web2/.test(part) ? other : host.machine))
      .join("\\\n"),
  );
  const there = parts
    .join("\n")
    .replaceAll("192.0.2.10", host.machine.host)
    .replaceAll("192.0.2.11", other.host);
  return there
    .replace(/heavyload:tier=(\w+)/g, (_, tier) => loadOf(String(tier)))
    .replace(ANOTHER_TIER, FEWER);
}

const tuning = (name: string): string => `'heavyload:tuning["${name}"]`;

/** The guide's loads, as a host of any kind can carry them. */
function loadOf(tier: string): string {
  const values = Object.entries((tier === "10k" ? LOAD : LOWER).tuning);
  return ["heavyload:tier=2k", ...values.map(([name, value]) => `${tuning(name)}=${value}'`)].join(
    " --plaintext ",
  );
}
const ANOTHER_TIER = "pulumi config set heavyload:tier 2k --stack shop";
const FEWER = Object.keys(LOAD.tuning)
  .filter((name) => !(name in LOWER.tuning))
  .map((name) => `pulumi config rm --path ${tuning(name)}' --stack shop`)
  .join("\n");

const follow = ({ text }: Pick<Block, "text">) => reader.follow({ text: onTheLab(text) });

const AUDIT = [
  "pulumi config set heavyload:mode audit --stack pair",
  "pulumi up --stack pair",
  "pulumi stack output reports --stack pair\n",
].join("\n");
const APPLY = "pulumi config rm heavyload:mode --stack pair\npulumi up --stack pair\n";

const live = (machine: Machine) => new Tuned(machine).live(SOMAXCONN);

test("the guide has a block for each thing that it promises", () => {
  expect(BLOCKS.map(({ needs }) => needs)).toEqual([
    "",
    "aws",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "one",
    "lost",
    "fleet",
    "release",
    "down",
    "upgrade",
  ]);
});

test(
  "its commands do what it says",
  async () => {
    const [create, show, reapply, tier, drift, destroy, several, asked] = BLOCKS.filter(
      ({ needs }) => needs === "",
    );
    const lost = BLOCKS.find(({ needs }) => needs === "lost");
    if (!create || !show || !reapply || !tier || !drift || !destroy || !several || !asked || !lost)
      throw new Error("a block is missing");

    succeeded(await follow(create));
    expect(await live(host.machine)).toEqual({ [SOMAXCONN]: "16384" });
    expect(succeeded(await follow(show)).stdout).toMatch(/ok +net.core.somaxconn +4096 +16384/);
    expect(succeeded(await follow(reapply)).stdout).toMatch(/host-kernel updated/);
    expect(succeeded(await follow(tier)).stdout).toContain("at least 4096");
    expect(await live(host.machine)).toEqual({ [SOMAXCONN]: "4096" });
    await new Tuned(host.machine).root("sed -i '$d' /etc/security/limits.d/99-heavyload.conf");
    const repaired = succeeded(await follow(drift)).stdout;
    expect(repaired).toContain(
      "/etc/security/limits.d/99-heavyload.conf: wanted the text we left, found another",
    );
    expect(repaired).toMatch(/host-limits updated/);
    expect(repaired).not.toMatch(/host-kernel updat/);
    succeeded(await follow(destroy));
    expect(await host.untouched()).toEqual([]);

    const fleet = succeeded(await follow(several)).stdout;
    for (const name of ["web1", "web2"]) expect(fleet).toContain(`host-${name}-report created`);
    expect(fleet.indexOf("host-web1-report created")).toBeLessThan(fleet.indexOf("host-web2-host created"));
    expect(await new Tuned(other).root("cat /var/lib/heavyload/owner")).toContain("heavyload/pair/host-web2");

    const other129 = () => new Tuned(other).root(`sysctl -qw ${SOMAXCONN}=129`);
    await other129();
    const mended = succeeded(await follow(asked)).stdout;
    expect(mended).toContain(`${SOMAXCONN}: wanted `);
    expect(mended).toMatch(/host-web2-kernel updated/);
    expect(mended).not.toMatch(/host-web1-(kernel|limits|gunicorn|nginx) updated/);
    expect(await live(other)).toEqual({ [SOMAXCONN]: "4096" });

    await other129();
    const looked = succeeded(await follow({ text: AUDIT })).stdout;
    expect(looked).toContain(`kernel: ${SOMAXCONN}: 129 -> `);
    expect(await live(other)).toEqual({ [SOMAXCONN]: "129" });
    succeeded(await follow({ text: APPLY }));
    expect(await live(other)).toEqual({ [SOMAXCONN]: "4096" });

    await removeMachine(other.name);
    const forgotten = succeeded(await follow(lost)).stdout;
    expect(forgotten).not.toContain("host-web1-kernel created"); // the other one is not disturbed
    expect(await host.untouched()).toEqual([]);
  },
  20 * MINUTES,
);

test(
  "a host that never comes back is forgotten by the command that it names",
  async () => {
    const create = BLOCKS[0];
    const one = BLOCKS.find(({ needs }) => needs === "one");
    if (!create || !one) throw new Error("a block is missing");
    succeeded(await follow(create));
    await new Tuned(host.machine).root("systemctl stop ssh.service"); // the open connection stays
    const destroyed = await follow({ text: "pulumi destroy --stack shop\n" });
    await new Tuned(host.machine).root("systemctl start ssh.service");
    expect(destroyed.code).not.toBe(0);
    succeeded(await follow(one));
    expect(succeeded(await follow({ text: "pulumi stack rm --stack shop\n" })).stdout).toContain("removed");
  },
  10 * MINUTES,
);
