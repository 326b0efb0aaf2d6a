# Samples in, results out: one object per number, each with name, unit, ours, peer and ratio.

def median: sort | if length == 0 then null
    elif length % 2 == 1 then .[length / 2 | floor]
    else (.[length / 2 - 1] + .[length / 2]) / 2 end;

def spread: if length == 0 then null else [min, max] end;

# Each of a side's numbers that the path yields; a side may not have it.
def of($side; path): map(select(.side == $side) | path | values);

def result($name; $unit; path):
    {$name, $unit, ours: (of("ours"; path) | median), peer: (of("peer"; path) | median)}
    | .ratio = (if .ours == null or .peer == null or .peer == 0 then null else .ours / .peer end);

def phases($side):
    map(select(.side == $side) | .phases) | (.[0] // []) as $first
    | [range($first | length) as $i | {name: $first[$i].name, seconds: (map(.[$i].seconds) | median)}];

def mib: . / 1048576;

. as $samples
| [("first-capture", "second-capture") as $capture
    | $samples | map(select(.capture == $capture))
    | (result($capture; "s"; .seconds)
        + {samples: ([of("ours"; .seconds), of("peer"; .seconds)] | map(length) | max),
           spread: {ours: (of("ours"; .seconds) | spread), peer: (of("peer"; .seconds) | spread)},
           how: {ours: (of("ours"; .note) | unique | join("; ")), peer: (of("peer"; .note) | unique | join("; "))},
           phases: {ours: phases("ours"), peer: phases("peer")}}),
      result("\($capture) without the last sync"; "s";
        .seconds - ([.phases[] | select(.name == "sync") | .seconds] | add // 0)),
      result("\($capture) until both hashes are known"; "s"; .hashed),
      result("\($capture) bytes read"; "MiB"; .bytes.read | values | mib),
      result("\($capture) bytes sent"; "MiB"; .bytes.sent | values | mib),
      result("\($capture) bytes stored"; "MiB"; .bytes.stored | values | mib),
      result("\($capture) bytes written in all"; "MiB"; .bytes.written | values | mib),
      result("\($capture) gap of a synchronous writer"; "ms"; .stall.write_ms),
      result("\($capture) the same when quiet"; "ms"; .quiet.write_ms),
      result("\($capture) gap of a CPU ticker"; "ms"; .stall.tick_ms),
      result("\($capture) the ticker when quiet"; "ms"; .quiet.tick_ms),
      result("\($capture) CPUs stopped"; "ms"; .stall.cpus_stopped_ms)]
