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

_overlay_labels() { # NAME
    timeout 0.2 overlay checkpoint --list "$1" 2>/dev/null </dev/null | sed -n 's/^[* ] \([^ ]*\)  .*/\1/p'
}

_overlay_trials() {
    timeout 0.2 overlay try list 2>/dev/null </dev/null | sed 's/ .*//'
}

# What else than a name stands at that place; nothing: a name does.
_overlay_words() { # VERB WORD-BEFORE COUNT-OF-OPERANDS-BEFORE FIRST-OPERAND
    case $1:$2:$3 in
        rollback:*:1 | checkpoint:*:1 | diff:-s:* | diff:--since:*) _overlay_labels "$4" ;;
        wait:*:0) echo stopped starting running degraded paused stopping failed ;;
        set:*:0) ;;
        set:*) echo MEMORY= CPUS= PIDS= IO= ;;
        try:*:0) echo list diff apply drop undo ;;
        try:diff:1 | try:apply:1 | try:drop:1 | try:undo:1) _overlay_trials ;;
    esac
}

_overlay_of() { # VERB
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} operands=0 first='' i words
    # Bash makes three words of --svg=FILE.
    [ "$before" != = ] || before=${COMP_WORDS[COMP_CWORD - 2]}
    [ "$word" != = ] || word=''
    for ((i = COMP_CWORD - 1; i > 0; i--)); do
        case ${COMP_WORDS[i - 1]}:${COMP_WORDS[i]} in
            --svg:= | =:* | --svg:* | *:-*) ;;
            *) if [ "$i" -gt 1 ] || [ "${COMP_WORDS[0]##*/}" != overlay ]; then operands=$((operands + 1)) first=${COMP_WORDS[i]}; fi ;;
        esac
    done
    words=$(_overlay_words "$1" "$before" "$operands" "$first")
    if [ -n "$words" ] && [ "${word#-}" = "$word" ]; then
        [ "$1" != set ] || compopt -o nospace
        COMPREPLY=($(compgen -W "$words" -- "$word"))
        return
    fi
    case $before in
        --svg) compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    esac
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
