import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { busyThreads } from "../../bench/flight/spread";

it("is all requests where one worker has them all, up to its threads", () => {
  expect([3, 8, 20].map((requests) => busyThreads({ requests, workers: 1, threads: 8 }))).toEqual([3, 8, 8]);
});

// Two requests at two workers of one thread are at the same one every other time.
it("is what is counted by hand", () => {
  expect(busyThreads({ requests: 2, workers: 2, threads: 1 })).toBeCloseTo(1.5, 10);
  expect(busyThreads({ requests: 3, workers: 2, threads: 2 })).toBeCloseTo(2.75, 10);
});

it("is what comes out where requests are dealt to workers at random", () => {
  const [requests, workers, threads, rounds] = [20, 5, 5, 20_000];
  let [seed, busy] = [1, 0];
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let round = 0; round < rounds; round++) {
    const at = Array.from({ length: workers }, () => 0);
    for (let request = 0; request < requests; request++) {
      const worker = Math.floor(random() * workers);
      at[worker] = (at[worker] ?? 0) + 1;
    }
    busy += at.reduce((sum, count) => sum + Math.min(count, threads), 0);
  }
  expect(busyThreads({ requests, workers, threads })).toBeCloseTo(busy / rounds, 1);
});

it("is never more than there are requests or threads, and never falls", () => {
  const some = (max: number) => fc.integer({ min: 1, max });
  fc.assert(
    fc.property(some(5_000), some(130), some(64), (requests, workers, threads) => {
      const busy = busyThreads({ requests, workers, threads });
      expect(busy).toBeLessThanOrEqual(Math.min(requests, workers * threads) + 1e-6);
      expect(busyThreads({ requests: requests + 1, workers, threads })).toBeGreaterThanOrEqual(busy - 1e-6);
    }),
  );
});
