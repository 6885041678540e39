import { TestStack } from "../../lab/drive/stack";
import { findEngine } from "../../lab/engine";
import { opened } from "../measure/closing";
import { ratios } from "../measure/medians";
import { inRounds, type Line, type Measurement, type Row } from "../measure/measurement";
import { barsOf } from "./bars";
import { EmptyProgram } from "./emptyProgram";
import { seconds } from "./seconds";

/** Nobody answers there, and nobody is asked: a preview looks at no host. */
const CONNECTION = {
  host: "192.0.2.10",
  user: "admin",
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB",
  agentSocketPath: "/run/agent",
};
const EMPTY = "an empty TypeScript program";

const open: Line["open"] = (name, say) =>
  opened(async (atEnd) => {
    const engine = await findEngine(say);
    const empty = new EmptyProgram(engine, "index.ts");
    atEnd(() => empty.remove());
    const stack = await TestStack.make(name);
    atEnd(() => stack.remove());
    const both = [
      [EMPTY, () => empty.pulumi.must("preview")],
      ["an existing host, tier 10k", () => stack.pulumi.must("preview")],
    ] as const;
    await empty.pulumi.init();
    stack.write(["host: existing", "tier: 10k", `connection: ${JSON.stringify(CONNECTION)}`]);
    for (const [, preview] of both) await preview(); // reads files into memory
    return async () => {
      const rows = [];
      for (const [what, preview] of both) rows.push({ what, seconds: await seconds(preview) });
      return rows;
    };
  });

const shown = (rows: readonly Row[]): Row[] =>
  ratios(rows, ["what"], "seconds", ({ what }) => what === EMPTY);

export const PREVIEW: Measurement = {
  name: "preview",
  title: "A preview",
  about: "pulumi preview of a stack that tunes an existing host, beside an empty TypeScript program's.",
  seen: "pulumi preview of an existing host's stack, beside an empty TypeScript program's",
  lines: inRounds("preview", open),
  columns: ["what", "seconds", "ratio"],
  shown,
  chart: (rows) => barsOf(shown(rows), { title: "pulumi preview", bar: "what", number: "seconds" }),
};
