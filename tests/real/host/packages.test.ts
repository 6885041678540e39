// An upgrade of nginx with our edits in place: what dpkg does with a conffile that is edited, and what is left of ours.
import { expect, test } from "@jest/globals";
import { sharedSsh } from "../../../lab/machine";
import { ANSWERS, succeeded, type Tuned } from "../../../lab/drive/tuned";
import { eachFromPristine, MINUTES, type Pristine } from "../pristine";

let host: Pristine;
let tuned: Tuned;

eachFromPristine((pristine) => {
  host = pristine;
  tuned = host.tuned;
});

const CONF = "/etc/nginx/nginx.conf";
/** The next version of the package that is installed: as it is, but for a line in its nginx.conf. */
const next = (number: number): string => `
set -e
p=nginx-common d=/run/next; rm -rf $d; mkdir -p $d/DEBIAN
dpkg -L $p | while read f; do
  if test -d "$f"; then mkdir -p "$d$f"; else cp -a "$f" "$d$f" 2>/dev/null || :; fi; done
printf '%s\\n' '# packaged anew ${number}' "$(cat /root/packaged.conf)" >$d${CONF}
dpkg -s $p | sed -e '/^Status:/d; /^Conffiles:/,/^[A-Z]/{/^Conffiles:/d; /^ /d}; s/^Version: .*/&+next${number}/' >$d/DEBIAN/control
for s in conffiles preinst postinst prerm postrm; do f=/var/lib/dpkg/info/$p.$s; test ! -e $f || cp $f $d/DEBIAN/$s; done
dpkg-deb -b $d /run/next.deb >/dev/null`;
const installs = (force: string) =>
  `DEBIAN_FRONTEND=noninteractive dpkg ${force} -i /run/next.deb </dev/null 2>&1`;
/** Upgrades come by themselves, as on most servers. */
const UNATTENDED = `printf 'APT::Periodic::Unattended-Upgrade "1";\\n' >/etc/apt/apt.conf.d/20auto-upgrades
  printf '#!/bin/sh\\n' >/usr/bin/unattended-upgrade; chmod 755 /usr/bin/unattended-upgrade`;
const ATTENDED = "rm /etc/apt/apt.conf.d/20auto-upgrades /usr/bin/unattended-upgrade";
const SERVED = `${ANSWERS}; systemctl is-active nginx`;

test(
  "is named where upgrades come by themselves, asks somebody, keeps ours where it is told to, and else is drift",
  async () => {
    await tuned.root(`cp ${CONF} /root/packaged.conf; ${UNATTENDED}`);
    await tuned.install("nginx");
    const said = succeeded(await tuned.apply("nginx")).stderr;
    expect(said).toContain(
      `${CONF} is a conffile of nginx-common: unattended-upgrades leaves out an upgrade`,
    );
    expect(said).not.toContain("sites-available/site is a conffile");
    await tuned.root(next(1));

    // Nobody answers: dpkg leaves ours, and the package half done.
    const asked = await sharedSsh(host.machine, `sudo sh -c '${installs("")}'`);
    expect([asked.code, asked.stdout]).toEqual([
      1,
      expect.stringContaining("end of file on stdin at conffile prompt"),
    ]);
    expect(await tuned.root(`heavyload verify; ${SERVED}`)).toMatch(/^no drift: [^]*\nactive\n$/);

    await tuned.root(installs("--force-confdef --force-confold"));
    expect(await tuned.root(`ls ${CONF}.dpkg-dist; heavyload verify; ${SERVED}`)).toMatch(
      /^\S+dpkg-dist\nno drift: [^]*\nactive\n$/,
    );

    // Ours gives way to the package's: that is drift, and the next run tunes what is there now.
    await tuned.root(next(2));
    await tuned.root(installs("--force-confnew"));
    expect(await tuned.root("heavyload verify || true")).toContain(`drift: ${CONF}: wanted the text we left`);
    succeeded(await tuned.apply("nginx"));
    expect(await tuned.root(`heavyload verify; head -n1 ${CONF}; ${SERVED}`)).toMatch(
      /^no drift: [^]*\n# packaged anew 2\nactive\n$/,
    );

    // What goes back is the package's new text, without ours.
    await tuned.down("nginx");
    expect(await tuned.root(`diff ${CONF} /run/next${CONF} && echo same`)).toBe("same\n");
    await tuned.root(
      `${ATTENDED}; cp /root/packaged.conf ${CONF}; rm -f ${CONF}.dpkg-*; systemctl reload nginx; ${SERVED}`,
    );
    const left = (await host.untouched()).filter((line) => !/^\/var\/lib\/dpkg|^\/etc\/apt/.test(line));
    expect(left).toEqual([]);
  },
  4 * MINUTES,
);
