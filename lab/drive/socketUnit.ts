import type { Tuned } from "./tuned";

/** nginx waits for it longer than a minute: on an emulated CPU that others use too, five workers may take that long to
 * start. */
const withSocket = (listen: string) => `cp -p /etc/nginx/sites-available/site /run/site
  mkdir -p /etc/systemd/system/gunicorn.service.d
  printf '[Socket]\\nListenStream=${listen}\\n${listen.startsWith("/") ? "SocketUser=www-data\\n" : ""}RemoveOnStop=yes\\n' \\
    >/etc/systemd/system/gunicorn.socket
  printf '[Service]\\nExecStart=\\nExecStart=/usr/bin/gunicorn mysite.wsgi\\n' \\
    >/etc/systemd/system/gunicorn.service.d/10-socket.conf
  { echo 'upstream site { server ${listen.startsWith("/") ? `unix:${listen}` : listen}; }'
    sed 's|http://unix:/run/gunicorn/site.sock;|http://site; proxy_read_timeout 300s;|' /run/site; } >/etc/nginx/sites-available/site
  systemctl daemon-reload; systemctl stop gunicorn; systemctl start gunicorn.socket gunicorn; systemctl reload nginx`;
const AS_IT_WAS = `systemctl stop gunicorn gunicorn.socket
  rm -r /etc/systemd/system/gunicorn.service.d /etc/systemd/system/gunicorn.socket
  cp -p /run/site /etc/nginx/sites-available/site; rm /run/site
  systemctl daemon-reload; systemctl start gunicorn; systemctl reload nginx; sleep 3`;

/** The site as it is, but with a socket unit that holds its queue; `listen`: its path, or its address and port. */
export const socketUnit = (tuned: Tuned, listen = "/run/site.sock"): Promise<string> =>
  tuned.root(withSocket(listen));
export const noSocketUnit = (tuned: Tuned): Promise<string> => tuned.root(AS_IT_WAS);
