import { expect, test } from "@jest/globals";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findEngine } from "../../../lab/engine";
import { toStderr } from "../../../lab/progress";
import { Pulumi } from "../../../lab/pulumi";
import { Consumer } from "../../package/consumer";
import { LOAD } from "../../../lab/drive/load";
import { eachFromPristine, MINUTES, SOMAXCONN, type Pristine } from "../pristine";

let host: Pristine;
eachFromPristine((pristine) => {
  host = pristine;
});

test(
  "the TypeScript example tunes a host with the package that npm would publish, and puts it back",
  async () => {
    const names = ["@pulumi/pulumi", "@types/node", "typescript"];
    const consumer = await Consumer.make(names, "examples/existing-host-typescript");
    const index = join(consumer.folder, "index.ts");
    // The load of a host of any kind.
    writeFileSync(
      index,
      readFileSync(index, "utf8").replace('tier: "10k"', JSON.stringify(LOAD).slice(1, -1)),
    );
    try {
      const engine = await findEngine(toStderr);
      const program = consumer.folder;
      const pulumi = new Pulumi(engine, { stack: "example", state: join(program, "state"), program });
      await pulumi.init();
      const { machine } = host;
      for (const name of ["host", "port", "user", "hostKey"] as const)
        await pulumi.must("config set", [name, "--", String(machine[name])]);
      await pulumi.must("config set", ["--secret", "privateKey"], { input: machine.privateKey });
      try {
        await pulumi.must("up", ["--yes", "--skip-preview"]);
        expect(await pulumi.output<boolean>("good")).toBe(true);
        expect(await pulumi.output<string>("address")).toBe(machine.host);
        expect(await pulumi.output<string>("summary")).toMatch(/ok +net.core.somaxconn +4096 +16384/);
        expect(await host.tuned.live(SOMAXCONN)).toEqual({ [SOMAXCONN]: "16384" });
      } finally {
        await pulumi.must("destroy", ["--yes", "--skip-preview"]);
      }
      expect(await host.untouched()).toEqual([]);
    } finally {
      consumer.remove();
    }
  },
  10 * MINUTES,
);
