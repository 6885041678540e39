import { randomUUID } from "node:crypto";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { checkHostTuning, switchProblems, type Checked } from "./checks/tuning";
import { addressOf, commandConnection, withSecrets } from "./steps/connection";
import { dialing } from "./steps/dialing";
import { TIMEOUT } from "./checks/timeout";
import { hostProgram } from "./steps/program";
import type { HostTuningArgs } from "./args/hostTuning";
import { ownFrames } from "./checks/ownFrames";
import { refusal, refuse } from "./checks/refuse";
import { REPORT, stepCommand, stepInputs, stepsOf } from "./steps/steps";
import { appProblems } from "./tuning/app";
import { isGiven } from "./tuning/given";
import { makePlan, type Plan, type PlanInput } from "./tuning/plan";
import { parseReport, type Report } from "./tuning/report";
import { renderSummary } from "./tuning/summary";

const TYPE = "heavyload:index:HostTuning";
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
    const { connection, tier, capacity, tuning, app, ...rest } = args;
    const { reapply, healthPath, strict, timeout, adopt, allowUntested, services, identity, restore } = rest;
    super(TYPE, name, { ...args, connection: withSecrets(connection) }, opts);

    const plan = pulumi
      .output({ tier, capacity, tuning })
      .apply((wish) => checked.plan ?? planOf(subject, wish));
    const switches = pulumi
      .output({ reapply, healthPath, strict, timeout, adopt, allowUntested, services, restore })
      .apply((given) => {
        refuse(subject, switchProblems(given));
        return given;
      });
    const application = pulumi.output(app).apply((given) => {
      refuse(subject, appProblems(given));
      return given;
    });
    const stack = `${pulumi.getProject()}/${pulumi.getStack()}/${name}`;
    // Every clone of a project has a stack of that name: what the first `up` has drawn tells its state from theirs.
    const drawn = new pulumi.Stash(
      `${name}-state`,
      { input: randomUUID() },
      { parent: this, ignoreChanges: ["input"] },
    );
    const inputs = pulumi
      .all([plan, switches, application, drawn.output as pulumi.Output<string | undefined>])
      .apply(([known, given, app, state]) =>
        stepInputs(known, { stack, state, ...given, ...(app && { app }) }, hostProgram()),
      );

    const dials = switches.apply((given) => dialing(given.timeout ?? TIMEOUT.default));
    const { dialErrorLimit, perDialTimeout } = dials;
    const through = commandConnection(connection, { dialErrorLimit, perDialTimeout });
    const { user, identity: ofConnection } = addressOf(connection);
    // Apart from the switches: a machine that is yet to be made has no identity, and the plan is shown all the same.
    const known = pulumi.output(identity).apply((given) => {
      refuse(subject, switchProblems({ identity: given }));
      return given ?? "";
    });
    const trigger = isGiven(identity) ? known : ofConnection;

    let last: remote.Command | undefined;
    for (const step of stepsOf(isGiven(app))) {
      const command = user.apply((login) => stepCommand(step, login));
      const apply = command.apply((lines) => lines.apply);
      last = new remote.Command(
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
          ...(step === REPORT && { hideDiffs: ["stdin"] }), // hashes of what the steps before it show
        },
      );
    }
    // Typed as text, but undefined where the engine was told to leave the step out.
    const stdout: pulumi.Output<string | undefined> | undefined = last?.stdout;
    const report = pulumi
      .all([stdout, plan])
      .apply(([text, known]) => (text === undefined ? undefined : reportOf(text, known)));
    this.report = report as pulumi.Output<Report>;
    this.summary = report.apply((known) => (known ? renderSummary(known) : LEFT_OUT));
    this.registerOutputs({ report: this.report, summary: this.summary });
  }
}

function planOf(subject: string, wish: PlanInput): Plan {
  const { plan, problems } = makePlan(wish);
  if (problems) throw refusal(subject, problems);
  return plan;
}

function reportOf(stdout: string, plan: Plan): Report {
  try {
    return parseReport(stdout, plan);
  } catch (error) {
    throw error instanceof Error ? ownFrames(error) : error;
  }
}
