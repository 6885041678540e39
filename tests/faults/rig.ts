import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { quoted, succeeded, Tuned } from "../../lab/drive/tuned";
import { bootMachine, cutPower, rebootMachine, removeMachine, type Machine } from "../../lab/machine";
import { toStderr } from "../../lab/progress";
import type { RunResult } from "../../lab/run";
import { differences, takePicture, type Picture } from "../real/picture";
import { callsIn, childrenIn, WATCHED, type Call, type Child } from "./calls";
import { runStep, type Step } from "./step";

const LOSE = readFileSync(join(__dirname, "lose.py"), "utf8");
/** On the machine, where a reboot leaves them. */
const TRACE = "/var/tmp/fault.trace";
const COPY = "/var/tmp/fault.copy";
const SHIM = "/run/fault";
const STRACE = `strace -y -qq -o ${TRACE}`;
const CHANGES = `-e trace=${WATCHED.join(",")}`;
/** Of heavyload's own: gone when the step `host` is restored, which has cases of its own. */
const OWN = /^\/var\/lib\/heavyload/;

const OF_THEIRS = {
  wsgi: "mysite.wsgi",
  directory: "/srv/site",
  user: "site",
  serverNames: ["shop.test"],
  staticRoot: "/srv/site/static",
};

/** Seconds for the site to answer: a worker that has just been started imports the application. */
const SITE_LIMIT = 20;
const ASK = `
import time, urllib.request
end = time.monotonic() + ${SITE_LIMIT}
while True:
    try:
        print(urllib.request.urlopen("http://127.0.0.1/", timeout=5).status)
        break
    except Exception as failure:
        if time.monotonic() > end:
            print(failure)
            break
        time.sleep(0.1)`;

/** Runs one of a program's runs for ever, the others as they are. */
const HANG = (nth: number, program: string): string => `#!/bin/sh
# What begins the step is none of its children.
case "$(cat /proc/$PPID/comm)" in sudo) exec ${SHIM}/real/${basename(program)} "$@" ;; esac
echo >>${SHIM}/count
if [ "$(wc -l <${SHIM}/count)" -eq ${nth} ]; then : >${SHIM}/hangs; exec /bin/sleep 600; fi
exec ${SHIM}/real/${basename(program)} "$@"
`;

/** A machine on which things go wrong. */
export class Rig {
  private constructor(
    readonly tuned: Tuned,
    private readonly came: Picture,
    private readonly installed: Picture,
  ) {}

  /** `app`: of a stack that sets up an application, beside the site that is there. */
  static async boot(name: string, app = false): Promise<Rig> {
    const machine = await booted(name);
    const tuned = new Tuned(machine).with({ order: app ? { app: OF_THEIRS } : {} });
    const came = await takePicture(machine);
    succeeded(await tuned.apply("host"));
    return new Rig(tuned, came, await takePicture(machine));
  }

  get machine(): Machine {
    return this.tuned.machine;
  }

  remove(): Promise<void> {
    return removeMachine(this.machine.name);
  }

  /** Brings it to where a step can begin: every case starts with the step `host` alone, and ends there. */
  async begin({ concern, verb }: Step): Promise<void> {
    if (concern === "host" && verb === "apply") succeeded(await this.tuned.restore("host"));
    if (concern !== "host" && verb === "restore") succeeded(await this.tuned.apply(concern));
  }

  /** From where a step has ended. */
  async end({ concern, verb }: Step): Promise<void> {
    if (concern === "host" && verb === "restore") succeeded(await this.tuned.apply("host"));
    if (concern !== "host" && verb === "apply") succeeded(await this.tuned.restore(concern));
  }

  /** The calls and children of a step that goes well. */
  async trace(step: Step): Promise<{ calls: Call[]; children: Child[] }> {
    const seen = async (look: string): Promise<string> => {
      await this.begin(step);
      succeeded(await runStep(this.tuned, step, `${STRACE} ${look}`));
      const text = await this.tuned.root(`cat ${TRACE}`);
      await this.end(step);
      return text;
    };
    return { calls: callsIn(await seen(CHANGES)), children: childrenIn(await seen("-f -e trace=execve")) };
  }

  /** Runs a step with a fault at one of its calls. `seen`: strace sees these too. Nothing: it was not reached. */
  async breakAt(step: Step, { syscall, by, nth, of }: Call, inject: string, seen: readonly Call[] = []) {
    const paths = new Set(
      seen.length > 0 ? seen.map((call) => call.by).filter(Boolean) : [by].filter(Boolean),
    );
    const when = [
      `when=${seen.length > 0 ? of : nth}`,
      ...[...paths].map((path) => `-P ${quoted(path)}`),
    ].join(" ");
    const done = await runStep(
      this.tuned,
      step,
      `${STRACE} ${CHANGES} --inject=${syscall}:${inject}:${when}`,
    );
    const hit = await this.tuned.root(`grep -cE 'INJECTED|killed by SIGKILL' ${TRACE} || true`);
    return hit.trim() === "0" ? undefined : done;
  }

