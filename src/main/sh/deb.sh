#!/bin/sh
# Makes the Debian package of the tree that the Maven build has left. usage: deb.sh PROJECT TREE VERSION
# Needs no root: owners are set by dpkg-deb. Where that is missing there is no package, which is said.
set -eu
project=$1 tree=$2 version=$3
command -v dpkg-deb >/dev/null || { echo "deb.sh: no package without dpkg-deb"; exit 0; }
architecture=$(dpkg --print-architecture)
root=$project/target/deb
package=$project/target/overlayd_${version}_$architecture.deb
from=$project/src/main/deb
umask 022
rm -rf "$root"

directory() { mkdir -p "$root/$1"; }

# file MODE SOURCE... DIRECTORY
file() {
    mode=$1
    shift
    for to; do :; done
    mkdir -p "$root/$to"
    while [ $# -gt 1 ]; do install -m "$mode" "$1" "$root/$to/"; shift; done
}

compressed() { mkdir -p "$root/$2"; gzip -9nc "$1" >"$root/$2/$(basename "${3:-$1}").gz"; }

programs() {
    file 755 "$tree/sbin/overlayd" usr/sbin
    file 755 "$tree/bin/overlay" usr/bin
    for link in "$tree"/bin/*; do
        [ -L "$link" ] || continue
        ln -s overlay "$root/usr/bin/${link##*/}"
        # Where overlay-boot's package has them.
        ln -s ../bin/overlay "$root/usr/sbin/${link##*/}"
    done
    for helper in "$tree"/libexec/*; do
        if [ -L "$helper" ]; then
            directory usr/libexec/overlayd
            ln -s "../../bin/$(basename "$(readlink "$helper")")" "$root/usr/libexec/overlayd/"
        else
            file 755 "$helper" usr/libexec/overlayd
        fi
    done
    file 644 "$tree"/lib/*.jar usr/share/overlayd/lib
    file 644 "$tree"/lib/native/*.so usr/lib/overlayd
    strip --strip-unneeded "$root"/usr/lib/overlayd/*.so
    ln -s ../../../lib/overlayd "$root/usr/share/overlayd/lib/native"
    ln -s ../../libexec/overlayd "$root/usr/share/overlayd/libexec"
    # Made by postinst for the Java that is installed.
    directory var/cache/overlayd
    ln -s /var/cache/overlayd "$root/usr/share/overlayd/lib/archive"
    directory var/lib
    ln -s /usr/libexec/overlayd "$root/var/lib/overlay-boot"
}

configuration() {
    file 644 "$project/conf.d/overlayd.conf" etc/overlayd
    directory etc/overlayd/conf.d
    file 644 "$from/subhosts.conf" etc
    file 755 "$project"/sysvinit/* etc/init.d
    install -D -m 644 "$from/logrotate" "$root/etc/logrotate.d/overlayd"
    install -D -m 644 "$from/apt" "$root/etc/apt/apt.conf.d/90overlayd"
    file 644 "$project"/systemd/* usr/lib/systemd/system
    directory usr/lib/systemd/system-generators
    ln -s ../../../libexec/overlayd/generator "$root/usr/lib/systemd/system-generators/overlayd"
    ln -s subhost@.service "$root/usr/lib/systemd/system/subhosts@.service"
    directory var/log/overlayd
    directory var/lib/overlayd
}

documentation() {
    for page in "$tree"/share/man/man*/*; do
        [ ! -f "$page" ] || compressed "$page" "usr/share/man/$(basename "$(dirname "$page")")"
    done
    for directory in bash-completion/completions zsh/vendor-completions fish/vendor_completions.d; do
        directory "usr/share/$directory"
        cp -P "$tree/share/$directory"/* "$root/usr/share/$directory/"
    done
    file 644 "$from/copyright" usr/share/doc/overlayd
    install -D -m 644 "$from/lintian-overrides" "$root/usr/share/lintian/overrides/overlayd"
    [ ! -e "$project/README.adoc" ] || file 644 "$project/README.adoc" usr/share/doc/overlayd
    sed "s/@VERSION@/$version/" "$from/changelog" >"$project/target/changelog"
    compressed "$project/target/changelog" usr/share/doc/overlayd
    compressed "$project/CHANGELOG.adoc" usr/share/doc/overlayd
    for example in "$project"/conf.d/*.conf; do
        case $example in */overlayd.conf) ;; *) file 644 "$example" usr/share/doc/overlayd/examples ;; esac
    done
}

control() {
    directory DEBIAN
    size=$(du -sk --apparent-size --exclude=DEBIAN "$root" | cut -f 1)
    sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@SIZE@/$size/" "$from/control" >"$root/DEBIAN/control"
    for script in postinst prerm postrm; do install -m 755 "$from/$script" "$root/DEBIAN/"; done
    sed -e "/^@SUBHOSTS_CONF@\$/{r $from/subhosts.conf" -e 'd;}' "$from/preinst" >"$root/DEBIAN/preinst"
    chmod 755 "$root/DEBIAN/preinst"
    (cd "$root" && find etc -type f | sort | sed 's,^,/,') >"$root/DEBIAN/conffiles"
    (cd "$root" && find . -path ./DEBIAN -prune -o -type f -print | sed 's,^\./,,' | grep -v '^etc/' | sort | xargs -d '\n' md5sum) \
        >"$root/DEBIAN/md5sums"
}

programs
configuration
documentation
control
find "$root" -type d -exec chmod 755 {} +
rm -f "$project"/target/overlayd_*.deb
# Same input, same bytes: times are the release's.
SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -l "$project/target/changelog" -S Timestamp 2>/dev/null || date -d 2026-11-20T00:00:00Z +%s)
export SOURCE_DATE_EPOCH
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zgzip -z3 --build "$root" "$package" >/dev/null
rm -rf "$root"
