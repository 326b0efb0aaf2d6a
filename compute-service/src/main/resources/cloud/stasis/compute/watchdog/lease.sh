# Holds one protected guest to its lease. Told by lines on standard input: pause, run, renew, end.
# Arguments: token file, term in seconds, libvirt URI, domain, marker file. Without its token it is void.
token=$1 term=$2 uri=$3 domain=$4 marker=$5
longest=9 state=run renewed=$SECONDS paused=$SECONDS alive=yes

ask() { timeout 10 virsh -q -c "$uri" "$@"; }

# Of a guest that may go on: libvirt refuses while another job holds the domain.
go_on() {
    for ((i = 0; i < 60; i++)); do
        ask resume "$domain" && break
        [ "$(ask domstate "$domain")" = running ] && break
        sleep 1
    done
    state=run
}

# If nobody answers, the process itself is stopped.
stop_it() {
    for ((i = 0; i < 3; i++)); do
        [ -e "$token" ] || exit 0
        # What its owner paused stays so, whoever comes back.
        [ -e "$marker" ] || [ "$(ask domstate "$domain")" != paused ] || return
        : > "$marker"
        ask suspend "$domain" && return
        sleep 1
    done
    pid=$(pgrep -f "^[^ ]*qemu[^ ]* -name guest=[^,]*$domain," | head -n 1)
    [ -n "$pid" ] && kill -STOP "$pid" && echo "$pid" > "$marker"
}

while [ -e "$token" ]; do
    line=
    if [ $alive = yes ]; then
        read -r -t 1 line
        [ $? -eq 1 ] && alive=no
    else
        sleep 1
    fi
    case $line in
        pause) state=pause paused=$SECONDS ;;
        run) state=run ;;
        renew) renewed=$SECONDS ;;
        end) exit 0 ;;
    esac
    if [ $state = pause ] && { [ $alive = no ] || [ $((SECONDS - paused)) -ge $longest ]; }; then
        go_on
    fi
    if [ $state = run ] && [ $((SECONDS - renewed)) -ge "$term" ]; then
        stop_it
        state=stopped
    fi
    [ $state = stopped ] && [ $alive = no ] && exit 0
    # Whoever lets it go on renews first.
    [ $state = stopped ] && [ $((SECONDS - renewed)) -lt "$term" ] && state=run
done
exit 0
