// Looks at a host while it is changed, as an hourly timer does, and at one whose servers somebody has stopped.
import { expect, test } from "@jest/globals";
import { sharedSsh } from "../../../lab/machine";
import { succeeded, type Tuned } from "../../../lab/drive/tuned";
import { eachFromPristine, MINUTES } from "../pristine";

let tuned: Tuned;

eachFromPristine((pristine) => (tuned = pristine.tuned));

const LAYERS = ["limits", "gunicorn", "nginx"];

test(
  "a `verify` beside an `up` is in nobody's way: what it tries gunicorn with is no second service",
  async () => {
    await tuned.up(...LAYERS);
    const looks = sharedSsh(
      tuned.machine,
      "for i in $(seq 25); do sudo /usr/local/sbin/heavyload verify 2>&1; done",
    );
    for (let i = 0; i < 4; i++) {
      const again = tuned.with({ order: { reapply: String(i) } });
      for (const layer of ["host", ...LAYERS]) succeeded(await again.apply(layer));
    }
    expect((await looks).stdout).not.toContain("wanted one service that runs gunicorn");
  },
  3 * MINUTES,
);

test(
  "`verify` names a server that does not run",
  async () => {
    await tuned.up(...LAYERS);
    await tuned.root("systemctl stop nginx");
    const said = await tuned.root("heavyload verify 2>&1; echo $?; systemctl start nginx");
    expect(said).toMatch(/drift: nginx.service: wanted to run, found not running/);
    expect(said).toMatch(/^2$/m);
    expect(await tuned.root("heavyload verify")).toMatch(/^no drift/);
    expect(
      await tuned.root("heavyload verify --prometheus=/dev/null 2>&1 || test -c /dev/null && echo there"),
    ).toContain("there");
  },
  3 * MINUTES,
);
