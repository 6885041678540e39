#!/bin/sh
# Makes a new machine ready to be tuned: waits until its first boot is done, then installs nginx and gunicorn where the
# image has none. Run as root from standard input: `sh -s -- apt|dnf PACKAGED_SITE PROGRAM=PACKAGE...`;
# PACKAGED_SITE is the file of the site that nginx's package brings along, or `-`. A program that is there keeps its version. What the package manager says goes to LOG.
set -eu
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
# sudo's own may lack /usr/local/bin, where pip installs.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

LOG=/var/log/heavyload-first-boot.log
# While it is there nginx is ours to start: a run that was cut off is finished by the next one.
MARK=/var/lib/heavyload-first-boot
# Unit: seconds.
BOOT_LIMIT=900
LOCK_LIMIT=300
PAUSE=10

say() { echo "heavyload: $*" >&2; }

die() {
    say "$*"
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# cloud-init may still be installing what the user data asks for, and holds the package manager's lock meanwhile.
wait_for_cloud_init() {
    has cloud-init || return 0
    say "waiting for the first boot to be done"
    status=0
    timeout "$BOOT_LIMIT" cloud-init status --wait >>"$LOG" 2>&1 || status=$?
    case $status in
    0) ;;
    2) say "cloud-init had something to complain about: see \`cloud-init status --long\` on the host" ;;
    124) die "the first boot is not done after $BOOT_LIMIT seconds: see /var/log/cloud-init-output.log on the host" ;;
    *) die "cloud-init failed: see /var/log/cloud-init-output.log on the host" ;;
    esac
}

logged() {
    if ! "$@" >>"$LOG" 2>&1; then
        tail -n 20 "$LOG" >&2
        die "\`$*\` failed: the lines above are the end of $LOG on the host"
    fi
}

# apt's own time limit is for dpkg's lock alone, not for that of the lists, which a timer may hold.
update_lists() {
    waited=0
    until apt-get update >>"$LOG" 2>&1; do
        [ "$waited" -lt "$LOCK_LIMIT" ] || logged apt-get update
        say "apt-get update: trying again"
        sleep "$PAUSE"
        waited=$((waited + PAUSE))
    done
}

install_packages() {
    case $manager in
    apt)
        update_lists
        logged apt-get -o "DPkg::Lock::Timeout=$LOCK_LIMIT" install --yes --no-install-recommends "$@"
        ;;
    dnf) logged dnf install --assumeyes "$@" ;;
    *) die "there is no way to install by $manager" ;;
    esac
}

# The welcome page answers in place of a site: it goes, as whoever installs nginx by hand takes it away.
start_nginx() {
    [ "$site" = - ] || rm -f "$site"
    logged systemctl enable nginx.service
    logged systemctl restart nginx.service
    rm -f "$MARK"
}

main() {
    [ $# -ge 3 ] || die "usage: apt|dnf PACKAGED_SITE PROGRAM=PACKAGE..."
    manager=$1 site=$2
    shift 2
    wait_for_cloud_init
    if has nginx && has gunicorn && [ ! -e "$MARK" ]; then
        say "nginx and gunicorn are there already"
        return 0
    fi
    has nginx || : >"$MARK"
    for pair in "$@"; do
        has "${pair%%=*}" || set -- "$@" "${pair#*=}"
        shift
    done
    if [ $# -gt 0 ]; then
        say "installing $*"
        install_packages "$@"
    fi
    [ ! -e "$MARK" ] || start_nginx
    has gunicorn || install_gunicorn_by_pip
    say "installed"
}

# Where no package brings it. The application's service looks for it where a package would put it.
install_gunicorn_by_pip() {
    has pip3 || die "no package brought gunicorn, and there is no pip3"
    logged pip3 install gunicorn
    [ -e /usr/bin/gunicorn ] || ln -s "$(command -v gunicorn)" /usr/bin/gunicorn
}

main "$@"
