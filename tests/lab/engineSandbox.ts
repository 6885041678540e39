import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { jest } from "@jest/globals";

/** A machine of nothing but fakes: PATH, cache, the person's PULUMI_HOME and the network. */
export class EngineSandbox {
  readonly folder = mkdtempSync(join(tmpdir(), "heavyload-engine-"));
  readonly home = join(this.folder, "user", ".pulumi");
  readonly cache = join(this.folder, "cache");
  readonly said: string[] = [];
  private readonly before = { ...process.env };
  /** Without an answer the network is closed. */
  readonly fetch = jest.spyOn(globalThis, "fetch").mockImplementation(() => {
    const cause = new Error("getaddrinfo ENOTFOUND");
    return Promise.reject(new TypeError("fetch failed", { cause }));
  });

  constructor() {
    mkdirSync(join(this.folder, "bin"));
    process.env["PATH"] = join(this.folder, "bin");
    process.env["HEAVYLOAD_CACHE"] = this.cache;
    process.env["PULUMI_HOME"] = this.home;
  }

  readonly say = (line: string) => void this.said.push(line);

  remove(): void {
    process.env = this.before;
    this.fetch.mockRestore();
    rmSync(this.folder, { recursive: true });
  }

  /** A shell script; it may use builtins and absolute paths only. Each call of it is a line of `calls`. */
  program(path: string, script = ""): string {
    const whole = join(this.folder, path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, `#!/bin/sh\necho "\${0##*/} $*" >> '${this.folder}/calls'\n${script}\n`);
    chmodSync(whole, 0o755);
    return whole;
  }

  /** A complete `pulumi` in a folder; `plugin install` fails unless `plugin` is given. */
  pulumi(folder: string, version = "3.250.0", plugin = "exit 1"): string {
    this.program(join(folder, "pulumi-language-nodejs"));
    return this.program(join(folder, "pulumi"), `[ "$1" = plugin ] && { ${plugin}; }\necho v${version}`);
  }

  /** A Go whose `build` writes a program, or fails after having begun to. */
  go(version = "1.26.8", working = true): void {
    this.program(
      "bin/go",
      `[ "$1" = env ] && { echo go${version}; exit; }
       while [ "$1" != -o ]; do shift; done
       out=$2\${3##*/}
       echo built > "$out"
       ${working ? '/bin/chmod +x "$out"' : 'case $3 in */cmd/pulumi) echo "no room" >&2; exit 1;; esac'}`,
    );
  }

  /** Opens the network: every address answers with this text. */
  answer(text: string): void {
    this.fetch.mockImplementation(() => Promise.resolve(new Response(text)));
  }

  calls(): string[] {
    const file = join(this.folder, "calls");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }
}
