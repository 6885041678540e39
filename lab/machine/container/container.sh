#!/bin/sh
# One machine of the kind `container`, from its boot to its end: systemd-nspawn on an overlay over Debian's root, booted
# again when it reboots. Run as root, by tether.sh, in the machine's folder. Mount, network and processes live in
# namespaces of each boot and go with it, whatever ends it.
#
# Usage: container.sh NAME TAG DEVICE GATEWAY ADDRESS LOAD_ADDRESS [OPTION...]
#   NAME           of the machine
#   TAG            name of its control group, and of this end of the card that load comes in by
#   DEVICE         this end of its network card, with the address GATEWAY; the other end, host0, has ADDRESS
#   LOAD_ADDRESS   of the other end of the card for load, load0
#   OPTION         of systemd-nspawn, besides those below
# Addresses carry the length of their prefix: 198.18.128.2/30.
set -u

REBOOT=133 # systemd-nspawn's exit status when the machine wants to boot again

die() {
    echo "container.sh: $*"
    exit 1
}

main() {
    name=$1 tag=$2 device=$3 gateway=$4 address=$5 load_address=$6
    shift 6
    enter_cgroup
    while :; do
        boot "$@"
        [ "$?" = "$REBOOT" ] || break
    done
}

# systemd-nspawn sorts its processes below the control group that it is started in: two machines must not share one.
enter_cgroup() {
    # Of version 2 there is one hierarchy, and what lies in it are groups.
    hierarchies="/sys/fs/cgroup/*"
    [ ! -e /sys/fs/cgroup/cgroup.procs ] || hierarchies=/sys/fs/cgroup
    for hierarchy in $hierarchies; do
        [ -w "$hierarchy/cgroup.procs" ] || continue
        # A hierarchy that wants CPUs named first (cpuset of version 1) does without.
        mkdir -p "$hierarchy/$tag" && echo "$$" >"$hierarchy/$tag/cgroup.procs"
    done 2>/dev/null
}

# Each boot has a network of its own, so that the keys of sysctl begin with what the kernel gives.
boot() {
    setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child --mount-proc \
        sh "$0" --inside "$name" "$@" &
    inside=$!
    slirp=
    if first=$(first_process "$inside"); then network "$first"; fi
    wait "$inside"
    code=$?
    [ -z "$slirp" ] || kill "$slirp"
    return "$code"
}

# The first process of the machine, once it is in its own network: the grandchild of the process given.
first_process() {
    here=$(readlink /proc/self/ns/net)
    while readlink "/proc/$1/ns/net" >/dev/null; do # which one that has ended has no more
        for nspawn in $(children "$1"); do
            for found in $(children "$nspawn"); do
                there=$(readlink "/proc/$found/ns/net") && [ "$there" != "$here" ] && echo "$found" && return
            done
        done
        sleep 0.01
    done
    return 1
}

children() {
    cat "/proc/$1/task/$1/children" 2>/dev/null
}

network() {
    # Those of the boot before go with the last socket of its network, which may wait minutes for a peer that is gone.
    for old in "$tag" "$device"; do ip link del "$old" 2>/dev/null || true; done
    ip link add "$tag" type veth peer name load0 netns "$1" || die "no network card $tag"
    ip link add "$device" type veth peer name host0 netns "$1" || die "no network card $device"
    ip address add "$gateway" dev "$device" || die "no address $gateway"
    ip link set "$device" up
    for card in "load0 $load_address" "host0 $address"; do
        nsenter --target "$1" --net ip address add "${card#* }" dev "${card% *}"
        nsenter --target "$1" --net ip link set "${card% *}" up
    done
    # What the machine asks of the world goes out as this computer's own programs do.
    setpriv --pdeathsig KILL slirp4netns --configure --disable-host-loopback "$1" tap0 >slirp.log 2>&1 &
    slirp=$!
}

inside() {
    name=$1
    shift
    # What nspawn notes of its machines goes with this one, and two of the same name do not meet.
    mkdir -p /run/systemd/nspawn
    mount -t tmpfs tmpfs /run/systemd/nspawn
    mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work overlay root || die "no overlay over $PWD/lower"
    # A machine with systemd from 258 on boots on control groups of version 2 alone; all others can.
    SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 exec systemd-nspawn --boot --quiet --directory=root --machine="$name" \
        --hostname=lab --register=no --keep-unit --link-journal=no --private-network --console=read-only --settings=no \
        --resolv-conf=off --timezone=off "$@" >console.log
}

case $1 in
--inside) shift && inside "$@" ;;
*) main "$@" ;;
esac
