import { findEngine } from "../lab/engine";
import { ensureImage } from "../lab/machine/image";
import type { KindName } from "../lab/machine/kindName";
import { KINDS } from "../lab/machine/kinds";
import type { Release } from "../lab/machine/releases";
import { ensurePackages, type Need } from "../lab/packages";
import type { Say } from "../lab/progress";
import { pythonTools } from "./pythonTools";

const programs = (...names: readonly (readonly [string, string])[]): Need[] =>
  names.map(([program, name]) => ({ program, package: name }));

/** What checks need that a computer may not have: each is made when the first check asks for it, and then kept. */
export class Needs {
  private readonly made = new Map<string, Promise<unknown>>();
  /** Packages are installed one after the other: apt-get takes one at a time. */
  private packages: Promise<unknown> = Promise.resolve();

  constructor(private readonly say: Say) {}

  /** The folder of the Python tools. */
  readonly python = () =>
    this.once("python", async () => {
      await this.installed(programs(["python3", "python3"]));
      return pythonTools(this.say);
    });

  readonly shellcheck = () =>
    this.once("shellcheck", () => this.installed(programs(["shellcheck", "shellcheck"])));

  readonly engine = () => this.once("engine", () => findEngine(this.say));

  /** What the lab's own tests run: an SSH server, git. */
  readonly lab = () =>
    this.once("lab", () =>
      this.installed(programs(["sshd", "openssh-server"], ["git", "git"], ["python3", "python3"])),
    );

  /** What makes load. */
  readonly load = () => this.once("load", () => this.installed(programs(["wrk", "wrk"])));

  /** What opens the page: a browser without a window. */
  readonly browser = () =>
    this.once("browser", () => this.installed(programs(["chromium", "chromium"], ["tar", "tar"])));

  /** What machines of a kind and release are made of. */
  readonly image = (kind: KindName, release: Release) =>
    this.once(`${kind} ${release}`, async () => {
      await this.installed(KINDS[kind].needs);
      await this.once("bootstrap", () =>
        this.installed(
          programs(["mmdebstrap", "mmdebstrap"], ["ssh", "openssh-client"], ["mke2fs", "e2fsprogs"]),
        ),
      );
      return ensureImage(this.say, release, kind);
    });

  private installed(needs: readonly Need[]): Promise<void> {
    const next = this.packages.then(() => ensurePackages(this.say, needs));
    this.packages = next.catch(() => undefined);
    return next;
  }

  private once<T>(name: string, make: () => Promise<T>): Promise<T> {
    const made = this.made.get(name) ?? make();
    this.made.set(name, made);
    return made as Promise<T>;
  }
}
