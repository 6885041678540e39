import type { Rule } from "./setting";

/** What every manifest begins with. */
export interface ManifestHead {
  readonly revision: number;
  /** The owner: `<project>/<stack>/<name>`. */
  readonly stack: string;
  /** Which of several Pulumi states with a stack of that name. */
  readonly state?: string | undefined;
  /** Any text; a new one applies everything again. */
  readonly reapply?: string;
  /** What is repaired: what had drifted, and how often it has by now. */
  readonly drift?: { readonly times: number; readonly drifted: readonly string[] } | undefined;
}

export interface ConcernManifest extends ManifestHead {
  readonly concern: string;
  /** Names of units that are meant besides those that the host finds, or instead of them. */
  readonly services?: readonly string[] | undefined;
  /** A path that every site is asked for. */
  readonly healthPath?: string | undefined;
  /** What has no place for a setting is refused, instead of being left as it is. */
  readonly strict?: boolean | undefined;
  readonly settings: readonly { readonly name: string; readonly rule: Rule; readonly value: string }[];
}

export interface HostManifest extends ManifestHead {
  /** Hash of the host program that goes before the manifest. */
  readonly program: string;
  /** Hash of the concerns' manifests, which go before this one too: without it a preview could not tell two apart. */
  readonly plan: string;
  readonly adopt?: boolean;
  readonly allowUntested?: boolean;
  readonly memoryMiB: number;
}

/** What names all that is applied. */
export interface SealManifest extends ManifestHead {
  /** Hashes of the steps' manifests by step. */
  readonly manifests: Readonly<Record<string, string>>;
}

export interface ReportManifest extends SealManifest {
  readonly tier: string;
}

/** The form of all four is docs/manifest.md; equal values give equal bytes. */
export function renderConcern({
  concern,
  services,
  healthPath,
  strict,
  settings,
  ...head
}: ConcernManifest): string {
  const lines = settings.map(({ name, rule, value }) => `  ${name}: ${rule} ${value}`);
  const extra = services && services.length > 0 ? [`services: ${[...services].sort().join(" ")}`] : [];
  if (healthPath !== undefined) extra.push(`health-path: ${healthPath}`);
  if (strict) extra.push("strict: true");
  return text(concern, head, extra, ["settings:", ...lines.sort()]);
}

export function renderHost({
  program,
  plan,
  adopt,
  allowUntested,
  memoryMiB,
  ...head
}: HostManifest): string {
  const flags = [...(adopt ? ["adopt: true"] : []), ...(allowUntested ? ["allow-untested: true"] : [])];
  const needs = ["require:", `  memory_mib: at least ${memoryMiB}`];
  return text("host", head, [`program: ${program}`, `plan: ${plan}`], [...flags, ...needs]);
}

export function renderReport({ tier, manifests, ...head }: ReportManifest): string {
  return text("report", head, [], [`tier: ${tier}`, ...hashLines(manifests)]);
}

export function renderSeal({ manifests, ...head }: SealManifest): string {
  return text("seal", head, [], hashLines(manifests));
}

function hashLines(manifests: SealManifest["manifests"]): string[] {
  return [
    "manifests:",
    ...Object.entries(manifests)
      .map(([step, hash]) => `  ${step}: ${hash}`)
      .sort(),
  ];
}

function text(
  concern: string,
  head: ManifestHead,
  extra: readonly string[],
  body: readonly string[],
): string {
  const { revision, stack, state, reapply, drift } = head;
  const owner = [`stack: ${stack}`, ...(state ? [`state: ${state}`] : [])];
  const lines = [`concern: ${concern}`, `revision: ${revision}`, ...owner, ...extra];
  if (reapply !== undefined) lines.push(`reapply: ${quoted(reapply)}`);
  const drifted = drift?.drifted.map((line, i) => `  ${i + 1}: ${quoted(line)}`) ?? [];
  if (drift) lines.push(`drift: ${drift.times}`, "drifted:", ...drifted);
  return [...lines, ...body, "complete: true", ""].join("\n");
}

/** A JSON string of ASCII alone: other line ends (U+2028, U+0085) would cut the line in two for some readers. */
const quoted = (value: string): string =>
  JSON.stringify(value).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
