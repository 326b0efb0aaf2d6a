# Work inside a guest, through its guest agent. A guest is named by its libvirt domain, name or UUID.
# shellcheck shell=bash

readonly AGENT_SECONDS=60        # of one call; the guest's CPU is emulated and may be slow
readonly BOOT_SECONDS=180
readonly PUT_BYTES=60000         # of a file per agent call: its base64 has to fit into one argument of virsh
readonly QUIET_SECONDS=2         # for a guest to come to rest, and to see how long it stalls when nothing happens
readonly STALL_DIRECTORY=/run/stall # in memory
readonly STALL_FILE=/var/stall.block # on the root disk

stops_watcher=''

agent() { virsh_ qemu-agent-command --timeout $AGENT_SECONDS "$1" "$2"; }

agent_answers() { agent "$1" '{"execute":"guest-ping"}' > /dev/null 2>&1; }

# Starts a shell command in the guest; prints its process id there.
guest_start() { # domain command
    agent "$1" "$(jq -nc --arg command "$2" '{execute: "guest-exec",
        arguments: {path: "/bin/sh", arg: ["-c", $command], "capture-output": true}}')" | jq .return.pid
}

guest_ended() { # domain pid; leaves the answer in $work/exec
    agent "$1" "{\"execute\":\"guest-exec-status\",\"arguments\":{\"pid\":$2}}" > "$work/exec"
    jq -e .return.exited "$work/exec" > /dev/null
}

# Runs a shell command in the guest to its end and prints what it said.
guest_run() { # domain command
    local pid
    pid=$(guest_start "$1" "$2")
    wait_until "\"$2\" in the guest" 120 0.1 guest_ended "$1" "$pid"
    jq -j '.return["out-data"] // "" | @base64d' "$work/exec"
    jq -e '.return.exitcode == 0' "$work/exec" > /dev/null ||
        die "\"$2\" failed in the guest: $(jq -r '.return["err-data"] // "" | @base64d' "$work/exec")"
}

guest_open() { # domain path mode
    agent "$1" "{\"execute\":\"guest-file-open\",\"arguments\":{\"path\":\"$2\",\"mode\":\"$3\"}}" | jq .return
}

guest_close() { agent "$1" "{\"execute\":\"guest-file-close\",\"arguments\":{\"handle\":$2}}" > /dev/null; }

guest_append() { # domain handle base64
    agent "$1" "{\"execute\":\"guest-file-write\",\"arguments\":{\"handle\":$2,\"buf-b64\":\"$3\"}}" > /dev/null
}

guest_put() { # domain file path-in-the-guest
    local handle offset=0 bytes
    bytes=$(stat -c %s "$2")
    handle=$(guest_open "$1" "$3" w)
    while [ $offset -lt "$bytes" ]; do
        guest_append "$1" "$handle" "$(tail -c +$((offset + 1)) "$2" | head -c $PUT_BYTES | base64 -w 0)"
        offset=$((offset + PUT_BYTES))
    done
    guest_close "$1" "$handle"
}

# ---- what a benchmark does to a guest ------------------------------------------------------------------------------

# New random data, on the disk when this returns.
guest_writes() { # domain MiB
    guest_run "$1" "dd if=/dev/urandom of=/var/new-data bs=1M count=$2 2>/dev/null && sync"
}

guest_hash() { guest_run "$1" 'sha256sum < /var/new-data' | cut -d ' ' -f 1; }

# ---- how long it stalls --------------------------------------------------------------------------------------------

build_stall() { gcc -static -O2 -Wall -Wextra -o "$work/stall" "$BENCH/lib/stall.c" && strip "$work/stall"; }

stall_watch_start() { # domain
    gzip -9c "$work/stall" > "$work/stall.gz"
    guest_run "$1" "mkdir -p $STALL_DIRECTORY"
    guest_put "$1" "$work/stall.gz" $STALL_DIRECTORY/stall.gz
    guest_run "$1" "cd $STALL_DIRECTORY && gunzip stall.gz && chmod 755 stall"
    guest_start "$1" "exec $STALL_DIRECTORY/stall $STALL_DIRECTORY $STALL_FILE" > /dev/null
    guest_run "$1" "until [ -f $STALL_DIRECTORY/report ]; do usleep 50000; done; sync"
}

# Begins the window of this letter, which ends the one before.
stall_window() { # domain letter
    local handle
    handle=$(guest_open "$1" $STALL_DIRECTORY/window w)
    guest_append "$1" "$handle" "$(printf %s "$2" | base64)"
    guest_close "$1" "$handle"
}

# The longest gaps of a window that has ended, in milliseconds.
stall_of() { # domain letter
    guest_run "$1" "cat $STALL_DIRECTORY/report" | grep "^$2 " | tail -n 1 | tr -s ' =' '  ' |
        jq -Rc 'split(" ") | {tick_ms: (.[4] | tonumber / 1000), write_ms: (.[8] | tonumber / 1000)}'
}

# The guest's clock does not see that its CPUs are stopped. QEMU says it.
stops_watch_start() { # domain
    "${VIRSH[@]}" qemu-monitor-event "$1" --event 'STOP|RESUME' --regex --timestamp --loop > "$work/stops" 2>&1 &
    stops_watcher=$!
    undo_later stops_watch_end
}

stops_watch_end() {
    [ -n "$stops_watcher" ] || return 0
    kill "$stops_watcher" 2> /dev/null || true
    wait "$stops_watcher" 2> /dev/null || true
    stops_watcher=''
}

# Milliseconds between each STOP and the RESUME after it, summed.
stopped_millis() {
    local line at stopped='' total=0
    while read -r line; do
        at=$(date -d "${line%%: event*}" +%s%3N)
        case $line in
            *" STOP "*) stopped=$at ;;
            *" RESUME "*) [ -z "$stopped" ] || total=$((total + at - stopped)); stopped='' ;;
        esac
    done < <(grep ': event' "$work/stops")
    echo $total
}
