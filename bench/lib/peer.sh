# The classical path of a live snapshot, by plain tools: what Nova's libvirt driver does with a running guest whose disk
# is a qcow2 overlay on a raw base, followed by what Glance does with the upload into a directory.
# shellcheck shell=bash

readonly PEER=bench-peer-$$
readonly PEER_POLL=0.02
readonly PEER_JOB_SECONDS=300

# ---- the guest -----------------------------------------------------------------------------------------------------

# The machine that ours runs on, unless only the peer is measured: then one like it.
declare -A machine=(
    [type]=qemu [board]=pc [memory_kib]=524288 [vcpus]=1 [disk_bytes]=$((4096 << 20))
    [driver]="<driver name='qemu' type='qcow2' cache='none' io='native' discard='unmap'/>"
    [cmdline]="root=/dev/vda console=ttyS0"
)

peer_prepare() { # directory of the demo guest
    peer_directory=$work/peer
    mkdir -m 711 "$peer_directory" "$peer_directory/store"
    cp "$1/stasis-demo-vmlinuz" "$peer_directory/vmlinuz"
    cp "$1/stasis-demo-initrd" "$peer_directory/initrd"
    qemu-img convert -O raw "$1/stasis-demo-root.qcow2" "$peer_directory/base"
}

# Takes over what decides speed from a running domain, so that both guests are alike.
peer_becomes_like() { # domain
    local xml
    xml=$(virsh_ dumpxml "$1")
    machine[type]=$(sed -n "s/^<domain type='\([a-z]*\)'.*/\1/p" <<< "$xml")
    machine[board]=$(sed -n "s/.*<type arch='x86_64' machine='\([^']*\)'.*/\1/p" <<< "$xml")
    machine[memory_kib]=$(sed -n "s/.*<memory unit='KiB'>\([0-9]*\)<.*/\1/p" <<< "$xml")
    machine[vcpus]=$(sed -n "s/.*<vcpu[^>]*>\([0-9]*\)<.*/\1/p" <<< "$xml")
    machine[driver]=$(grep -m 1 -o "<driver name='qemu'[^>]*>" <<< "$xml")
    machine[cmdline]=$(sed -n "s/.*<cmdline>\(.*\)<\/cmdline>.*/\1/p" <<< "$xml")
    machine[disk_bytes]=$(virsh_ domblkinfo "$1" vda | awk '/^Capacity/ { print $2 }')
    local key
    for key in "${!machine[@]}"; do [ -n "${machine[$key]}" ] || die "domain $1 does not tell its $key"; done
}

peer_xml() {
    sed -e "s|@TYPE@|${machine[type]}|" -e "s|@NAME@|$PEER|" -e "s|@MEMORY@|${machine[memory_kib]}|" \
        -e "s|@VCPUS@|${machine[vcpus]}|" -e "s|@MACHINE@|${machine[board]}|" -e "s|@DRIVER@|${machine[driver]}|" \
        -e "s|@CMDLINE@|${machine[cmdline]//&/\\&}|" -e "s|@DIRECTORY@|$peer_directory|" "$BENCH/lib/peer-domain.xml"
}

peer_ready() { grep -q 'stasis-demo: ready' "$peer_directory/console.log"; }

peer_boot() {
    rm -f "$peer_directory"/{disk,console.log}
    touch "$peer_directory/console.log"
    qemu-img create -q -f qcow2 -b "$peer_directory/base" -F raw "$peer_directory/disk" "${machine[disk_bytes]}"
    peer_xml > "$work/peer.xml"
    undo_later peer_delete
    virsh_do define "$work/peer.xml"
    virsh_do start "$PEER"
    wait_until "the peer's guest" $BOOT_SECONDS 0.5 peer_ready
    guest=$PEER
}

peer_delete() {
    virsh_do domstate "$PEER" 2> /dev/null || return 0
    virsh_do destroy "$PEER" 2> /dev/null || true
    virsh_do undefine "$PEER"
    rm -f "$peer_directory"/{disk,delta,image.qcow2} "$peer_directory"/store/*
}

peer_warm() { warm_and_settle "$peer_directory/base" "$peer_directory/disk"; }

# ---- the path ------------------------------------------------------------------------------------------------------

peer_capture() { # name of the image
    local delta=$peer_directory/delta image=$peer_directory/image.qcow2
    peer_stored=$peer_directory/store/$1
    rm -f "$delta" "$image"
    phase "create delta" qemu-img create -q -f qcow2 -b "$peer_directory/base" -F raw "$delta" "${machine[disk_bytes]}"
    phase "blockcopy" peer_copy_blocks "$delta"
    phase "freeze" virsh_do domfsfreeze "$PEER"
    phase "end blockcopy" virsh_do blockjob "$PEER" vda --abort
    phase "thaw" virsh_do domfsthaw "$PEER"
    phase "convert" qemu-img convert -f qcow2 -O qcow2 "$delta" "$image"
    phase "copy, md5, sha512" peer_store "$image" "$peer_stored"
    phase "sync" sync "$peer_stored"
}

peer_store() { python3 "$BENCH/lib/hashed-copy.py" "$1" "$2" > "$2.hashes"; } # image target

peer_copy_blocks() { # delta
    virsh_do blockcopy "$PEER" vda "$1" --format qcow2 --shallow --reuse-external --transient-job
    wait_until "blockcopy" $PEER_JOB_SECONDS $PEER_POLL peer_blocks_copied
}

peer_blocks_copied() {
    virsh_ blockjob "$PEER" vda --info --raw |
        awk -F= '{ gsub(/ /, "", $1); field[$1] = $2 } END { exit !(field["end"] > 0 && field["cur"] == field["end"]) }'
}

# The copy has computed them.
peer_hashed() { hashed=$2; }

# The tools end; what they write is seen by their files.
peer_writers() { qemu_of "$PEER"; }

# Each file is read as often as the path reads it: the guest's layer by blockcopy, delta and base by convert (together
# the image), the image by the upload.
peer_account() { # when the capture began, how long it took, bytes written by the writers; leaves bytes and note
    local layer image stored
    layer=$(occupied "$peer_directory/disk")
    image=$(occupied "$peer_directory/image.qcow2")
    stored=$(occupied "$peer_stored")
    bytes=$(jq -nc --argjson read $((layer + image + image)) --argjson sent "$image" --argjson stored "$stored" \
        --argjson written $(($3 + image + stored)) '{$read, $sent, $stored, $written}')
    note="blockcopy and convert, file-system consistent"
}

peer_fetch() { cp "$peer_stored" "$1"; } # target
