// gunicorn by units as other people write them: what can be tuned is, and answers on.
import { describe, expect, test } from "@jest/globals";
import { ALL } from "../all";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { page, withUnit } from "../siteUnit";
import { TUNABLE } from "../tunableUnits";
import { succeeded, type Tuned } from "../../../lab/drive/tuned";

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

/** Children of gunicorn's own process, below whatever has started it. */
const workers = () =>
  tuned
    .root(
      `main=$(systemctl show -P MainPID gunicorn)
       until grep -Eq 'gunicorn|python' /proc/$main/comm; do main=$(pgrep -oP $main) || break; done
       pgrep -cP $main 'gunicorn|python'`,
    )
    .then(Number);

describe("a unit", () => {
  for (const one of TUNABLE.filter(({ more }) => ALL || !more)) {
    const act = async () => {
      await withUnit(tuned, one, async () => {
        const before = [await workers(), await page(tuned)];
        expect(before[1]).toBe(200);
        await tuned.install();
        succeeded(await tuned.apply("gunicorn"));
        try {
          const expected = (one.workers ?? 2 * (await tuned.cpus()) + 1) + (one.helpers ?? 0);
          expect([await workers(), await page(tuned)]).toEqual([expected, 200]);
          await one.look?.(tuned);
        } finally {
          succeeded(await tuned.restore("gunicorn"));
        }
        expect([await workers(), await page(tuned)]).toEqual(before);
        succeeded(await tuned.restore("host"));
      });
      expect(await host.untouched()).toEqual([]);
    };
    test(one.title, act, (one.minutes ?? 1) * MINUTES);
  }
});
