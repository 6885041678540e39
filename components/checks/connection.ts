import type { ConnectionArgs, SshEndpointArgs } from "../args/connection";
import { isLater } from "./later";
import { fieldProblems, objectProblems, type Field, type Fields } from "../tuning/fields";
import { BOOLEAN, isText, PORT } from "../tuning/form";
import { isGiven, isObject } from "../tuning/given";
import { field, shown, type Problem } from "../tuning/problem";

const isWord = (value: unknown): boolean => isText(value) && !/\s/.test(value);

const FIELDS: Fields<keyof SshEndpointArgs> = {
  host: { allowed: "an address or a name", fits: isWord, required: true },
  port: PORT,
  user: { allowed: "a user's name", fits: isWord },
  privateKey: {
    allowed: "the text of the key, with its line -----BEGIN … PRIVATE KEY-----, not its path",
    fits: (value) => isText(value) && /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(value),
    secret: true,
  },
  agent: BOOLEAN,
  agentSocketPath: { allowed: "the path of a socket", fits: isText },
  password: { allowed: "a text that is not empty", fits: isText, secret: true },
  // An RSA key is asked for with SHA-1, which today's sshd refuses.
  hostKey: {
    allowed:
      "a line like that of /etc/ssh/ssh_host_ed25519_key.pub: ssh-ed25519 or ecdsa-sha2-nistp256, and the key",
    fits: (value) =>
      isText(value) && /^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+=*( .*)?\n?$/.test(value),
  },
  insecureIgnoreHostKey: BOOLEAN,
};

const LOGINS = ["privateKey", "agent", "agentSocketPath", "password"] as const;
/** Of a host that is tuned, besides. */
const IDENTITY: Field = { allowed: "a text that is not empty", fits: isText };

type Given = Readonly<Record<string, unknown>>;

/** Everything wrong with a connection; what is known only later counts as given, and is checked then. */
export function checkConnection(connection: unknown, path = "connection"): Problem[] {
  if (isLater(connection)) return [];
  const { proxy, identity } = isObject(connection) ? connection : {};
  return [
    ...checkEndpoint(path, connection, ["proxy", "identity"] satisfies (keyof ConnectionArgs)[]),
    ...fieldProblems(field(path, "identity"), IDENTITY, identity, isLater),
    ...(isGiven(proxy) ? checkEndpoint(`${path}.proxy`, proxy) : []),
  ];
}

/** Everything wrong with the connection's own end or its proxy's; `more` are the fields that it may have besides. */
export function checkEndpoint(path: string, endpoint: unknown, more: readonly string[] = []): Problem[] {
  if (isLater(endpoint)) return [];
  const problems = objectProblems(path, FIELDS, endpoint, isLater, more);
  return isObject(endpoint)
    ? [...problems, ...loginProblems(path, endpoint), ...hostKeyProblems(path, endpoint)]
    : problems;
}

/** What is wrong with the value of one field. */
export const endpointProblems = (path: string, name: keyof SshEndpointArgs, value: unknown): Problem[] =>
  fieldProblems(field(path, name), FIELDS[name], value, isLater);

function loginProblems(path: string, endpoint: Given): Problem[] {
  const given = LOGINS.filter((name) => isGiven(endpoint[name]) && endpoint[name] !== false);
  if (given.length === 1) return [];
  const allowed = `one of ${LOGINS.map((name) => `${path}.${name}`).join(", ")}`;
  if (given.length > 1) return [{ path, value: `given ${given.join(" and ")}`, allowed }];
  return [{ path: `${path}.privateKey`, value: shown(undefined), allowed }];
}

function hostKeyProblems(path: string, endpoint: Given): Problem[] {
  const { hostKey, insecureIgnoreHostKey } = endpoint;
  const waived = insecureIgnoreHostKey === true || isLater(insecureIgnoreHostKey);
  if (isGiven(hostKey) !== waived || (isGiven(hostKey) && isLater(insecureIgnoreHostKey))) return [];
  const allowed = isGiven(hostKey)
    ? "one of hostKey and insecureIgnoreHostKey"
    : "the host's public key, as in its /etc/ssh/ssh_host_ed25519_key.pub";
  const value = isGiven(hostKey) ? "given beside insecureIgnoreHostKey" : shown(undefined);
  const wayOut = isGiven(hostKey)
    ? undefined
    : `Or ${path}.insecureIgnoreHostKey: true, to trust whoever answers.`;
  return [{ path: `${path}.hostKey`, value, allowed, ...(wayOut && { wayOut }) }];
}
