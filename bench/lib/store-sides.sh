# The three stores that are compared, each with the same steps: begin, ingest, again, restore, verify, end. And with
# several clients: begin, ingest, restore, end. What is restored is durable at the end, which the peers leave to `sync`.
# shellcheck shell=bash

# ---- ours: the image service, with a client as every agent has it --------------------------------------------------

ours_home=''

launcher_() {
    STASIS_HOME=$ours_home STASIS_PORT_IMAGE=$PORTS_FROM STASIS_PORT_KAFKA=$((PORTS_FROM + 1)) \
        STASIS_PORT_KAFKA_CONTROLLER=$((PORTS_FROM + 2)) \
        "$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx128m --enable-native-access=ALL-UNNAMED \
        --sun-misc-unsafe-memory-access=allow -Dslf4j.internal.verbosity=ERROR \
        -jar "$ROOT/launcher/target/stasis-launcher.jar" "$@" > "$work/launcher.log" 2>&1 ||
        die "launcher $*: $(tail -n 5 "$work/launcher.log")"
}

# An image service with an empty store; leaves its process id in service.
ours_service() {
    if [ -z "$ours_home" ]; then
        ours_home=$work/home
        mkdir -p "$ours_home"
        undo_later launcher_ down
        launcher_ up kafka
    fi
    rm -rf "$ours_home/store"
    launcher_ up image-service
    service=$(ss -Hltnp "sport = :$PORTS_FROM" | grep -o 'pid=[0-9]*' | head -1 | cut -d = -f 2)
}

