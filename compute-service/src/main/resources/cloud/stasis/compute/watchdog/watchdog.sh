# Rescues one guest at a deadline, or at once when the agent dies: its end of our standard input closes then.
# Arguments: token file, deadline in seconds, libvirt URI, domain, THAW or RESUME, how often to try each second, and how
# many seconds apart afterwards.
# Whoever renames the token first decides: the agent to ".cancelled", we to ".fired". Who renames that stops us.
token=$1 deadline=$2 uri=$3 domain=$4 rescue=$5 tries=$6 apart=$7

read -r -t "$deadline" _
mv "$token" "$token.fired" 2> /dev/null || exit 0

ask() { timeout 10 virsh -q -c "$uri" "$@"; }

rescued() {
    [ -e "$token.fired" ] || exit 0
    case $rescue in
        THAW) ask domfsthaw "$domain" ;;
        RESUME) ask resume "$domain" || [ "$(ask domstate "$domain")" = running ] ;;
    esac
}

# While another job holds the domain libvirt refuses; it ends, and then we are heard.
for ((i = 0; i < tries; i++)); do
    rescued && exit 0
    sleep 1
done

# Or nobody answers, and the guest stands still all the same: as long as there is a process of it. One of us is enough.
lives() { grep -qsz "^guest=[^,]*$domain" /proc/[0-9]*/cmdline; }

exec 9> "${token%/*}/$domain.$rescue.lock"
flock -n 9 || exit 1
while lives; do
    rescued && exit 0
    sleep "$apart"
done
exit 1
