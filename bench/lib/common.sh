# What every part of a benchmark needs: messages, time, waiting, and a list of things to undo.
# shellcheck shell=bash

readonly VIRSH=(virsh -q -c "${STASIS_LIBVIRT_URI:-qemu:///system}")

say() { echo "bench: $*" >&2; }
die() { say "$*"; exit 1; }
virsh_() { "${VIRSH[@]}" "$@"; }
virsh_do() { "${VIRSH[@]}" "$@" > /dev/null; }

# ---- time, in microseconds -----------------------------------------------------------------------------------------

# No process is started for it: this stands between the things that are measured.
now() { micros=${EPOCHREALTIME/[.,]/}; }

# Runs a command and notes what it took in `phases`, as NAME=MICROSECONDS.
phase() { # name command...
    local name=$1 begin
    now; begin=$micros
    shift
    "$@"
    now; phases+=("$name=$((micros - begin))")
}

# Repeats a command until it succeeds.
wait_until() { # what deadline-seconds pause-seconds command...
    local what=$1 deadline=$((SECONDS + $2)) pause=$3 begin=$SECONDS
    shift 3
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || die "gave up waiting for $what after $((SECONDS - begin)) s"
        sleep "$pause"
    done
}

# ---- bytes ---------------------------------------------------------------------------------------------------------

# What files really occupy; holes do not count.
occupied() { du -s --block-size=1 -c "$@" | awk 'END { print $1 }'; }

# What processes have written to files so far; what they write again before it reaches the disk counts once.
written_by() { # process ids...
    local id files=()
    for id in "$@"; do files+=("/proc/$id/io"); done
    awk '/^write_bytes/ { sum += $2 } END { printf "%d\n", sum }' "${files[@]}"
}

qemu_of() { echo "$(< "/run/libvirt/qemu/$1.pid")"; } # name of the domain

# Both sides find what they read in the page cache, and nothing is left there to be written back.
warm_and_settle() { # files...
    cat "$@" > /dev/null
    sync
}

# ---- cleaning up ---------------------------------------------------------------------------------------------------

# Everything made outside the working directory is written down before it is made, one undo command per line, and
# undone in reverse order at the end, whatever the end is.
undo_later() { printf '%q ' "$@" >> "$work/undo"; echo >> "$work/undo"; }

# Each in a shell of its own: one that fails must not keep the others from being tried.
undo_all() {
    local line failed=0
    [ -f "$work/undo" ] || return 0
    while read -r line <&3; do
        (eval "$line") || { say "could not undo: $line"; failed=1; }
    done 3< <(tac "$work/undo")
    rm -f "$work/undo"
    return $failed
}
