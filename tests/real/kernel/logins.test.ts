import { expect, test } from "@jest/globals";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";

let host: Pristine;

eachFromPristine((pristine) => {
  host = pristine;
});

// Later ones than Debian 12's pam_limits leave a session what its service has: less than the kernel lets it have.
test(
  "a login has a hard limit also above what the system gives a session",
  async () => {
    const high = host.tuned.with({ wish: { tier: "10k", tuning: { "nofile.hard": 1_000_000 } } });
    await high.up("limits");
    const session = "systemd-run --wait --pipe -q -p PAMName=sshd -p User=www-data sh -c 'ulimit -Hn'";
    expect(await high.root(session)).toBe("1000000\n");
    await high.down("limits");
    expect(await high.root(session)).toBe("524288\n");
    expect(await host.untouched()).toEqual([]);
  },
  4 * MINUTES,
);