# The other side of it, with the settings of an agent's JVM; takes orders.
ours_client() { # class arguments...
    local app=$ROOT/image-service/target/quarkus-app name=$1
    shift
    # shellcheck disable=SC1091
    STASIS_CAPABILITY_KEY=$(. "$ours_home/etc/stasis.env" && echo "$STASIS_CAPABILITY_KEY")
    export STASIS_CAPABILITY_KEY
    coproc OURS { exec "$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xmx192m --enable-native-access=ALL-UNNAMED \
        --sun-misc-unsafe-memory-access=allow -cp "$app/app/*:$app/lib/main/*:$app/lib/boot/*" \
        ${STASIS_BENCH_CLIENT_OPTIONS:-} "$BENCH/lib/$name.java" "$@" 2> "$work/client.log"; }
    # A coprocess's own descriptors are closed in subshells.
    exec {ours_in}>&"${OURS[1]}" {ours_out}<&"${OURS[0]}"
}

ours_begin() { # what
    local service
    ours_service
    ours_client StoreClient "http://127.0.0.1:$PORTS_FROM" "$service"
    ours_what=$1
    ours_order warm "$data/$1.raw" "$work/out" > /dev/null
    ours_order warm "$data/$1.later" "$work/out" > /dev/null
    rm "$work/out"
    # What warmed the two up must not be verified, too.
    find "$ours_home/store/packs" -type f -delete
}

ours_order() {
    echo "$*" >&"$ours_in" || die "the client ended: $(ours_said)"
    ours_answer
}

# What the client said at its end, without where it stood.
ours_said() { grep -v '^[[:space:]]*at ' "$work/client.log" | tail -n 5; }

ours_answer() {
    local answer=''
    # The JVM may have said something, too.
    until [[ $answer == "{"* ]]; do
        read -r answer <&"$ours_out" || die "the client ended: $(ours_said)"
    done
    echo "$answer"
}

ours_ingest() {
    with_stored "$ours_home/store/packs" ours_order ingest "$1" | tee "$work/ours-first"
}

# The disk by its dirty bitmap; a guest's memory has none, so all of it is read.
ours_again() {
    local extents=-
    [ "$ours_what" = ram ] || extents=$1.extents
    with_stored "$ours_home/store/packs" ours_order again "$1" "$(jq -r .root "$work/ours-first")" "$extents" |
        tee "$work/ours-second"
}

ours_restore() { ours_order restore "$1" "$(jq -r .root "$work/ours-second")" "$(jq -r .size "$work/ours-second")"; }
ours_verify() { ours_order verify; }

ours_end() {
    local pid=$OURS_PID
    eval "exec ${OURS[1]}>&-" "$ours_in>&-" "$ours_out<&-"
    wait "$pid" || true
    launcher_ down image-service
}

# The first state is at the other site already; what it took to bring it there warmed both up.
ours_push_begin() {
    local service key
    ours_service
    key=$(tail -n 1 "$ours_home/store/service/site.key")
    ours_client StorePush "$work/here" "http://127.0.0.1:$PORTS_FROM" "$service" "$key"
    key=$(ours_answer | jq -r .key)
    printf '%s\n' "here.url=http://127.0.0.1:1" "here.key=$key" "here.rights=pull,push" \
        > "$ours_home/store/service/peers.properties"
    ours_order keep "$data/disk.raw" - > /dev/null
    ours_order push > /dev/null
    ours_order keep "$data/disk.later" "$data/disk.later.extents" > /dev/null
}

ours_push() {
    local before
    before=$(ours_wire)
    ours_order push > "$work/pushed"
    jq -c --argjson wire $(($(ours_wire) - before)) '. + {wire: $wire}' "$work/pushed"
}

# What went over the loopback interface so far: connections come and go. Packets' heads and what else talks there count too.
ours_wire() {
    cat /sys/class/net/lo/statistics/tx_bytes
}

ours_push_end() {
    ours_end
    rm -rf "$work/here"
}

# All with one image service, each a process with its own disk.
ours_clients_begin() {
    local service round
    ours_service
    ours_client StoreClients $CLIENTS "$BENCH/lib/StoreClient.java" "http://127.0.0.1:$PORTS_FROM" "$service"
    for round in 1 2; do ours_order warm "$data/client-%.raw" "$work/out-%" > /dev/null; done
    rm "$work"/out-*
    find "$ours_home/store/packs" -type f -delete
}

ours_clients_ingest() { with_stored "$ours_home/store/packs" ours_order ingest "$data/client-%.raw"; }
ours_clients_restore() { ours_order restore "$1-%"; }

# ---- rsync ---------------------------------------------------------------------------------------------------------

# Both ends are processes below this one, without a network or a cipher between them.
rsync_push_begin() {
    mkdir -p "$work/here" "$work/there"
    printf '%s\n' '#!/bin/sh' 'shift' 'exec "$@"' > "$work/shell"
    chmod +x "$work/shell"
    cp "$data/disk.qcow2" "$work/there/disk.qcow2"
    ln "$data/disk.later.qcow2" "$work/here/disk.qcow2" 2> /dev/null ||
        cp "$data/disk.later.qcow2" "$work/here/disk.qcow2"
}

rsync_push() {
    measured rsync --rsh="$work/shell" --inplace --no-whole-file --fsync --stats "$work/here/disk.qcow2" \
        "there:$work/there/disk.qcow2" > "$work/pushed"
    jq -c --argjson wire "$(awk '/^Total bytes (sent|received)/ { gsub(",", ""); sum += $NF } END { print sum }' \
        "$work/said")" '. + {wire: $wire}' "$work/pushed"
}

rsync_push_end() { rm -rf "$work/here" "$work/there" "$work/shell"; }

# ---- restic --------------------------------------------------------------------------------------------------------

restic_begin() {
    export RESTIC_REPOSITORY=$work/restic RESTIC_PASSWORD=bench RESTIC_CACHE_DIR=$work/restic-cache
    rm -rf "$work/restic" "$work/restic-cache" "$work/in"
    mkdir "$work/in"
    restic init -q
}

# The two states have the same name, as a file that is backed up again and again has.
restic_ingest() { cp --sparse=always "$1" "$work/in/data"; with_stored "$work/restic" measured restic backup -q "$work/in/data"; }
restic_again() { restic_ingest "$1"; }

restic_restore() {
    measured sh -c "restic restore -q latest --target '$work/restored' && sync '$work/restored$work/in/data'"
    mv "$work/restored$work/in/data" "$1"
    rm -rf "$work/restored"
}

restic_verify() { measured restic check -q --read-data; }
restic_end() { rm -rf "$work/restic" "$work/restic-cache" "$work/in"; }

restic_clients_begin() { restic_begin; }
restic_clients_ingest() {
    with_stored "$work/restic" at_once restic backup -q --tag client-% "$(realpath "$data")/client-%.raw"
}

restic_clients_restore() {
    local number
    at_once sh -c "restic restore -q latest --tag client-% --target '$work/restored-%' &&
        sync '$work/restored-%$(realpath "$data")/client-%.raw'"
    for number in $(seq $CLIENTS); do
        mv "$work/restored-$number/$(realpath "$data")/client-$number.raw" "$1-$number"
        rm -rf "$work/restored-$number"
    done
}

# ---- borg ----------------------------------------------------------------------------------------------------------

borg_begin() {
    export BORG_REPO=$work/borg BORG_BASE_DIR=$work/borg-base BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes
    rm -rf "$work/borg" "$work/borg-base" "$work/in"
    mkdir "$work/in" "$work/borg-base"
    borg init -e none
    borg_number=0
}

borg_ingest() {
    borg_number=$((borg_number + 1))
    cp --sparse=always "$1" "$work/in/data"
    # In a subshell of the row: the number is by what is there.
    with_stored "$work/borg" measured sh -c "cd '$work/in' && exec borg create ::$(date +%s%N) data"
}

borg_again() { borg_ingest "$1"; }

borg_restore() {
    local last
    last=$(borg list --last 1 --short)
    mkdir "$work/restored"
    measured sh -c "cd '$work/restored' && borg extract --sparse ::$last && sync data"
    mv "$work/restored/data" "$1"
    rm -rf "$work/restored"
}

borg_verify() { measured borg check --verify-data; }
borg_end() { rm -rf "$work/borg" "$work/borg-base" "$work/in"; }

borg_clients_begin() { borg_begin; }

# Whoever writes has the repository alone, and the others would only wait for it.
borg_clients_ingest() {
    with_stored "$work/borg" in_turn sh -c "cd '$data' && exec borg create ::client-% client-%.raw"
}

borg_clients_restore() {
    local number
    at_once sh -c "mkdir '$work/restored-%' && cd '$work/restored-%' && borg extract --sparse ::client-% &&
        sync client-%.raw"
    for number in $(seq $CLIENTS); do
        mv "$work/restored-$number/client-$number.raw" "$1-$number"
        rm -rf "$work/restored-$number"
    done
}

# ---- what one core can do ------------------------------------------------------------------------------------------

# Bytes that one core hashes in a second, and what zstd makes of them in leaves and in larger pieces.
limits() { # what
    local piece level hash
    hash=$(openssl speed -elapsed -bytes 65536 -seconds 2 sha256 2> /dev/null | awk 'END { print $NF }')
    say "limits: sha256 $hash a core"
    # Who deletes zeros is told when there is enough, in whichever way this shell was started with.
    { tr -d '\000' < "$data/$1.raw" 2> /dev/null || true; } | head -c 512M > "$work/limits"
    for piece in 64K 1M; do
        for level in 1 3; do
            say "limits: $1 zstd -$level in pieces of $piece: $(zstd -b$level -B$piece "$work/limits" 2>&1 | tr '\r' '\n' |
                grep 'MB/s.*MB/s' | tail -1 | sed 's/.*: *//')"
        done
    done
    rm "$work/limits"
}
