#compdef overlay overlay-boot overlay-go overlay-stop overlay-list overlay-share
# Zsh completion of overlayd's commands: options from --help, names of subhosts from the daemon, files from the disk.
# A daemon that does not answer within 0.2 s is not waited for, and none is started.

_overlay_listens() { [[ -S ${OVERLAYD_RUNTIME_DIR:-/run/overlayd}/overlayd.sock ]] }

_overlay_help() { _overlay_listens && timeout 0.2 overlay "$@" --help 2>/dev/null </dev/null }

_overlay_names() {
    local -a names
    _overlay_listens || return 1
    names=(${(f)"$(timeout 0.2 overlay-list 2>/dev/null </dev/null | awk '{ print $1 }')"})
    (( $#names )) && compadd -X 'subhost' -a names
}

# "  -n, --lines=LINES   only the last" is --lines:only the last
_overlay_options() { # VERB
    local -a options
    options=(${(f)"$(_overlay_help $1 | sed -n 's/^  \(-[a-zA-Z], \|    \)\(--[a-z-]*\)[^ ]*  *\(.*\)/\2:\3/p')"})
    (( $#options )) && _describe -o option options
}

_overlay_verbs() {
    local -a verbs
    verbs=(${(f)"$(_overlay_help | sed -n 's/^  \([a-z][a-z]*\)  *\([A-Z].*\)/\1:\2/p')"})
    (( $#verbs )) && _describe verb verbs
}

# What else than a name stands at that place; nothing: a name does.
_overlay_words() { # VERB OPERANDS-BEFORE...
    local -a found
    case $1:$(($# - 1)) in
        rollback:1|checkpoint:1) found=(${(f)"$(timeout 0.2 overlay checkpoint --list $2 2>/dev/null </dev/null | sed -n 's/^[* ] \([^ ]*\)  .*/\1/p')"}) ;;
        wait:0) found=(stopped starting running degraded paused stopping failed) ;;
        set:0) ;;
        set:*) compadd -S '' MEMORY= CPUS= PIDS= IO=; return 0 ;;
        try:0) found=(list diff apply drop undo) ;;
        try:1) [[ $2 == (diff|apply|drop|undo) ]] && found=(${(f)"$(timeout 0.2 overlay try list 2>/dev/null </dev/null | sed 's/ .*//')"}) ;;
    esac
    (( $#found )) && compadd -a found
}

_overlay_of() { # VERB
    local -a before
    if compset -P '--svg='; then _files; return; fi
    if [[ $PREFIX == -* ]]; then
        _overlay_options $1
        return
    fi
    before=(${words[2,CURRENT-1]:#-*})
    [[ ${words[1]:t} == overlay-* ]] || shift before
    if [[ ${words[CURRENT-1]} == --svg ]]; then _files; return; fi
    _overlay_words $1 $before && return
    case $1 in
        boot|check) _alternative 'names:subhost:_overlay_names' 'files:configuration file:_files -g "*.conf(-.)"' ;;
        share|diskfile|cp) _alternative 'names:subhost:_overlay_names' 'files:file:_files' ;;
        list|help) _message 'no more arguments' ;;
        *) if [[ $PREFIX == */* ]]; then _files; else _overlay_names; fi ;;
    esac
}

_overlay() {
    local command=${words[1]:t}
    if [[ $command == overlay-* ]]; then
        _overlay_of ${command#overlay-}
    elif (( CURRENT == 2 )); then
        if [[ $PREFIX == -* ]]; then _overlay_options ''; else _overlay_verbs; fi
    else
        _overlay_of $words[2]
    fi
}

_overlay "$@"
