# Bash completion of overlayd's commands: options from --help, names of subhosts from the daemon, files from the disk.
# A daemon that does not answer within 0.2 s is not waited for, and none is started.

_overlay_names() {
    [ -S "${OVERLAYD_RUNTIME_DIR:-/run/overlayd}/overlayd.sock" ] || return 0
    timeout 0.2 overlay-list 2>/dev/null </dev/null | awk '{ print $1 }'
}

_overlay_options() {
    timeout 0.2 "$@" --help 2>/dev/null </dev/null | grep -o -E -- '(^|[ ,])--?[a-z][a-z-]*' | tr -d ' ,'
}

_overlay_verbs() {
    timeout 0.2 overlay --help 2>/dev/null </dev/null | sed -n 's/^  \([a-z]\{2,\}\)   *[A-Z].*/\1/p'
}

_overlay_of() { # VERB
    local word=${COMP_WORDS[COMP_CWORD]}
    case $word in
        -*) COMPREPLY=($(compgen -W "$(_overlay_options overlay "$1")" -- "$word")) ;;
        */*) compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")) ;;
        *)
            COMPREPLY=($(compgen -W "$(_overlay_names)" -- "$word"))
            case $1 in
                boot | check) compopt -o filenames; COMPREPLY+=($(compgen -f -X '!*.conf' -- "$word") $(compgen -d -- "$word")) ;;
            esac
            ;;
    esac
}

_overlay() {
    local command=${COMP_WORDS[0]##*/}
    case $command in
        overlay-*) _overlay_of "${command#overlay-}" ;;
        *)
            if [ "$COMP_CWORD" = 1 ]; then
                COMPREPLY=($(compgen -W "$(_overlay_verbs)" -- "${COMP_WORDS[1]}"))
            else
                _overlay_of "${COMP_WORDS[1]}"
            fi
            ;;
    esac
}

complete -F _overlay overlay overlay-boot overlay-go overlay-stop overlay-list overlay-share
