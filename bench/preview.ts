import { findEngine } from "../lab/engine";
import { toStderr as say } from "../lab/progress";
import { renderTable } from "../components/tuning/table";
import { TestStack } from "../lab/drive/stack";
import { EmptyProgram } from "./emptyProgram";
import { median } from "./median";
import { seconds } from "./seconds";

/** Nobody answers there, and nobody is asked: a preview looks at no host. */
const CONNECTION = {
  host: "192.0.2.10",
  user: "admin",
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB",
  agentSocketPath: "/run/agent",
};

/** How long `pulumi preview` takes of a stack that tunes an existing host, beside an empty TypeScript program's. */
export async function benchPreview(rounds: number): Promise<void> {
  const engine = await findEngine(say);
  const empty = new EmptyProgram(engine, "index.ts");
  const stack = await TestStack.make("bench");
  try {
    await empty.pulumi.init();
    stack.write(["host: existing", "tier: 10k", `connection: ${JSON.stringify(CONNECTION)}`]);
    const times: Record<"empty" | "tuning", number[]> = { empty: [], tuning: [] };
    for (let round = 0; round <= rounds; round++) {
      const pair = {
        empty: await seconds(() => empty.pulumi.must("preview")),
        tuning: await seconds(() => stack.pulumi.must("preview")),
      };
      if (round === 0) continue; // reads files into memory
      times.empty.push(pair.empty);
      times.tuning.push(pair.tuning);
    }
    const base = median(times.empty);
    const row = (name: string, all: readonly number[]) => [
      name,
      median(all).toFixed(2),
      `${(median(all) / base).toFixed(2)}x`,
    ];
    console.log(
      renderTable(
        ["pulumi preview", "seconds", "ratio"].map((title) => ({ title })),
        [row("an empty TypeScript program", times.empty), row("an existing host, tier 10k", times.tuning)],
      ),
    );
  } finally {
    stack.remove();
    empty.remove();
  }
}
