"""What the tests wish of every configuration, and the host they pretend."""

from __future__ import annotations

from heavyload.nginxtext import addresses, tuning
from heavyload.wishes import Wish

WISHES = {
    "nginx.worker_processes": Wish("exactly", "auto"),
    "nginx.worker_rlimit_nofile": Wish("at least", "131072"),
    "nginx.worker_connections": Wish("at least", "20000"),
    "nginx.listen.backlog": Wish("at least", "16384"),
    "nginx.listen.so_keepalive": Wish("exactly", "on"),
    "nginx.keepalive_timeout": Wish("at least", "65"),
    "nginx.keepalive_requests": Wish("at least", "1000"),
    "nginx.sendfile": Wish("exactly", "on"),
    "nginx.tcp_nopush": Wish("exactly", "on"),
    "nginx.tcp_nodelay": Wish("exactly", "on"),
    "nginx.types_hash_max_size": Wish("at least", "2048"),
    "nginx.client_header_timeout": Wish("by default", "15"),
    "nginx.client_body_timeout": Wish("by default", "15"),
    "nginx.send_timeout": Wish("by default", "15"),
    "nginx.reset_timedout_connection": Wish("exactly", "on"),
    "nginx.upstream.keepalive": Wish("exactly", "0"),
    "nginx.access_log.buffer": Wish("at least", "64"),
}
FACTS = tuning.Facts(
    version=(1, 22, 1),
    prefix="/usr/share/nginx",
    access_log="/var/log/nginx/access.log",
    gunicorn=(addresses.Address(addresses.UNIX, "/run/site.sock"),),
)
