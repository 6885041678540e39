import { expect, it } from "@jest/globals";
import { throughput } from "../../bench/flight/closedNetwork";

const at = (clients: number): number => throughput({ clients, secondsPerRequest: 0.05, mostOfCpus: 400 });

it("is one answer after the other for one client, and what the CPUs can do for many", () => {
  expect(at(1)).toBeCloseTo(1 / 0.05, 10);
  expect(at(5_000)).toBeCloseTo(400, 5);
});

it("lies below both bounds in between, and nowhere falls", () => {
  for (let clients = 2; clients < 50; clients++) {
    expect(at(clients)).toBeLessThan(Math.min(clients / 0.05, 400));
    expect(at(clients)).toBeGreaterThan(at(clients - 1));
  }
});

// Two clients at a delay of 47.5 ms and a server of 2.5 ms, by hand: the second finds the first there 1 time in 20.
it("is what mean value analysis gives by hand", () => {
  expect(at(2)).toBeCloseTo(2 / (0.0475 + 0.0025 * (1 + 0.05)), 10);
});

it("knows hosts whose requests take nothing but a CPU", () => {
  expect(throughput({ clients: 3, secondsPerRequest: 0.01, mostOfCpus: 100 })).toBeCloseTo(100, 10);
});
