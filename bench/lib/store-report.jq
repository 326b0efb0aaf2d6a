# Samples to rows: the median of each side, and ours beside the better of the others.
def median: sort | if length == 0 then null elif length % 2 == 1 then .[length / 2 | floor]
    else (.[length / 2 - 1] + .[length / 2]) / 2 end;

. as $samples
| [["wall", "s", "wall_s", 1], ["cpu", "s", "cpu_s", 1], ["peak", "MiB", "peak_mib", 1], ["stored", "MiB", "stored", 1048576],
    ["wire", "MiB", "wire", 1048576]] as $measures
| [$samples[].name] | reduce .[] as $name ([]; if index($name) then . else . + [$name] end)
| map(. as $name | $measures[] as [$what, $unit, $key, $divisor]
    | [$samples[] | select(.name == $name and .[$key] != null)] as $here
    | select($here != [])
    | reduce ("ours", "restic", "borg", "rsync") as $side ({name: "\($name) \($what)", $unit};
        .[$side] = ([$here[] | select(.side == $side) | .[$key] / $divisor] | median))
    | .peer = ([.restic, .borg, .rsync | values] | min)
    | .ratio = (if .ours and .peer and .peer > 0 then .ours / .peer else null end))
