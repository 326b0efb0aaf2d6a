# What the store is fed with: the disk and the memory of a guest, each at one instant and a little later. The guest is
# the demo guest with Debian's programs, libraries and documents beside it; the memory is that of the running guest.
# And the disks of several servers that were made of one image, each with files of its own.
# shellcheck shell=bash

readonly DISK_MIB=2048 DISK_FILL_MIB=1250
readonly RAM_MIB=1024 RAM_READ_MIB=600
readonly CLIENTS=4
readonly CLIENT_MIB=${STASIS_BENCH_CLIENT_MIB:-512}        # a disk of each
readonly CLIENT_SHARED_MIB=$((CLIENT_MIB * 3 / 8)) CLIENT_OWN_MIB=$((CLIENT_MIB / 4))
readonly GUEST_SECONDS=400       # to boot and to read that much; its CPU may be emulated
readonly DEBIAN=(/usr/lib/x86_64-linux-gnu /usr/lib/python3 /usr/lib/python3.11 /usr/lib/git-core /usr/sbin
    /usr/share/perl /usr/share/vim /usr/share/locale /usr/share/doc /usr/share/man /usr/include /usr/bin)

# Whole directories until it is enough.
debian_tree() { # target
    local directory left=$((DISK_FILL_MIB * 1024)) size
    for directory in "${DEBIAN[@]}"; do
        [ -d "$directory" ] || continue
        size=$(du -sk "$directory" | cut -f 1)
        [ "$size" -le "$left" ] || continue
        mkdir -p "$1$directory"
        cp -a --no-target-directory "$directory" "$1$directory"
        left=$((left - size))
    done
}

make_disk() { # directory
    local tree=$1/tree
    "$ROOT/guest/build" --size 256 "$1/guest" > /dev/null
    qemu-img convert -O raw "$1/guest/stasis-demo-root.qcow2" "$1/small.raw"
    mkdir "$tree"
    debugfs -R "rdump / $tree" "$1/small.raw" 2> /dev/null
    rm "$1/small.raw"
    debian_tree "$tree"
    # At the end of the probe's start: what has been read is in the guest's memory.
    echo "::once:/bin/sh -c 'find /usr -xdev -type f | xargs cat | head -c $((RAM_READ_MIB << 20)) > /dev/null; echo data-is-read > /dev/ttyS0'" \
        >> "$tree/etc/inittab"
    truncate -s ${DISK_MIB}M "$1/disk.part"
    mke2fs -q -F -t ext4 -b 4096 -m 0 -L stasis-root -E lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0 \
        -d "$tree" "$1/disk.part"
    rm -rf "$tree"
    mv "$1/disk.part" "$1/disk.raw"
}

# The file that the guest's RAM is, copied while its CPU stands.
make_ram() { # directory
    local pid
    mkdir -p "$1/ram"
    : > "$1/console"
    qemu-system-x86_64 -nodefaults -no-user-config -display none -machine q35,accel=tcg,memory-backend=ram -cpu max \
        -m $RAM_MIB -object memory-backend-file,id=ram,size=${RAM_MIB}M,mem-path="$1/ram.part",share=on \
        -kernel "$1/guest/stasis-demo-vmlinuz" -initrd "$1/guest/stasis-demo-initrd" \
        -append 'root=/dev/vda console=ttyS0 probe.memory_mib=64 probe.rate_mib=5' \
        -drive file="$1/disk.raw",format=raw,if=virtio,snapshot=on -serial file:"$1/console" \
        > "$1/qemu.log" 2>&1 &
    pid=$!
    undo_later end_process $pid
    wait_until "the guest to read its disk" $GUEST_SECONDS 1 grep -q data-is-read "$1/console"
    kill -STOP $pid
    cp --sparse=always "$1/ram.part" "$1/ram.raw"
    kill -CONT $pid
    end_process $pid
    rm -rf "$1/ram.part" "$1/ram"
}

end_process() { kill "$1" 2> /dev/null || true; wait "$1" 2> /dev/null || true; }

# Files of Debian in an order that mixes them and is the same each time, by groups: 0 for the image, then one for each
# server.
client_files() {
    find "${DEBIAN[@]}" -xdev -type f -size -32M -printf '%p %s\n' 2> /dev/null | grep -v '[" ].* ' | sort |
        shuf --random-source=<(yes 2> /dev/null) |
        awk -v shared=$((CLIENT_SHARED_MIB << 20)) -v own=$((CLIENT_OWN_MIB << 20)) -v clients=$CLIENTS '
            { total += $2; group = total <= shared ? 0 : 1 + int((total - shared) / own)
              if (group <= clients) print group, $1 }'
}

# What the image has lies in the same place on each disk.
make_client_disks() { # directory
    local files=$1/client.files tree=$1/client-tree number
    client_files > "$files"
    mkdir "$tree"
    awk '$1 == 0 { print $2 }' "$files" | xargs cp --parents -t "$tree"
    truncate -s ${CLIENT_MIB}M "$1/client-base.part"
    mke2fs -q -F -t ext4 -b 4096 -m 0 -E lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0 -d "$tree" \
        "$1/client-base.part"
    rm -rf "$tree"
    for number in $(seq $CLIENTS); do
        cp --sparse=always "$1/client-base.part" "$1/client-$number.part"
        { echo "mkdir own"; awk -v group="$number" '$1 == group { print "write " $2 " own/" ++count }' "$files"; } |
            debugfs -w -f - "$1/client-$number.part" > "$1/client.log" 2>&1
        mv "$1/client-$number.part" "$1/client-$number.raw"
    done
    rm "$1/client-base.part" "$files" "$1/client.log"
}

# Builds what is not there yet.
make_data() { # directory
    mkdir -p "$1"
    if [[ " $whats " == *" clients "* ]] && [ ! -f "$1/client-$CLIENTS.raw" ]; then
        say "building disks of $CLIENTS servers"
        make_client_disks "$1"
    fi
    [[ " $whats " == *" disk "* || " $whats " == *" ram "* ]] || return 0
    if [ ! -f "$1/disk.raw" ]; then say "building a guest disk"; make_disk "$1"; fi
    if [ ! -f "$1/ram.raw" ]; then say "running a guest for its memory"; make_ram "$1"; fi
    for name in $whats; do
        [ "$name" != clients ] || continue
        [ -f "$1/$name.later.extents" ] || python3 "$BENCH/lib/scatter.py" "$1/$name.raw" "$1/$name.later"
    done
    if [[ " $whats " == *" disk "* ]] && [ ! -f "$1/disk.qcow2" ]; then
        qemu-img convert -f raw -O qcow2 "$1/disk.raw" "$1/disk.qcow2"
        qemu-img convert -f raw -O qcow2 "$1/disk.later" "$1/disk.later.qcow2"
    fi
}
