#!/bin/sh
# Runs what a machine is made of, COMMAND, in the machine's folder, the working one: as long as its tether holds. The
# tether is standard input. A line `keep` lets the machine live on; the end without that line, whoever held it having
# gone, ends the machine, and removes its folder where it has never been kept. A SIGKILL to this script's process group is
# a power cut.
#
# Usage: tether.sh TAG COMMAND [ARGUMENT...]
#        tether.sh --sweep TAG     removes what bears the name TAG: network namespace for load, control groups
set -u

main() {
    tag=$1
    shift
    # In a session of its own: it has to be there when all others are gone.
    exec 3<&0 </dev/null # what is started in the background has no standard input otherwise
    setsid sh "$0" --hold "$$" "$tag" <&3 &
    exec 3<&-
    setpriv --pdeathsig KILL "$@" &
    wait "$!"
}

hold() {
    machine=$1 tag=$2
    read -r word && [ "$word" = keep ] && : >kept && return
    # Ids are used again; where the machine has ended already its folder is somebody's.
    [ "$(readlink "/proc/$machine/cwd")" = "$PWD" ] || return
    kill -s KILL -- "-$machine"
    [ -e kept ] || remove
    sweep "$tag"
}

# Under another name, so that one that is made anew meanwhile stays. What the machine has started ends a moment after
# it, and may still write.
remove() {
    gone=$PWD.gone.$$
    mv "$PWD" "$gone"
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        rm -rf "$gone" 2>/dev/null
        sleep 0.2
        [ -e "$gone" ] || break
    done
}

sweep() {
    ip netns delete "$1"
    # A control group is busy until its last process is buried. The files in it are the kernel's, and go with it.
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        find /sys/fs/cgroup -maxdepth 2 -name "$1" -type d -exec find {} -depth -type d -delete \;
        [ -n "$(find /sys/fs/cgroup -maxdepth 2 -name "$1")" ] || break
        sleep 0.1
    done
} 2>/dev/null

case $1 in
--hold) hold "$2" "$3" ;;
--sweep) sweep "$2" ;;
*) main "$@" ;;
esac
