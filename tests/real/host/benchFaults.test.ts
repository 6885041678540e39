// What is measured quickly fails where a server refuses, is stopped or answers 500 meanwhile.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { BREAKS } from "../../../bench/breaks/breaks";
import { FLIGHT } from "../../../bench/flight/flight";
import { CHANGE } from "../../../bench/load/change";
import { HELD } from "../../../bench/load/held";
import type { Measurement, Opened } from "../../../bench/measure/measurement";
import { ANSWERS, Tuned } from "../../../lab/drive/tuned";
import { findMachine } from "../../../lab/machine";
import { toStderr } from "../../../lab/progress";
import { MINUTES } from "../pristine";
import { machineName } from "../where";

interface Fault {
  readonly fault: string;
  /** Once the load is there. */
  readonly by: string;
  readonly back: string;
}

const NGINX = "systemctl kill --kill-whom=all --signal";
const VIEWS = "/srv/site/mysite/views.py";
const SITE = "/etc/nginx/sites-available/site";

const REFUSES: Fault = {
  fault: "nginx is gone, and connections are refused",
  by: "systemctl stop nginx",
  back: "systemctl start nginx",
};
const STOPPED: Fault = {
  fault: "nginx is stopped",
  by: `${NGINX}=STOP nginx`,
  back: `${NGINX}=CONT nginx`,
};
const FAILS: Fault = {
  fault: "nginx answers 500",
  by: `cp ${SITE} /root/site; sed -i 's/server_name .*/& return 500;/' ${SITE}; nginx -t; systemctl reload nginx`,
  back: `cp /root/site ${SITE}; systemctl reload nginx`,
};
const DJANGO_FAILS: Fault = {
  fault: "Django answers 500",
  by: `cp ${VIEWS} /root/views.py; sed -i 's/    time.sleep.*/    raise RuntimeError/' ${VIEWS}; systemctl reload gunicorn`,
  back: `cp /root/views.py ${VIEWS}; systemctl restart gunicorn`,
};

interface Quick {
  readonly measurement: Measurement;
  readonly line: string;
  readonly point: number;
  /** Connections by which the load is there. */
  readonly load: number;
  readonly faults: readonly Fault[];
  readonly message: RegExp;
}

const QUICK: readonly Quick[] = [
  {
    ...{ measurement: HELD, line: "tier 2k", point: 2_000, load: 100, faults: [REFUSES, STOPPED, FAILS] },
    message: /of 2000 connections not all are held/,
  },
  {
    ...{ measurement: FLIGHT, line: "work of tier 2k", point: 20, load: 10 },
    faults: [REFUSES, STOPPED, FAILS, DJANGO_FAILS],
    message: /of the requests of 20 clients some failed|unable to connect/,
  },
  {
    ...{ measurement: BREAKS, line: "2000 readers", point: 1, load: 5, faults: [DJANGO_FAILS] },
    message: /what was lowered is not said, or not seen, to break first/,
  },
  {
    ...{ measurement: CHANGE, line: "gunicorn behind a socket unit", point: 1, load: 10 },
    faults: [REFUSES, DJANGO_FAILS],
    // A step refuses to change a host whose nginx is gone.
    message: /requests failed during a change|wanted a running nginx/,
  },
];

describe.each(QUICK)("$measurement.name", ({ measurement, line: wanted, point, load, faults, message }) => {
  const name = machineName();
  let opened: Opened;
  let tuned: Tuned;
  beforeAll(async () => {
    const line = measurement.lines({ quick: true, rounds: 1 }).find((one) => one.name === wanted);
    if (!line) throw new Error(`${measurement.name} has no quick line ${wanted}`);
    opened = await line.open(name, toStderr);
    const machine = await findMachine(name);
    if (!machine) throw new Error(`${name} does not run`);
    tuned = new Tuned(machine);
  }, 5 * MINUTES);
  afterAll(() => opened.close(), MINUTES);

  const whenThere = `until [ "$(ss -Htn state established 'sport = :80' | wc -l)" -ge ${load} ]; do sleep 0.05; done`;

  test.each(faults)(
    "fails when $fault",
    async ({ by, back }) => {
      const broken = tuned.root(`set -e; ${whenThere}; ${by}`);
      const [looked, done] = await Promise.allSettled([opened.look(point, toStderr), broken]);
      await tuned.root(`${back}; ${ANSWERS}`);
      expect(done).toEqual(expect.objectContaining({ status: "fulfilled" }));
      expect(String(looked.status === "rejected" ? looked.reason : looked.value)).toMatch(message);
    },
    5 * MINUTES,
  );
});
