/**
 * Every knob that advice on heavy load names: the kernel's, the limits, nginx's and gunicorn's. Each has an entry, set
 * or left alone; an entry of a knob that is not here is one that somebody forgot to write down.
 */
export const KNOBS: readonly string[] = [
  ...["fs.file-max", "fs.nr_open", "nofile.hard", "nofile.soft", "nofile for everybody (*)"],
  ...["somaxconn", "netdev_max_backlog", "default_qdisc", "rmem_max", "wmem_max"].map(
    (name) => `net.core.${name}`,
  ),
  ...[
    ...["tcp_max_syn_backlog", "tcp_syncookies", "tcp_synack_retries", "tcp_abort_on_overflow"],
    ...[
      "ip_local_port_range",
      "ip_local_reserved_ports",
      "tcp_tw_reuse",
      "tcp_tw_recycle",
      "tcp_fin_timeout",
    ],
    ...["tcp_max_tw_buckets", "tcp_max_orphans"],
    ...["tcp_keepalive_time", "tcp_keepalive_intvl", "tcp_keepalive_probes"],
    ...["tcp_rmem", "tcp_wmem", "tcp_mem", "tcp_slow_start_after_idle", "tcp_notsent_lowat"],
    ...["tcp_congestion_control", "tcp_mtu_probing"],
  ].map((name) => `net.ipv4.${name}`),
  ...["net.netfilter.nf_conntrack_max", "net.netfilter.nf_conntrack_buckets"],
  ...[
    "vm.swappiness",
    "vm.overcommit_memory",
    "vm.max_map_count",
    "fs.inotify.max_user_watches",
    "kernel.pid_max",
  ],
  ...[
    ...[
      "worker_processes",
      "worker_connections",
      "worker_rlimit_nofile",
      "use",
      "multi_accept",
      "accept_mutex",
    ],
    ...[
      "listen.backlog",
      "listen.so_keepalive",
      "listen.reuseport",
      "keepalive_timeout",
      "keepalive_requests",
    ],
    ...["sendfile", "tcp_nopush", "tcp_nodelay", "types_hash_max_size"],
    ...["client_header_timeout", "client_body_timeout", "send_timeout", "reset_timedout_connection"],
    ...[
      "upstream.keepalive",
      "upstream.keepalive_timeout",
      "proxy_http_version",
      "proxy_read_timeout",
      "proxy_buffering",
    ],
    ...["access_log.buffer", "limit_conn", "limit_req"],
  ].map((name) => `nginx.${name}`),
  ...[
    ...["workers", "worker_class", "threads", "worker_connections", "backlog", "keepalive"],
    ...[
      "max_requests",
      "max_requests_jitter",
      "timeout",
      "graceful_timeout",
      "timeout_stop_sec",
      "worker_tmp_dir",
      "preload_app",
    ],
  ].map((name) => `gunicorn.${name}`),
];
