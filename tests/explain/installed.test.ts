import { expect, it } from "@jest/globals";
import { makePlan } from "../../components/tuning/plan";
import { differenceData } from "../../explain/difference";
import { asInstalled } from "../../explain/installed";

it("differs from a host as installed in what changes there, and in nothing that it keeps because it has more", () => {
  const { plan } = makePlan({ tier: "2k" });
  if (!plan) throw new Error("no plan");
  const names = differenceData(asInstalled(plan), plan).map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      "net.ipv4.tcp_max_syn_backlog",
      "nofile.soft",
      "gunicorn.threads",
      "nginx.worker_connections",
    ]),
  );
  for (const kept of [
    "fs.file-max",
    "nofile.hard",
    "gunicorn.backlog",
    "nginx.keepalive_timeout",
    "gunicorn.timeout_stop_sec",
  ])
    expect(names).not.toContain(kept);
});
