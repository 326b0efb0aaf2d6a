# Our path: the compute API's createImage, as any OpenStack client asks for it.
# shellcheck shell=bash

readonly OURS=bench-createimage-$$
readonly OURS_POLL=0.02
readonly OURS_SECONDS=300        # for an upload, a boot or a capture
readonly MICROVERSION=2.45       # the answer to createImage tells the image's id

# ---- HTTP ----------------------------------------------------------------------------------------------------------

# Leaves the answer's body in $work/body. Anything but a success ends the benchmark.
api() { # method url [curl options...]
    local method=$1 url=$2 status
    shift 2
    status=$(curl -sS -K "$work/curlrc" -X "$method" -o "$work/body" -w '%{http_code}' "$@" "$url") ||
        die "$method $url: no answer"
    [[ $status == 2* ]] || die "$method $url: $status $(head -c 500 "$work/body")"
}

api_json() { # method url body
    api "$1" "$2" -H 'Content-Type: application/json' -d "$3"
}

body() { jq -er "$1" "$work/body"; }

status_of() { curl -s -K "$work/curlrc" -o /dev/null -w '%{http_code}' "$1"; }

# The token stands in a file and not among the arguments, which every user of the machine could read.
ours_log_in() {
    local token
    : > "$work/curlrc"
    chmod 600 "$work/curlrc"
    jq -nc '{auth: {
        identity: {methods: ["password"], password: {user: {name: env.OS_USERNAME, password: env.OS_PASSWORD,
            domain: {name: env.OS_USER_DOMAIN_NAME}}}},
        scope: {project: {name: env.OS_PROJECT_NAME, domain: {name: env.OS_PROJECT_DOMAIN_NAME}}}}}' > "$work/login"
    api POST "$OS_AUTH_URL/auth/tokens" -H 'Content-Type: application/json' -d "@$work/login" -D "$work/headers"
    rm "$work/login"
    token=$(tr -d '\r' < "$work/headers" | sed -n 's/^x-subject-token: *//Ip')
    compute_url=$(endpoint compute)
    image_url=$(endpoint image)
    image_url=${image_url%/v2}/v2
    printf 'header = "%s"\n' "X-Auth-Token: $token" "OpenStack-API-Version: compute $MICROVERSION, volume 3.0" \
        "Accept: application/json" > "$work/curlrc"
    rm "$work/headers"
}

endpoint() { # type
    body "first(.token.catalog[] | select(.type == \"$1\").endpoints[] | select(.interface == \"public\").url)" |
        sed 's|/$||'
}

# ---- the guest -----------------------------------------------------------------------------------------------------

ours_prepare() { # directory of the demo guest
    local kernel ramdisk
    ours_start_cloud
    ours_log_in
    kernel=$(ours_upload kernel "$1/stasis-demo-vmlinuz" aki)
    ramdisk=$(ours_upload ramdisk "$1/stasis-demo-initrd" ari)
    root_image=$(ours_upload root "$1/stasis-demo-root.qcow2" qcow2 \
        "{\"kernel_id\":\"$kernel\",\"ramdisk_id\":\"$ramdisk\"}")
    api GET "$compute_url/flavors/detail"
    flavor=$(body '[.flavors[] | select(.ram >= 512 and (.disk == 0 or .disk >= 4))]
        | sort_by(.disk, .ram) | first | .id')
}

# A cloud that we started is stopped at the end; one that runs already is used as it is.
ours_start_cloud() {
    if ! "$ROOT/dev" status > /dev/null 2>&1; then
        undo_later "$ROOT/dev" down
        "$ROOT/dev" up >&2
    fi
    # shellcheck disable=SC1091
    . "$STASIS_HOME/etc/openrc"
}

ours_upload() { # name file format [properties]; prints the id
    local id container=bare properties=${4:-}
    case $3 in aki | ari) container=$3 ;; esac
    api_json POST "$image_url/images" "$(jq -nc --arg name "$OURS-$1" --arg disk "$3" --arg container $container \
        --argjson more "${properties:-null}" '{$name, disk_format: $disk, container_format: $container} + $more')"
    id=$(body .id)
    undo_later ours_delete_image "$id"
    api PUT "$image_url/images/$id/file" -H 'Content-Type: application/octet-stream' -T "$2"
    wait_until "the image of $2" $OURS_SECONDS 0.2 ours_image_is "$id" active
    echo "$id"
}

ours_image_is() { # id status
    api GET "$image_url/images/$1"
    [ "$(body .status)" = "$2" ]
}

ours_delete_image() { # id
    [ "$(status_of "$image_url/images/$1")" = 404 ] || api DELETE "$image_url/images/$1"
}