  /** Runs a step of which one child hangs, until its unit is stopped, as by the limit of its time. */
  async hang(step: Step, { program, nth }: Child): Promise<RunResult | undefined> {
    await this.tuned.root(
      `mkdir -p ${SHIM}/real && cp ${program} ${SHIM}/real/ && cat >${SHIM}/shim && chmod 755 ${SHIM}/shim` +
        ` && mount --bind ${SHIM}/shim ${program}`,
      HANG(nth, program),
    );
    try {
      const run = runStep(this.tuned, step);
      const stopped = this.tuned.root(
        `for i in $(seq 300); do test -e ${SHIM}/hangs && break; sleep 0.1; done; test -e ${SHIM}/hangs || exit 0` +
          `; sleep 0.3; pkill -TERM -f '^/usr/bin/python3 .*inside ${step.verb} ${step.concern}'; echo hung`,
      );
      const [done, said] = await Promise.all([run, stopped]);
      return said === "" ? undefined : done;
    } finally {
      await this.tuned.root(`umount ${program}; rm -rf ${SHIM}`);
    }
  }

  /** Runs a step; at one of its calls it is stopped for as long as somebody does something. */
  async during(step: Step, call: Call, act: string, mend: string): Promise<RunResult | undefined> {
    const { run, came } = await this.stoppedAt(step, call);
    if (came) await this.tuned.root(`${act}; true`);
    await this.tuned.root(goOn(step));
    const done = await run;
    await this.tuned.root(`${mend}; true`);
    return came ? done : undefined;
  }

  /** The same, and the machine reboots in order meanwhile. */
  async rebootDuring(step: Step, call: Call): Promise<RunResult | undefined> {
    const { run, came } = await this.stoppedAt(step, call);
    if (came) {
      await rebootMachine(this.machine, toStderr);
    }
    const done = await run;
    return came ? done : undefined;
  }

  private async stoppedAt(step: Step, { syscall, by, nth }: Call) {
    const where = `--inject=${syscall}:signal=SIGSTOP:when=${nth} -P ${quoted(by)}`;
    await this.tuned.root(`rm -f ${TRACE}`);
    const run = runStep(this.tuned, step, `${STRACE} ${CHANGES} ${where}`);
    const look = `for i in $(seq 100); do grep -q SIGSTOP ${TRACE} 2>/dev/null && echo stopped && break; sleep 0.1; done`;
    return { run, came: (await this.tuned.root(look)) !== "" };
  }

  /**
   * Runs a step while what heavyload keeps lies on a file system that is full. A host that has nothing of it yet has the
   * place where that is mounted all the same, so that it is no fresh one: empty folders are not counted.
   */
  async full(step: Step): Promise<RunResult> {
    const state = "/var/lib/heavyload";
    await this.tuned.root(
      `mkdir -p ${state}; rm -rf /var/tmp/state; cp -a ${state} /var/tmp/state && mount -t tmpfs -o mode=0700 fault ${state}` +
        ` && cp -a /var/tmp/state/. ${state}/ && mount -o remount,size=$(( $(du -sk ${state} | cut -f1) + 8 ))k ${state}`,
    );
    try {
      return await runStep(this.tuned, step);
    } finally {
      await this.tuned.root(
        `rm -rf /var/tmp/state; mount -o remount,size=64m ${state} && cp -a ${state} /var/tmp/state && umount -l ${state}` +
          ` && rm -rf ${state} && mv /var/tmp/state ${state}; find ${state} -depth -type d -empty -delete; true`,
      );
    }
  }

  /** Keeps what a power cut could take. */
  async copy(): Promise<void> {
    await this.tuned.root(
      `rm -rf ${COPY}; mkdir ${COPY}; cd /; tar -cf - etc usr/local $(ls -d var/lib/heavyload 2>/dev/null) | tar -C ${COPY} -xf -`,
    );
  }

  /** What was not flushed is lost, all of it or by chance, and the machine boots anew. */
  async powerCut(seed: string | undefined): Promise<void> {
    await this.tuned.root(`python3 -I - ${TRACE} ${COPY} ${seed ?? ""}`, LOSE);
    await this.reboot();
  }

  async reboot(): Promise<void> {
    await cutPower(this.machine.name);
    await booted(this.machine.name);
  }

  /** What a visitor is answered. */
  async site(): Promise<string> {
    return (await this.tuned.root("python3 -I -", ASK)).trim();
  }

  /** What differs from the machine as it came, when all is taken back; then it is ready for the next case. */
  async destroyed(): Promise<string[]> {
    succeeded(await this.tuned.restore("host"));
    const left = differences(this.came, await takePicture(this.machine));
    succeeded(await this.tuned.apply("host"));
    return left;
  }

  /** What a step's layer is short of, where it is applied; nothing: it is in force as a whole. */
  async short({ concern }: Step): Promise<string> {
    const applied = `test -e /var/lib/heavyload/applied/${concern}.json || { echo it is not applied; exit; }`;
    return this.tuned.root(`${applied}; heavyload verify >/run/drift 2>&1 || cat /run/drift`);
  }

  /** What differs from the moment before the step. */
  async moved({ concern, verb }: Step): Promise<string[]> {
    const now = await takePicture(this.machine);
    if (concern === "host" && verb === "apply") return differences(this.came, now);
    return differences(this.installed, now).filter((line) => !OWN.test(line));
  }
}

const goOn = ({ concern, verb }: Step): string =>
  `pkill -CONT -f '^/usr/bin/python3 .*inside ${verb} ${concern}'; true`;

const booted = (name: string): Promise<Machine> =>
  bootMachine(name, toStderr, { kind: "container", tethered: true });
