// certbot itself edits a site, and renews its certificate while heavyload has tuned that.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { testOfAll } from "../all";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { installed } from "../pypi";

let host: Pristine;

eachFromPristine((pristine) => {
  host = pristine;
});

const PLACE = "/opt/certbot";
const SITE = "/etc/nginx/conf.d/shop.conf";
const TEXT = `# the shop's own
server {
    listen 80;
    server_name shop.example;
    location / { return 200 "shop\\n"; }
}
`;
const CERTBOT = `python3 -c 'import sys; sys.path.insert(0, "${PLACE}"); from certbot.main import main; sys.exit(main())'`;
const AUTHORITY =
  "--server http://127.0.0.1:14000/directory -n --agree-tos --register-unsafely-without-email";
/** Number of the certificate that visitors get, and the page. */
const VISIT = `python3 -c '
import http.client, ssl
context = ssl._create_unverified_context()
link = http.client.HTTPSConnection("127.0.0.1", context=context)
link.request("GET", "/", headers={"Host": "shop.example"})
print(hash(link.sock.getpeercert(True)), link.getresponse().read().decode().strip())'`.replace(
  "hash(",
  '__import__("zlib").crc32(',
);

testOfAll(
  "its edits stay, and what it renews is served",
  async () => {
    const { tuned } = host;
    await installed(tuned, PLACE, ["certbot", "certbot-nginx"]);
    const stub = readFileSync(join(__dirname, "../acmeStub.py"), "utf8");
    await tuned.root(`cat >${SITE}; nginx -s reload`, TEXT);
    await tuned.root("cat >/opt/acme.py", stub);
    await tuned.root(
      `systemd-run -q --unit=acme python3 -B /opt/acme.py ${PLACE} 14000; sleep 2
       ${CERTBOT} run --nginx -d shop.example ${AUTHORITY}`,
    );
    try {
      const edited = await tuned.root(`sha256sum ${SITE}`);
      const first = await tuned.root(VISIT);
      await tuned.up("kernel", "nginx");
      expect(await tuned.root(`grep managed ${SITE}`)).toMatch(
        /listen 443 ssl backlog=[0-9]+ so_keepalive=on;/,
      );
      await tuned.root(`${CERTBOT} renew --force-renewal --no-random-sleep-on-renew ${AUTHORITY}`);
      const second = await tuned.root(VISIT);
      expect([first, second].map((said) => said.split(" ")[1])).toEqual(["shop\n", "shop\n"]);
      expect(second).not.toBe(first);
      expect(await tuned.root("heavyload verify")).toContain(" 0 short");
      await tuned.down("kernel", "nginx");
      expect(await tuned.root(`sha256sum ${SITE}`)).toBe(edited);
      expect(await tuned.root(VISIT)).toBe(second);
    } finally {
      await tuned.root(
        `systemctl stop acme; rm -rf ${SITE} ${PLACE} /opt/acme.py /etc/letsencrypt /var/lib/letsencrypt /var/log/letsencrypt
         nginx -s reload`,
      );
    }
    expect(await host.untouched()).toEqual([]);
  },
  5 * MINUTES,
);
