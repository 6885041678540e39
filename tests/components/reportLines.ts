/** The lines that the host's `report` prints, for tests. */
export const hostLine = (over: Record<string, unknown> = {}): string =>
  JSON.stringify({
    host: {
      os: "Debian GNU/Linux 12",
      kernel: "6.1.0-40",
      cpus: 2,
      memoryMiB: 2900,
      nginx: "1.22.1",
      gunicorn: null,
      ...over,
    },
  });

export const settingLine = (over: Record<string, unknown> = {}): string =>
  JSON.stringify({
    setting: {
      concern: "kernel",
      name: "net.core.somaxconn",
      wanted: "16384",
      before: "4096",
      now: "16384",
      afterReboot: "16384",
      rule: "at least",
      state: "in force",
      ok: true,
      readFrom: "/proc/sys/net/core/somaxconn",
      ...over,
    },
  });
