import { randomUUID } from "node:crypto";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { checkHostTuning, switchProblems, type Checked } from "./checks/tuning";
import { addressOf, commandConnection, withSecrets } from "./steps/connection";
import { dialing } from "./steps/dialing";
import { driftsOf } from "./steps/drift";
import { TIMEOUT } from "./checks/timeout";
import { hostProgram } from "./steps/program";
import type { HostTuningArgs } from "./args/hostTuning";
import { ownFrames } from "./checks/ownFrames";
import { refusal, refuse } from "./checks/refuse";
import { HOST, REPORT, SEAL, stepCommand, stepInputs, stepsOf } from "./steps/steps";
import { appProblems } from "./tuning/app";
import { isGiven } from "./tuning/given";
import { makePlan, type Plan, type PlanInput } from "./tuning/plan";
import { judge, parseAudit, reportOfAudit } from "./tuning/audit";
import { auditText } from "./tuning/auditText";
import { parseReport, type Report } from "./tuning/report";
import { readinessProblems } from "./tuning/readiness";
import { renderSummary } from "./tuning/summary";

const TYPE = "heavyload:index:HostTuning";
const AUDIT = "audit";
/** Steps that are told hashes of what the others are told. */
const HASHES: readonly string[] = [REPORT, SEAL];

/** Not a field of the class: that would be an output of the component, which other languages see. */
const SEALED = new WeakMap<HostTuning, pulumi.Output<string>>();
const LEFT_OUT = "No report: its step was left out (`--target`).";

/**
 * The tuning of one host that SSH reaches: moves its kernel, limits, gunicorn and nginx to the wanted load, reads back
 * from the live host that every value took effect, and puts everything back on destroy. What the host exceeds already is left as it is.
 */
export class HostTuning extends pulumi.ComponentResource {
  /** What the live host has, setting by setting. Empty (undefined) where `--target` leaves the last step out. */
  public readonly report!: pulumi.Output<Report>;
  /** The report as a text table. */
  public readonly summary!: pulumi.Output<string>;

