#!/bin/sh
# Turns the archive of a root file system into a disk that boots: disk.img, kernel and initrd in one folder.
# Run by root or under fakeroot, so that owners come out right. Usage: disk.sh ROOT.TAR FOLDER SIZE
set -eu

main() {
    archive=$1 folder=$2 size=$3
    root=$folder/root
    mkdir "$root"
    tar -xf "$archive" -C "$root" --numeric-owner
    cp "$root"/boot/vmlinuz-* "$folder/kernel"
    cp "$root"/boot/initrd.img-* "$folder/initrd"
    # Nothing is left for the kernel to initialise in the background of the first boot.
    mke2fs -q -F -t ext4 -L root -E lazy_itable_init=0,lazy_journal_init=0 -d "$root" "$folder/disk.img" "$size"
    rm -rf "$root"
}

main "$@"
