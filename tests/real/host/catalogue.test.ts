import { describe, expect, test } from "@jest/globals";
import { eachFromPristine, MINUTES, type Pristine } from "../pristine";
import { succeeded, type Tuned } from "../../../lab/drive/tuned";

interface Row {
  readonly name: string;
  readonly state: string;
  readonly readFrom: string;
}

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = pristine.tuned;
});

/** Has the program on the host know a setting otherwise. */
const known = (concern: string, name: string, place: Readonly<Record<string, unknown>>): Promise<string> =>
  tuned.root(
    `python3 - ${concern} ${name} '${JSON.stringify(place)}' <<'EOF'
import glob, json, sys
(path,) = glob.glob("/var/lib/heavyload/bin/*/heavyload/catalogue.json")
with open(path) as file:
    data = json.load(file)
concern, name, place = sys.argv[1:]
data["settings"][concern][name] = json.loads(place)
with open(path, "w") as file:
    json.dump(data, file)
EOF`,
  );

/** A manifest that asks for one more. */
const asking = (concern: string, line: string): string =>
  tuned.stdin(concern).replace("settings:\n", `settings:\n  ${line}\n`);

const row = async (name: string): Promise<Row | undefined> => {
  const { settings } = JSON.parse(await tuned.root("heavyload status --json")) as { settings: Row[] };
  return settings.find((one) => one.name === name);
};

describe("a setting that is newer than its server is not applicable, with the version that has it", () => {
  test(
    "of nginx",
    async () => {
      await tuned.install("nginx");
      const name = "nginx.reset_timedout_connection";
      await known("nginx", name, { at: "http", kind: "word", given: "off", since: "99.1" });
      succeeded(await tuned.apply("nginx"));
      expect(await row(name)).toMatchObject({ state: "not applicable", readFrom: "since nginx 99.1" });
      expect(await tuned.root("nginx -T 2>/dev/null")).not.toContain("reset_timedout_connection");
      await tuned.down("nginx");
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );

  test(
    "of gunicorn; one that its version should have is refused",
    async () => {
      await tuned.install("gunicorn");
      const name = "gunicorn.waiting_room";
      const place = { at: "configuration", flags: ["--waiting-room"] };
      await known("gunicorn", name, place);
      const refused = await tuned.apply("gunicorn", asking("gunicorn", `${name}: at least 5`));
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toContain(
        `${name}: wanted a setting of gunicorn's, found none of gunicorn 20.1.0`,
      );
      await known("gunicorn", name, { ...place, since: "99.1" });
      succeeded(await tuned.apply("gunicorn", asking("gunicorn", `${name}: at least 5`)));
      expect(await row(name)).toMatchObject({ state: "not applicable", readFrom: "since gunicorn 99.1" });
      await tuned.down("gunicorn");
      expect(await host.untouched()).toEqual([]);
    },
    3 * MINUTES,
  );
});

test.each(["kernel", "limits", "gunicorn", "nginx"])(
  "a name that the program does not know is refused by the step %s, and nothing is touched",
  async (concern) => {
    await tuned.install();
    const done = await tuned.apply(concern, asking(concern, "net.core.somaxcon: at least 65536"));
    expect(done.code).not.toBe(0);
    expect(done.stderr).toContain(
      `net.core.somaxcon: wanted a setting of ${concern}, found a name that this program does not know`,
    );
    await tuned.down();
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);

test(
  "what an earlier program has applied that this one does not know is short, and goes back with the rest",
  async () => {
    await tuned.install("kernel");
    const name = "net.ipv4.tcp_fin_timeout";
    await known("kernel", name, { at: "sysctl" });
    succeeded(await tuned.apply("kernel", asking("kernel", `${name}: at most 30`)));
    expect(await row(name)).toMatchObject({ state: "in force" });
    await tuned.install("kernel");
    await tuned.root("rm /var/lib/heavyload/bin/heavyload");
    await tuned.install("kernel");
    expect(await row(name)).toMatchObject({ state: "short", readFrom: "this program does not know it" });
    await tuned.down("kernel");
    expect(await host.untouched()).toEqual([]);
  },
  3 * MINUTES,
);
