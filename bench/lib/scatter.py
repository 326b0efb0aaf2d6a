"""scatter.py FILE LATER: writes LATER, a copy of FILE of which 1 % is different, and LATER.extents.

What changes lies where there was data, in runs of 4 to 128 KiB at multiples of 4 KiB, always the same for the same
file size. Half of it is new (random), half is data of another place of the file. LATER.extents names what a dirty
bitmap of 64 KiB granularity would: "offset length" lines.
"""
import os
import random
import subprocess
import sys

BLOCK = 4096
GRAIN = 65536


def main(source, target):
    subprocess.run(["cp", "--sparse=always", source, target], check=True)
    size = os.path.getsize(source)
    choice = random.Random(size)
    left = size // 100
    grains = set()
    with open(target, "r+b") as file:
        while left > 0:
            length = min(BLOCK * 2 ** choice.randrange(6), left // BLOCK * BLOCK or BLOCK)
            offset = choice.randrange((size - length) // BLOCK) * BLOCK
            file.seek(offset)
            if not any(file.read(length)):
                continue
            file.seek(choice.randrange((size - length) // BLOCK) * BLOCK)
            data = file.read(length) if choice.random() < 0.5 else choice.randbytes(length)
            file.seek(offset)
            file.write(data)
            grains.update(range(offset // GRAIN, (offset + length - 1) // GRAIN + 1))
            left -= length
    with open(target + ".extents", "w") as extents:
        for grain in sorted(grains):
            extents.write(f"{grain * GRAIN} {min(GRAIN, size - grain * GRAIN)}\n")


main(*sys.argv[1:])
