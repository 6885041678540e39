import type { Capacity } from "./capacity";

/** What the report repeats of the plan. */
interface Planned {
  readonly tier: string;
  readonly capacity: Pick<Capacity, keyof ReportedCapacity>;
}

/** What the live host said after the last step. */
export interface Report {
  /** The tier's name, or `custom` where a capacity was given. */
  tier: string;
  /** The load that the host was tuned for. */
  capacity: ReportedCapacity;
  /** What the host is. */
  host: ReportedHost;
  /** What is in force, setting by setting. */
  settings: ReportedSetting[];
  /** In `mode: audit` alone, where nothing was changed on the host. */
  audit?: ReportedAudit;
}

/** What the host comes to as it is, and what applying the plan would do. */
export interface ReportedAudit {
  /** Whether every setting is as the plan wants it, nothing stands in its way, and no limit is hit below the load. */
  holds: boolean;
  /** The highest tier that the host bears as it is; absent: none. */
  bears?: string;
  /** The limits in the order in which they are hit: at what load, which one, and what happens then. */
  breaksFirst: string[];
  /** What applying the plan would change, a line each. */
  changes: string[];
  /** What a person should know besides, a line each: who else writes the same values, what is left as it is. */
  notes: string[];
  /** What would be refused, with file and line, and the way out. */
  refused: string[];
}

/** The load that the host was tuned for. */
export interface ReportedCapacity {
  /** Client connections held at the same time. */
  connections: number;
  /** Requests that arrive in a second. */
  requestsPerSecond: number;
}

/** What the host is. */
export interface ReportedHost {
  /** Name and version of the distribution. */
  os: string;
  /** Release of the kernel. */
  kernel: string;
  /** CPUs that are on line. */
  cpus: number;
  /** Unit: MiB. */
  memoryMiB: number;
  /** Version of nginx; absent where there is none. */
  nginx?: string;
  /** Version of gunicorn; absent where there is none. */
  gunicorn?: string;
}

/** One setting as it is in force. */
export interface ReportedSetting {
  /** The layer that it belongs to: kernel, limits, gunicorn, nginx, app. */
  concern: string;
  /** Its name, as `tuning` takes it. */
  name: string;
  /** The plan's value. */
  wanted: string;
  /** The value at the first touch. */
  before: string;
  /** The value in force. */
  now: string;
  /** The value that the next boot gives. */
  afterReboot: string;
  /** How `now` is held against `wanted`: exactly, at least, at most, widen; by default: where people have chosen nothing; computed: exactly what the formula gives. */
  rule: string;
  /** `in force`; `not applicable`: this host has no place for it, `readFrom` says why; or `short` of the rule. */
  state: string;
  /** Whether it is not short. */
  ok: boolean;
  /** Where on the live host `now` was read, or why it is not applicable. */
  readFrom: string;
}

const HOST: Readonly<Record<keyof ReportedHost, string>> = {
  os: "string",
  kernel: "string",
  cpus: "number",
  memoryMiB: "number",
  nginx: "string?",
  gunicorn: "string?",
};

const SETTING: Readonly<Record<keyof ReportedSetting, string>> = {
  concern: "string",
  name: "string",
  wanted: "string",
  before: "string",
  now: "string",
  afterReboot: "string",
  rule: "string",
  state: "string",
  ok: "boolean",
  readFrom: "string",
};

/**
 * Reads what the host's `report` prints: JSON, one line for the host and one for each setting.
 * @throws Error that holds the line which is not as agreed, or says that the host's line is missing
 */
export function parseReport(stdout: string, { tier, capacity }: Planned): Report {
  let host: ReportedHost | undefined;
  const settings: ReportedSetting[] = [];
  // A login shell may print a greeting of its own, where a .bashrc says something to everybody.
  for (const line of stdout.split("\n").filter((text) => text.startsWith("{"))) {
    const value = parseLine(line);
    if (value && "host" in value) host = fields<ReportedHost>(line, value["host"], HOST);
    else if (value && "setting" in value)
      settings.push(fields<ReportedSetting>(line, value["setting"], SETTING));
    else throw misread(line);
  }
  if (!host)
    throw new Error(`the host's report has no line of the host itself; it printed: ${stdout.slice(0, 200)}`);
  const { connections, requestsPerSecond } = capacity;
  return { tier, capacity: { connections, requestsPerSecond }, host, settings };
}

function parseLine(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the fields that were agreed, so that a newer program on the host may say more. */
function fields<T>(line: string, value: unknown, types: Readonly<Record<string, string>>): T {
  const given = (value ?? {}) as Readonly<Record<string, unknown>>;
  const kept = Object.entries(types).flatMap(([name, type]) => {
    const field = given[name];
    if (type.endsWith("?") && (field === null || field === undefined)) return [];
    if (typeof field !== type.replace("?", "")) throw misread(line);
    return [[name, field]];
  });
  return Object.fromEntries(kept) as T;
}

const misread = (line: string): Error =>
  new Error(
    `the host's report has a line that this version of heavyload does not understand: ${line.slice(0, 200)}; ` +
      "give `reapply` a new text, so that the host gets this version's program",
  );