  /**
   * @param name part of the owner's name on the host: letters, digits and `. _ / @ + -`
   * @param checked what came out where whoever makes it has checked the arguments already
   * @throws InputPropertiesError with everything that is wrong with the arguments
   */
  constructor(
    name: string,
    args: HostTuningArgs,
    opts?: pulumi.ComponentResourceOptions,
    checked: Checked = checkHostTuning(name, args),
  ) {
    const subject = `HostTuning ${name}`;
    refuse(subject, checked.problems);
    const { connection, tier, capacity, tuning, app, readiness, identity, ...switchArgs } = args;
    super(TYPE, name, { ...args, connection: withSecrets(connection) }, opts);

    const plan = pulumi
      .output({ tier, capacity, tuning })
      .apply((wish) => checked.plan ?? planOf(subject, wish));
    const switches = pulumi.output(switchArgs).apply((given) => {
      refuse(subject, switchProblems(given));
      return given;
    });
    const application = pulumi.output(app).apply((given) => {
      refuse(subject, appProblems(given));
      return given;
    });
    const ready = pulumi.output(readiness).apply((given) => {
      refuse(subject, readinessProblems(given));
      return given ?? undefined;
    });
    const stack = `${pulumi.getProject()}/${pulumi.getStack()}/${name}`;
    // Every clone of a project has a stack of that name: what the first `up` has drawn tells its state from theirs.
    const drawn = new pulumi.Stash(
      `${name}-state`,
      { input: randomUUID() },
      { parent: this, ignoreChanges: ["input"] },
    );
    const dials = switches.apply((given) => dialing(given.timeout ?? TIMEOUT.default));
    const { dialErrorLimit, perDialTimeout } = dials;
    const through = commandConnection(connection, { dialErrorLimit, perDialTimeout });
    const { host, user, identity: ofConnection } = addressOf(connection);
    const asked = pulumi
      .all([through, user, switches])
      .apply(([connection, user, { drift, timeout = TIMEOUT.default }]) => ({
        connection,
        user,
        drift,
        timeout,
      }));
    const drifts = isGiven(switchArgs.drift) ? driftsOf(asked, this) : pulumi.output({});
    const inputs = pulumi
      .all([plan, switches, application, ready, drawn.output as pulumi.Output<string | undefined>, drifts])
      .apply(([known, given, app, readiness, state, drifts]) => {
        const sites = { ...(app && { app }), ...(readiness && { readiness }) };
        return stepInputs(known, { stack, state, ...given, drifts, ...sites }, hostProgram());
      });

    // Apart from the switches: a machine that is yet to be made has no identity, and the plan is shown all the same.
    const known = pulumi.output(identity).apply((given) => {
      refuse(subject, switchProblems({ identity: given }));
      return given ?? "";
    });
    const trigger = isGiven(identity) ? known : ofConnection;

    const audits = switches.apply((given) => given.mode === AUDIT);
    const commands = new Map<string, remote.Command>();
    let last: remote.Command | undefined;
    for (const step of stepsOf(isGiven(app), args.seal ?? false)) {
      const command = pulumi.all([user, audits]).apply(([login, audit]) => stepCommand(step, login, audit));
      const apply = command.apply((lines) => lines.apply);
      const made: remote.Command = new remote.Command(
        `${name}-${step}`,
        {
          connection: through,
          create: apply,
          update: apply,
          delete: pulumi
            .all([command, switches])
            .apply(([lines, given]) =>
              given.restore === false ? undefined : lines.restore,
            ) as pulumi.Output<string>,
          stdin: inputs.apply((texts) => texts.get(step) ?? ""),
          logging: remote.Logging.Stderr,
          // It would travel as environment variables, which sshd refuses with a warning at every update.
          addPreviousOutputInEnv: false,
        },
        {
          parent: this,
          dependsOn: last ? [last] : opts?.dependsOn,
          deletedWith: opts?.deletedWith,
          deleteBeforeReplace: true, // the old delete would undo the new create
          // The host's identity alone: anything else would replace, and so restore and apply anew, for nothing.
          replacementTrigger: trigger,
          // States of earlier versions have host:port there, which is no reason to begin anew.
          ignoreChanges: ["triggers"],
          ...(HASHES.includes(step) && { hideDiffs: ["stdin"] }), // of what the steps before it show
        },
      );
      commands.set(step, made);
      last = made;
    }
    // Typed as text, but undefined where the engine was told to leave a step out.
    const said = (step: string) =>
      pulumi.output(commands.get(step)?.stdout as pulumi.Output<string | undefined>);
    const outcome = pulumi
      .all([said(HOST), said(REPORT), plan, audits, host])
      .apply(([first, last, known, audit, address]) => {
        const text = audit ? first : last;
        if (text === undefined) return { report: undefined, summary: LEFT_OUT };
        return ownError(() => (audit ? audited(address, known, text) : applied(known, text)));
      });
    this.report = outcome.apply(({ report }) => report as Report);
    this.summary = outcome.apply(({ summary }) => summary);
    SEALED.set(
      this,
      inputs.apply((texts) => texts.get(SEAL) ?? ""),
    );
    this.registerOutputs({ report: this.report, summary: this.summary });
  }

  /** Another text for every other state of the host that images may be made of. */
  get sealed(): pulumi.Output<string> {
    return SEALED.get(this) ?? pulumi.output("");
  }
}

function planOf(subject: string, wish: PlanInput): Plan {
  const { plan, problems } = makePlan(wish);
  if (problems) throw refusal(subject, problems);
  return plan;
}

/** What comes out of a host. */
interface Outcome {
  readonly report: Report;
  readonly summary: string;
}

function applied(plan: Plan, text: string): Outcome {
  const report = parseReport(text, plan);
  return { report, summary: renderSummary(report) };
}

/** Without the diffs: the state is no place for people's files. `heavyload audit` shows them. */
function audited(address: string, plan: Plan, text: string): Outcome {
  const audit = parseAudit(text);
  const summary = auditText(address, plan, { ...audit, files: [] }, judge(plan, audit));
  return { report: reportOfAudit(plan, audit), summary };
}

function ownError<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Error ? ownFrames(error) : error;
  }
}
