import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { SETTINGS } from "../../components/tuning/concerns";
import { LEFT_ALONE } from "../../components/tuning/leftAlone";
import { ARTICLE_SETTINGS } from "../../explain/article";
import { MADE } from "../../explain/docs";

it.each(Object.entries(MADE))("%s is what the entries say (`npm run docs` writes it anew)", (path, text) => {
  expect(readFileSync(join(__dirname, "../..", path), "utf8")).toBe(text());
});

it("finds an entry for each of the article's settings", () => {
  const known = [...SETTINGS, ...LEFT_ALONE].map(({ name }) => name);
  for (const { entries } of ARTICLE_SETTINGS) {
    expect(entries).not.toEqual([]);
    for (const entry of entries) expect(known).toContain(entry);
  }
});

it("names every setting of the article", () => {
  const said = ARTICLE_SETTINGS.map(({ setting, value }) => `${setting} ${value}`).join("\n");
  for (const text of [
    ...["soft nofile 256000", "hard nofile 260000", "@users", "fs.file-max 260000", "worker_processes 4"],
    ...["worker_connections 4069", "somaxconn 65536", "netdev_max_backlog 2500", "tcp_max_syn_backlog 2500"],
    ...[
      "tcp_keepalive_time 300",
      "ip_local_port_range 1024 65535",
      "use epoll",
      "sendfile on",
      "tcp_nopush on",
    ],
    ...["tcp_nodelay on", "keepalive_timeout 15", "types_hash_max_size 2048"],
  ])
    expect(said).toContain(text);
});
