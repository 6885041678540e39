import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The most memory that a program has had while `work` ran. Unit: MiB. */
export async function peakOf(program: string, work: () => Promise<unknown>): Promise<number> {
  let peak = 0;
  const timer = setInterval(() => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
      try {
        if (readlinkSync(`/proc/${pid}/exe`) !== program) continue;
        const [, most = "0"] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
        peak = Math.max(peak, Number(most) / 1_024);
      } catch {
        continue; // it has just ended
      }
  }, 100);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return peak;
}
