#!/bin/sh
# Runs once inside the new system's root, after the packages and the overlay are in place: makes the users and
# installs the site as a person would by hand. Usage: customize.sh
set -eu

users() {
    useradd --create-home --shell /bin/bash admin
    useradd --system --no-create-home --home-dir /srv/site --shell /usr/sbin/nologin site
    chown -R admin:admin /home/admin
    chmod 0700 /home/admin/.ssh
    chmod 0600 /home/admin/.ssh/authorized_keys
    chmod 0440 /etc/sudoers.d/admin
    # Its user manager stays: starting one at each login costs an emulated machine most of a second.
    mkdir -p /var/lib/systemd/linger
    : >/var/lib/systemd/linger/admin
}

# The host key is known before the first boot, so nobody has to trust one at first sight.
host_keys() {
    rm -f /etc/ssh/ssh_host_rsa_key* /etc/ssh/ssh_host_ecdsa_key*
    chmod 0600 /etc/ssh/ssh_host_ed25519_key
}

site() {
    python3 -m compileall -q /srv/site
    rm /etc/nginx/sites-enabled/default
    rm -f /etc/nginx/modules-enabled/* # a module is loaded where somebody asks for it
    ln -s /etc/nginx/sites-available/site /etc/nginx/sites-enabled/site
    systemctl enable --quiet gunicorn.service nginx.service ssh.service networking.service
}

# What a machine of a few hours does not need, and an emulated one pays for at each boot.
lean_boot() {
    systemctl mask --quiet \
        apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
        e2scrub_reap.service fstrim.timer getty@tty1.service serial-getty@ttyS0.service \
        ifupdown-pre.service ifupdown-wait-online.service
}

main() {
    users
    host_keys
    site
    lean_boot
    # A container has no kernel to boot.
    if command -v update-initramfs >/dev/null; then update-initramfs -u -k all; fi
    : >/etc/machine-id # empty: each machine gets its own at its first boot
    rm -f /var/lib/dbus/machine-id
}

main "$@"
