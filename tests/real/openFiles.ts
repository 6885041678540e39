import type { Tuned } from "../../lab/drive/tuned";

/** Soft and hard limit of open files of every process of a service, each once. */
export async function ofService(host: Tuned, service: string): Promise<string> {
  const pids = `/sys/fs/cgroup/system.slice/${service}.service/cgroup.procs`;
  const line = `for p in $(cat ${pids}); do awk "/open files/ { print \\$4, \\$5 }" /proc/$p/limits; done | sort -u`;
  return (await host.root(line)).trim();
}

/** Those of a login, by a session through sshd's PAM stack. */
export async function ofLogin(host: Tuned, user: string): Promise<string> {
  const session = `systemd-run --wait --pipe -q -p PAMName=sshd -p User=${user}`;
  return (await host.root(`${session} sh -c 'echo $(ulimit -Sn) $(ulimit -Hn)'`)).trim();
}
