"""measured.py FILE COMMAND...: runs a command and writes what it took to FILE, as JSON; its output goes to stderr."""
import json
import os
import sys
import time

begin = time.monotonic()
child = os.fork()
if child == 0:
    os.dup2(2, 1)
    os.execvp(sys.argv[2], sys.argv[2:])
_, status, usage = os.wait4(child, 0)
with open(sys.argv[1], "w") as file:
    json.dump(
        {
            "wall_s": time.monotonic() - begin,
            "cpu_s": usage.ru_utime + usage.ru_stime,
            "peak_mib": usage.ru_maxrss / 1024,
        },
        file,
    )
sys.exit(os.waitstatus_to_exitcode(status))