ours_boot() {
    api_json POST "$compute_url/servers" "$(jq -nc --arg name "$OURS" --arg image "$root_image" --arg flavor "$flavor" \
        '{server: {$name, imageRef: $image, flavorRef: $flavor, networks: "none"}}')"
    guest=$(body .server.id)
    undo_later ours_delete_server "$guest"
    wait_until "our guest" $BOOT_SECONDS 0.5 ours_ready
    [ "$(virsh_ domuuid "stasis-$guest")" = "$guest" ] || die "server $guest is not a domain of this machine"
    ours_disk=$(virsh_ domblklist "$guest" | awk '$1 == "vda" { print $2 }')
    peer_becomes_like "$guest"
}

ours_ready() {
    api GET "$compute_url/servers/$guest"
    case $(body .server.status) in
        ACTIVE) ;;
        BUILD) return 1 ;;
        *) die "server $guest: $(cat "$work/body")" ;;
    esac
    api_json POST "$compute_url/servers/$guest/action" '{"os-getConsoleOutput": {}}'
    body .output | grep -q 'stasis-demo: ready'
}

ours_delete() { ours_delete_server "$guest"; }

ours_delete_server() { # id
    [ "$(status_of "$compute_url/servers/$1")" = 404 ] && return
    api DELETE "$compute_url/servers/$1"
    wait_until "server $1 to go" $OURS_SECONDS 0.3 ours_server_is_gone "$1"
}

ours_server_is_gone() { [ "$(status_of "$compute_url/servers/$1")" = 404 ]; }

# The layers below the guest's own are the base that QEMU reads.
ours_warm() {
    local layers
    mapfile -t layers < <(qemu-img info -U --backing-chain --output json "$ours_disk" | jq -r '.[].filename')
    ours_stored_before=$(occupied "$STASIS_HOME/store")
    warm_and_settle "${layers[@]}"
}

# ---- the path ------------------------------------------------------------------------------------------------------

ours_capture() { # name of the image
    phase "request" api_json POST "$compute_url/servers/$guest/action" "{\"createImage\":{\"name\":\"$1\"}}"
    captured=$(sed -n 's/.*"image_id" *: *"\([^"]*\)".*/\1/p' "$work/body")
    undo_later ours_delete_image "$captured"
    phase "until active" wait_until "image $1" $OURS_SECONDS $OURS_POLL ours_is_active
}

ours_is_active() {
    local answer
    api GET "$image_url/images/$captured"
    answer=$(< "$work/body")
    [[ $answer =~ \"status\"\ *:\ *\"([a-z_]+)\" ]] || die "image $captured has no status"
    case ${BASH_REMATCH[1]} in
        active) return 0 ;;
        queued | saving) return 1 ;;
        *) die "image $captured is ${BASH_REMATCH[1]}: $answer" ;;
    esac
}

# md5 and sha512 come after the image is usable; their work must not run into the next measurement.
ours_hashed() { # when the capture began, how long it took; leaves in hashed how long the hashes took
    wait_until "the hashes of image $captured" $OURS_SECONDS 0.1 ours_has_hashes
    now; hashed=$((micros - $1))
}

ours_has_hashes() {
    api GET "$image_url/images/$captured"
    jq -e '.os_hash_value != null' "$work/body" > /dev/null
}

# Every process of the cloud, its database and its bus included, and the guest's.
ours_writers() {
    local file id
    qemu_of "stasis-$guest"
    for file in "$STASIS_HOME"/run/*.pid; do
        read -r id _ < "$file"
        echo "$id"
        pgrep -P "$id" || true
    done
}

# The store describes itself: the image's reference names its manifest, and that has the receipt of the capture. With the
# instant and the manifest's own time, the wait falls into phases.
ours_account() { # when the capture began, how long it took, bytes written by the writers; leaves bytes and note
    local store=$STASIS_HOME/store reference manifest request stored
    reference=$store/references/image/$captured
    manifest=$(find "$store/manifests" -name "$(head -n 1 "$reference" | jq -er .manifest)*" -print -quit)
    request=${phases[0]#*=}
    stored=$(($(occupied "$store") - ours_stored_before))
    mapfile -t phases < <(jq -r --argjson begin "$1" --argjson took "$2" --argjson request "$request" \
        --argjson sealed "$(stat -c %.6Y "$manifest" | tr -d .)" -f "$BENCH/lib/ours-phases.jq" "$manifest")
    bytes=$(jq -c --argjson stored $stored --argjson written "$3" '
        def sum_of(number): [.receipt.transfers[] | number] | add;
        {read: sum_of(.read), sent: sum_of(.sent), $stored, $written}' "$manifest")
    note=$(jq -r '.receipt | "\(.strategy), \(.reached) consistent"' "$manifest")
}

# The image that was captured last.
ours_fetch() { curl -sS --fail -K "$work/curlrc" -o "$1" "$image_url/images/$captured/file"; } # target
