# Samples become medians, medians a table for people and a list for programs.
# shellcheck shell=bash

# Appends one sample. Its phases, bytes, note and the time until its hashes were known stand in variables.
record_sample() { # side capture microseconds stall-when-quiet stall-in-capture
    printf '%s\n' "${phases[@]}" | jq -Rnc \
        --arg side "$1" --arg capture "$2" --argjson took "$3" --argjson quiet "$4" --argjson stall "$5" \
        --argjson hashed "$hashed" --argjson bytes "$bytes" --arg note "$note" --argjson stopped "$(stopped_millis)" '
        {$side, $capture, $note, seconds: ($took / 1e6), hashed: ($hashed / 1e6), $bytes, $quiet,
         stall: ($stall + {cpus_stopped_ms: $stopped}),
         phases: [inputs | capture("^(?<name>.*)=(?<value>-?[0-9.]+)$") | {name, seconds: (.value | tonumber / 1e6)}]}
        ' >> "$work/samples"
}

report() {
    jq -s -f "$BENCH/lib/report.jq" "$work/samples" > "$work/results"
    print_report
    [ -z "$json" ] || cp "$work/results" "$json"
}

print_report() {
    local capture
    echo
    echo "createImage of a running guest, $IN_USE_MIB MiB in use on a disk of $DISK_MIB MiB, until the image is usable"
    echo "first-capture: of a new server; second-capture: after it has written $NEW_MIB MiB more"
    echo "$(nproc) CPUs, guest ${machine[type]}, ${machine[vcpus]} vCPU, $((machine[memory_kib] / 1024)) MiB;" \
        "median of $samples; load average $load_at_begin at the beginning, $(cut -d ' ' -f 1 /proc/loadavg) at the end"
    echo
    print_rows '^(first|second)-capture$'
    for capture in first-capture second-capture; do
        echo
        echo "$capture in detail"
        print_rows "^$capture "
        print_phases $capture
    done
    cat <<'TEXT'

ours    API request until the image is active, asked every 20 ms
peer    qemu-img create, virsh blockcopy, domfsfreeze, abort, domfsthaw, qemu-img convert, a copy into the store
        with md5 and sha512, and its sync; each step begins when the one before has ended
Smaller is better; ratio = ours / peer. Both bases are in the page cache and nothing waits to be written back when a
capture begins. Bytes of the peer are sizes of files; a gap of the guest is as long as its largest, by its own clock.
TEXT
}

print_rows() { # pattern of names
    jq -r --arg names "$1" '
        def rounded: if . == null then "-" elif . >= 100 then round else . * 1000 | round / 1000 end;
        def range_of: if . == null then "-" else map(rounded | tostring) | join("..") end;
        .[] | select(.name | test($names))
        | [(.name | sub("^[a-z]+-capture (?<rest>.)"; "\(.rest)")) + " (\(.unit))", (.ours, .peer, .ratio | rounded),
           (.spread | values | "ours \(.ours | range_of), peer \(.peer | range_of)")]
        | @tsv' "$work/results" |
        awk -F '\t' 'NR == 1 { printf "%-32s %9s %9s %9s\n", "", "ours", "peer", "ratio" }
            { printf "%-32s %9s %9s %9s   %s\n", $1, $2, $3, $4, $5 }' | sed 's/ *$//'
}

# The same steps on each side for every sample, so that each has a median.
print_phases() { # capture
    jq -r --arg capture "$1" '
        .[] | select(.name == $capture) | .how as $how | .phases | to_entries[] | select(.value != [])
        | .key as $side | [$side, $how[$side], ""], (.value[] | ["", .name, (.seconds * 1000 | round)]) | @tsv
        ' "$work/results" |
        awk -F '\t' '$1 { printf "%s: %s\n", $1, $2; next } { printf "  %-60s %7d ms\n", $2, $3 }'
}
