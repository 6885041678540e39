import { get } from "node:http";
import type { Machine } from "../../lab/machine";

export interface Answer {
  readonly status: number | undefined;
  readonly body: string;
  /** Unit: milliseconds. */
  readonly time: number;
}

export function fetchSite(machine: Machine, path: string): Promise<Answer> {
  const start = Date.now();
  return new Promise((resolve, reject) => {
    const options = { host: machine.host, port: machine.httpPort, path, agent: false, timeout: 30_000 };
    get(options, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (body += chunk));
      response.on("end", () => resolve({ status: response.statusCode, body, time: Date.now() - start }));
    }).on("error", reject);
  });
}
