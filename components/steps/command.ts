/** What a step runs on the host: constant lines, so that an error that repeats them stays readable. */
export interface HostCommand {
  /** Runs on create and on update. */
  readonly apply: string;
  /** Runs on delete; absent where there is nothing to take back. */
  readonly restore?: string;
}

/** On the host. */
export const PROGRAM = "/var/lib/heavyload/bin/heavyload";
const PYTHON = "/usr/bin/python3";
/** EX_UNAVAILABLE of sysexits.h. */
const UNAVAILABLE = 69;

/** The first line of stdin holds the program, the rest is the loader's to read. */
const READ = "m=json.loads(zlib.decompress(base64.b64decode(sys.stdin.buffer.readline()[2:])))";
const DAMAGED = "heavyload: the program was damaged on its way, nothing was changed: run it again (%s)";
const TRY = String.raw`try:${READ}\nexcept Exception as e:sys.exit(\"${DAMAGED}\"%e)`;
const LOAD = String.raw`import sys,json,zlib,base64;exec(\"\"\"${TRY}\"\"\");exec(m[\"loader.py\"])`;

/** Runs the program from stdin, as the login user: the loader looks first and calls sudo itself. */
function fromStdin(verb: string): string {
  const missing = `heavyload: $p is missing on this host: install python3, 3.9 or later`;
  const guard = `p=${PYTHON};[ -x $p ]||{ echo "${missing}">&2;exit ${UNAVAILABLE};}`;
  return `sh -c '${guard};exec $p -Ic "${LOAD}" ${verb} host'`;
}

/** Ships the program, checks the host, and is the last to restore. */
export const hostStep: HostCommand = { apply: fromStdin("apply"), restore: fromStdin("restore") };

/** Looks at a host with the program that it is sent, and leaves nothing there. */
export const hostAudit: string = fromStdin("audit");

/** Of a step that only looks. */
export const NOTHING = ":";

/** Without a password prompt: nobody could answer it. */
const asRoot = (user: string): string => (user === "root" ? "" : "sudo -n ");

/**
 * A concern's step. A host that has lost the program has nothing left to restore; root looks, since a folder that the
 * login user may not enter would look empty.
 */
export function concernStep(concern: string, user: string): HostCommand {
  const sudo = asRoot(user);
  return {
    apply: `${sudo}${PROGRAM} apply ${concern}`,
    restore: `${sudo}test ! -e ${PROGRAM} || ${sudo}${PROGRAM} restore ${concern}`,
  };
}

/** Lets an image be made of the host's disk. */
export const sealStep = (user: string): HostCommand => ({ apply: `${asRoot(user)}${PROGRAM} seal` });

export const reportStep = (user: string): HostCommand => ({ apply: `${asRoot(user)}${PROGRAM} report` });

/** What has drifted, asked of a host that may have no heavyload. Changes nothing. */
export const driftLine = (user: string): string =>
  `${asRoot(user)}test ! -e ${PROGRAM} || ${asRoot(user)}${PROGRAM} drift`;
