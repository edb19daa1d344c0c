#!/bin/sh
# sealed.sh FOLDER COMMAND...: runs a server that can write into FOLDER (seen as /run/lab) and nowhere else.
# Started inside a mount namespace of its own (unshare -m).
set -eu
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir /run/lab
mount --bind "$1" /run/lab
mkdir -p /run/lab/tmp
mount --bind /run/lab/tmp /tmp
mount -o remount,bind,ro /
shift
cd /run/lab
exec "$@"
