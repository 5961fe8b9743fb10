#!/bin/sh
# build.sh OUTDIR: the two C programs, OUTDIR/reaper and OUTDIR/overlay, static with musl.
# CHECK=1 also runs gcc's static analyser over every file. CC= and CFLAGS= are for the curious.
set -eu
out=${1:?usage: build.sh OUTDIR}
cd "$(dirname "$0")"
CC=${CC:-musl-gcc}
if ! command -v "$CC" >/dev/null 2>&1; then
    echo "build.sh: $CC is missing; the two C programs are built with musl (Debian: apt-get install musl-tools)" >&2
    exit 1
fi
case $out in /*) ;; *) out=$OLDPWD/$out ;; esac
mkdir -p "$out"
flags="-O2 -std=gnu11 -static -s -Wall -Wextra -Werror -ffunction-sections -fdata-sections ${CFLAGS:-}"
link="-Wl,--gc-sections -Wl,-z,noseparate-code -Wl,--build-id=none"
build() { # NAME SOURCE...; renamed into place, so that a running program is never written into
    name=$1; shift
    if [ "${CHECK:-}" = 1 ]; then
        for file; do $CC $flags -fanalyzer -c -o /dev/null "$file"; done
    fi
    $CC $flags "$@" $link -o "$out/.$name.$$"
    mv "$out/.$name.$$" "$out/$name"
}
build reaper wire.c confine.c check.c userns.c relay.c monitor.c init.c reap.c enter.c share.c netns.c service.c await.c
build overlay wire.c overlay.c
