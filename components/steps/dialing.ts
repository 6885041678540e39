/** How often to dial a host, and how long each time. */
export interface Dialing {
  readonly dialErrorLimit: number;
  /** Unit: seconds. */
  readonly perDialTimeout: number;
}

/** A wrong host key and a refused password are retried as well: a few times are enough for a host that is there. */
const LONGEST_DIAL = 10;

/** The command provider waits between two dials: 0.1 s, half as much again each time, 5 s at most. */
const FIRST_PAUSE = 0.1;
const PAUSE_GROWTH = 1.5;
const LONGEST_PAUSE = 5;

/** As many dials as fit into `timeout` seconds even if none is answered, and at least three short ones. */
export function dialing(timeout: number): Dialing {
  const perDialTimeout = Math.min(Math.max(Math.floor((timeout - 1) / 3), 1), LONGEST_DIAL);
  let dials = 0;
  let pause = FIRST_PAUSE;
  for (let spent = perDialTimeout; spent <= timeout; spent += perDialTimeout + pause) {
    if (dials > 0) pause = Math.min(pause * PAUSE_GROWTH, LONGEST_PAUSE);
    dials += 1;
  }
  return { dialErrorLimit: dials, perDialTimeout };
}
