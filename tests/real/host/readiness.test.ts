// Where a load balancer asks whether a host is ready: turned on, moved to another port, turned off, on a host that serves.
import { expect, test } from "@jest/globals";
import { succeeded, type Tuned } from "../../../lab/drive/tuned";
import { eachFromPristine, MINUTES, type Pristine } from "../pristine";

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

const LAYERS = ["kernel", "limits", "gunicorn", "nginx"];

async function statusOn(port: number): Promise<number> {
  try {
    return (await fetch(`http://${host.machine.host}:${port}/`)).status;
  } catch {
    return 0;
  }
}

/** All steps, as an `up` does them. */
async function up(readiness?: { port?: number }): Promise<void> {
  const wanted = tuned.with({ order: readiness && { readiness } });
  for (const step of ["host", ...LAYERS, "report"]) succeeded(await wanted.apply(step));
}

test(
  "is turned on, moved and turned off by an `up` each, and nothing is left of it",
  async () => {
    await up({});
    expect(await statusOn(8_110)).toBe(200);
    await up({ port: 8_111 });
    expect([await statusOn(8_110), await statusOn(8_111)]).toEqual([0, 200]);
    await up();
    expect([await statusOn(8_110), await statusOn(8_111)]).toEqual([0, 0]);
    expect(await tuned.root("ls /etc/nginx/conf.d /run/heavyload 2>&1 || true")).not.toContain("ready");
    expect((await fetch(`http://${host.machine.host}/`)).status).toBe(200);
    await tuned.down(...LAYERS);
    expect(await host.untouched()).toEqual([]);
  },
  3 * MINUTES,
);
