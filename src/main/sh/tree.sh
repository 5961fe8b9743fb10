#!/bin/sh
# Completes the runnable tree that the Maven build leaves under target/overlayd: programs, launcher, unpacked natives, links.
# usage: tree.sh PROJECT TREE
set -eu
project=$1 tree=$2

mkdir -p "$tree/bin" "$tree/sbin" "$tree/libexec" "$tree/lib/native" "$tree/etc"
install -m 755 "$project/src/main/sh/overlayd" "$tree/sbin/overlayd"
install -m 755 "$project/src/main/sh/make-archive" "$tree/libexec/make-archive"
install -m 755 "$project/src/main/sh/generator" "$tree/libexec/generator"
install -m 755 "$project/target/c/overlay" "$tree/bin/overlay"
install -m 755 "$project/target/c/reaper" "$tree/libexec/reaper"
for verb in boot go stop list share; do
    ln -sfn overlay "$tree/bin/overlay-$verb"
done
# For values of a configuration, whose PATH begins there.
ln -sfn ../bin/overlay "$tree/libexec/overlay-diskfile"

# JNA and jffi load these by path instead of unpacking them at run time (no executable in /tmp; a few ms saved).
case $(uname -m) in
    x86_64) jna=linux-x86-64 jffi=x86_64-Linux ;;
    aarch64) jna=linux-aarch64 jffi=aarch64-Linux ;;
    *) echo "tree.sh: no natives known for $(uname -m)" >&2; exit 1 ;;
esac
jar=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}/bin/jar
unpack() { # JAR PATTERN: jar(1) of the JDK that Maven runs on; unzip need not be installed
    member=$("$jar" tf "$1" | grep -x "$2")
    ( cd "$tree/lib/native" && "$jar" xf "$1" "$member" && mv "$member" . && rm -r "${member%%/*}" )
}
unpack "$(ls "$tree"/lib/jna-[0-9]*.jar)" "com/sun/jna/$jna/libjnidispatch\.so"
unpack "$(ls "$tree"/lib/jffi-*-native.jar)" "jni/$jffi/libjffi-[0-9.]*\.so"

rm -rf "$tree/etc/conf.d" "$tree/share/man"
cp -r "$project/conf.d" "$tree/etc/"

# Man pages: one .adoc per page, NAME.SECTION.adoc. Debian's asciidoctor renders them; warnings in a page fail the build.
if command -v asciidoctor >/dev/null 2>&1; then
    for section in 5 7 8; do
        set -- "$project"/man/*."$section".adoc
        [ -e "$1" ] || continue
        asciidoctor --failure-level=WARN -b manpage -D "$tree/share/man/man$section" "$@"
    done
else
    echo "tree.sh: man pages are not rendered: apt install asciidoctor" >&2
fi

# Completions: one file for bash, found under each command's name; one for zsh; one for each command for fish.
completions=$tree/share/bash-completion/completions
zsh=$tree/share/zsh/vendor-completions
fish=$tree/share/fish/vendor_completions.d
mkdir -p "$completions" "$zsh" "$fish"
install -m 644 "$project/src/main/completion/overlay.bash" "$completions/overlay"
install -m 644 "$project/src/main/completion/overlay.zsh" "$zsh/_overlay"
install -m 644 "$project/src/main/completion/overlay.fish" "$fish/overlay.fish"
for command in "$tree"/bin/overlay-*; do
    command=${command##*/}
    ln -sfn overlay "$completions/$command"
    ln -sfn overlay.fish "$fish/$command.fish"
done
