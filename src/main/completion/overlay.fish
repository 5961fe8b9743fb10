# Fish completion of overlayd's commands: options from --help, names of subhosts from the daemon, files from the disk.
# A daemon that does not answer within 0.2 s is not waited for, and none is started.

function __overlay_listens
    set -l directory /run/overlayd
    set -q OVERLAYD_RUNTIME_DIR; and set directory $OVERLAYD_RUNTIME_DIR
    test -S $directory/overlayd.sock
end

function __overlay_names
    __overlay_listens; and timeout 0.2 overlay-list 2>/dev/null </dev/null | string replace -r '^(\S+)\s+(\S+).*' '$1\t$2'
end

# What the word under the cursor belongs to: the verb of overlay-VERB, or of overlay VERB.
function __overlay_verb
    set -l words (commandline -opc)
    set -l command (string replace -r '.*/' '' -- $words[1])
    if string match -q 'overlay-*' -- $command
        string replace overlay- '' -- $command
    else if test (count $words) -gt 1
        echo $words[2]
    end
end

function __overlay_options
    __overlay_listens; or return
    timeout 0.2 overlay (__overlay_verb) --help 2>/dev/null </dev/null |
        string replace -r -f '^  (?:-[a-zA-Z], |    )(--[a-z-]+)\S*\s+(.*)' '$1\t$2'
end

function __overlay_verbs
    __overlay_listens; and timeout 0.2 overlay --help 2>/dev/null </dev/null | string replace -r -f '^  ([a-z]+)\s+([A-Z].*)' '$1\t$2'
end

# What else than a name stands at that place; nothing: a name does.
function __overlay_words
    set -l words (commandline -opc)
    set -l operands
    for word in $words[2..]
        string match -q -- '-*' $word; or set -a operands $word
    end
    string match -q 'overlay-*' -- (string replace -r '.*/' '' -- $words[1]); or set -e operands[1]
    switch (__overlay_verb):(count $operands)
        case 'rollback:1' 'checkpoint:1'
            __overlay_listens; and timeout 0.2 overlay checkpoint --list $operands[1] 2>/dev/null </dev/null | string replace -r -f '^[* ] (\S+)  (.*)' '$1\t$2'
        case 'wait:0'
            printf '%s\n' stopped starting running degraded paused stopping failed
        case 'set:0'
        case 'set:*'
            printf '%s\n' MEMORY= CPUS= PIDS= IO=
        case 'try:0'
            printf '%s\n' list diff apply drop undo
        case 'try:1'
            contains -- $operands[1] diff apply drop undo; and __overlay_listens
            and timeout 0.2 overlay try list 2>/dev/null </dev/null | string replace -r '^(\S+)\s+(.*)' '$1\t$2'
    end
end

function __overlay_names_or_words
    set -l words (__overlay_words)
    if test (count $words) -gt 0
        printf '%s\n' $words
    else
        __overlay_names
    end
end

function __overlay_takes_file
    contains -- (__overlay_verb) boot check share diskfile cp; or string match -q '*/*' -- (commandline -ct); or string match -q -- '--svg' (commandline -opc)[-1]
end

for command in overlay overlay-boot overlay-go overlay-stop overlay-list overlay-share
    complete -c $command -f
    complete -c $command -n 'test -n "$(__overlay_verb)"; and not string match -q -- "-*" (commandline -ct)' -a '(__overlay_names_or_words)'
    complete -c $command -n 'string match -q -- "-*" (commandline -ct)' -a '(__overlay_options)'
    complete -c $command -n '__overlay_takes_file' -F
end
complete -c overlay -n 'test -z "$(__overlay_verb)"; and not string match -q -- "-*" (commandline -ct)' -a '(__overlay_verbs)'
