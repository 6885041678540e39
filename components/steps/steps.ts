import { concernStep, hostAudit, hostStep, NOTHING, reportStep, sealStep, type HostCommand } from "./command";
import type { Drifts } from "./drift";
import type { HostProgram } from "./program";
import { sha256 } from "./sha256";
import { APP, APP_SERVICE, appSettings, type App } from "../tuning/app";
import { CONCERNS } from "../tuning/concerns";
import { renderConcern, renderHost, renderReport, renderSeal } from "../tuning/manifest";
import type { Plan } from "../tuning/plan";
import { readinessSettings, type Readiness } from "../tuning/readiness";

/** Raised when a new version of the package does something else in these two steps for the same manifest. */
const HOST_REVISION = 1;
const REPORT_REVISION = 1;
const APP_REVISION = 1;
const SEAL_REVISION = 1;

export const HOST = "host";
export const REPORT = "report";
/** Of a host that images are made of. */
export const SEAL = "seal";
const LIMITED = "limits";
const GUNICORN = "gunicorn";
const NGINX = "nginx";
/** Those whose servers answer. */
const SERVES = new Set([APP, GUNICORN, NGINX]);

/** The layers of a host, from the inside out. An application stands before what is tuned for it. */
const layersOf = (hasApp: boolean): string[] =>
  CONCERNS.flatMap(({ name }) => (hasApp && name === LIMITED ? [APP, name] : [name]));

/** The steps in the order in which they are applied; destroy runs backwards. */
export const stepsOf = (hasApp: boolean, seals = false): readonly string[] => [
  HOST,
  ...layersOf(hasApp),
  REPORT,
  ...(seals ? [SEAL] : []),
];

/** What the manifests say besides the plan. */
export interface Order {
  /** The owner: `<project>/<stack>/<name>`. */
  readonly stack: string;
  /** Which of several Pulumi states with a stack of that name. */
  readonly state?: string | undefined;
  readonly reapply?: string;
  readonly adopt?: boolean;
  readonly allowUntested?: boolean;
  /** Of every site, asked for before and after. */
  readonly healthPath?: string;
  /** A part of nginx's configuration that has no place for a setting is refused, instead of being left as it is. */
  readonly strict?: boolean;
  /** Names of units that get the limits beside nginx and gunicorn. */
  readonly services?: readonly string[];
  /** The application that heavyload sets up. */
  readonly app?: App;
  /** Where a load balancer asks whether the host is ready. */
  readonly readiness?: Readiness;
  /** What has drifted on the host, by step. */
  readonly drifts?: Drifts;
}

/** The lines that a step runs on the host, for a login user. `audit`: the first step looks, the others do nothing. */
export function stepCommand(step: string, user: string, audit = false): HostCommand {
  if (audit) return { ...stepCommand(step, user), apply: step === HOST ? hostAudit : NOTHING };
  if (step === HOST) return hostStep;
  if (step === SEAL) return sealStep(user);
  return step === REPORT ? reportStep(user) : concernStep(step, user);
}

/** What each step reads on stdin, by step. */
export function stepInputs(plan: Plan, order: Order, program: HostProgram): ReadonlyMap<string, string> {
  const { stack, state, reapply, healthPath, strict, adopt, allowUntested, services, drifts } = order;
  const { app, readiness } = order;
  const head = { stack, state, ...(reapply !== undefined && { reapply }) };
  const revisions = new Map([[APP, APP_REVISION], ...CONCERNS.map((c) => [c.name, c.revision] as const)]);
  const own = app ? [APP_SERVICE] : [];
  const named = new Map([
    [LIMITED, [...(services ?? []), ...own]],
    [GUNICORN, own],
  ]);
  const manifests = layersOf(app !== undefined).map((name) => {
    const planned = plan.settings.filter(({ concern }) => concern === name);
    const settings = [
      ...planned,
      ...(app ? appSettings(app, name) : []),
      ...(readiness ? readinessSettings(readiness, name) : []),
    ];
    const revision = revisions.get(name) ?? 0;
    return [
      name,
      renderConcern({
        ...head,
        drift: drifts?.[name],
        concern: name,
        revision,
        settings,
        services: named.get(name),
        healthPath: SERVES.has(name) ? healthPath : undefined,
        strict: name === NGINX ? strict : undefined,
      }),
    ] as const;
  });
  const { memoryMiB } = plan.needs;
  const plans = JSON.stringify(Object.fromEntries(manifests));
  const host = renderHost({
    ...head,
    drift: drifts?.[HOST],
    revision: HOST_REVISION,
    program: program.sha256,
    plan: sha256(plans),
    adopt,
    allowUntested,
    memoryMiB,
  });
  const hashes = Object.fromEntries(manifests.map(([name, text]) => [name, sha256(text)]));
  return new Map([
    [HOST, `${program.line}\n# ${plans}\n${host}`],
    ...manifests,
    [REPORT, renderReport({ ...head, revision: REPORT_REVISION, tier: plan.tier, manifests: hashes })],
    [SEAL, renderSeal({ ...head, revision: SEAL_REVISION, manifests: { ...hashes, [HOST]: sha256(host) } })],
  ]);
}
