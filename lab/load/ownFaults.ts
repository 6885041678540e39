/** This end has no port, descriptor or memory left. */
const OWN_FAULTS = ["EADDRNOTAVAIL", "EADDRINUSE", "EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"];

/** Throws what says nothing of the server: a process that makes load ends by it. */
export function notOwn(error: NodeJS.ErrnoException): void {
  if (OWN_FAULTS.includes(error.code ?? "")) throw error;
}
