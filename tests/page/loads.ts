import { CAPACITY, INPUTS, WORKER_CLASSES } from "../../components/tuning/capacity";

/** Numbers from 0 to 1 that are the same each time (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A capacity of any inputs, some of which cannot hold together, as it stands in an address. */
export function someCapacity(next: () => number): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of INPUTS) {
    const { kind, min = 0, max = 1 } = CAPACITY[name];
    if (name !== "connections" && next() < 0.5) continue;
    if (kind === "boolean") query.set(name, String(next() < 0.5));
    else if (kind === "word") query.set(name, WORKER_CLASSES[Math.floor(next() * 4)] ?? "sync");
    else {
      const [low, high] = [Math.max(min, 0.01), Math.min(max, 200_000)];
      const value = Math.min(low * (high / low) ** next(), max);
      query.set(name, String(kind === "number" ? Math.max(Number(value.toFixed(3)), min) : Math.ceil(value)));
    }
  }
  return query;
}
