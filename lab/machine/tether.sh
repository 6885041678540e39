#!/bin/sh
# Runs what a machine is made of, COMMAND, in the machine's folder, the working one: as long as its tether holds. The
# tether is standard input. A line `keep` lets the machine live on; the end without that line, whoever held it having
# gone, ends it and removes the folder. A SIGKILL to this script ends all that it has started: a power cut.
#
# Usage: tether.sh TAG COMMAND [ARGUMENT...]
#        tether.sh --sweep TAG     removes what bears the name TAG: network namespace for load, control groups
set -u

ORPHANED=orphaned

main() {
    tag=$1
    shift
    exec 3<&0 </dev/null
    setpriv --pdeathsig KILL "$@" 3<&- &
    machine=$!
    setpriv --pdeathsig KILL sh "$0" --holds "$machine" <&3 &
    exec 3<&-
    wait "$machine"
    if [ -e "$ORPHANED" ]; then remove; fi
}

holds() {
    read -r word && [ "$word" = keep ] && return
    : >"$ORPHANED"
    kill -KILL "$1"
}

# What the command has started ends a moment after it, and may still write.
remove() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        rm -rf "$PWD" 2>/dev/null
        sleep 0.2
        [ -e "$PWD" ] || break
    done
    sweep "$tag"
}

sweep() {
    ip netns delete "$1"
    # A control group is busy until its last process is buried. The files in it are the kernel's, and go with it.
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        find /sys/fs/cgroup -maxdepth 2 -name "$1" -type d -exec find {} -depth -type d -delete \;
        [ -n "$(find /sys/fs/cgroup -maxdepth 2 -name "$1")" ] || break
        sleep 0.05
    done
} 2>/dev/null

case $1 in
--holds) holds "$2" ;;
--sweep) sweep "$2" ;;
*) main "$@" ;;
esac
