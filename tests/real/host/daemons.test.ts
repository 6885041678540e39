// Services whose processes systemd knows by their control group alone.
import { expect, test } from "@jest/globals";
import { OPEN_FILES } from "../../../lab/drive/load";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { succeeded } from "../../../lab/drive/tuned";

let host: Pristine;

eachFromPristine((pristine) => {
  host = pristine;
});

test(
  "daemons without a main process get them, and give them back, those of a later start too",
  async () => {
    const { tuned } = host;
    const unit = "/etc/systemd/system/many.service";
    const text = `[Service]\nType=forking\nGuessMainPID=no\nUser=site\nExecStart=/bin/sh -c 'sleep 1000 & sleep 2000 &'\n`;
    const many = tuned.with({ order: { services: ["many.service"] } });
    const soft = () =>
      tuned.root(
        "for pid in $(cat /sys/fs/cgroup/system.slice/many.service/cgroup.procs); do awk '/open files/ { print $4 }' /proc/$pid/limits; done",
      );
    await tuned.root(`cat >${unit}; systemctl daemon-reload; systemctl start many`, text);
    await many.install();
    succeeded(await many.apply("limits"));
    expect(await soft()).toBe(`${OPEN_FILES}\n${OPEN_FILES}\n`);
    await tuned.root("systemctl restart many");
    expect(await soft()).toBe(`${OPEN_FILES}\n${OPEN_FILES}\n`);
    succeeded(await many.restore("limits"));
    expect(await soft()).toBe("1024\n1024\n");
    succeeded(await many.restore("host"));
    await tuned.root(`systemctl stop many; rm ${unit}; systemctl daemon-reload`);
    expect(await host.untouched()).toEqual([]);
  },
  2 * MINUTES,
);
