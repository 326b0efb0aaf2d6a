"""Copies a file as Glance takes in an image: blocks of 64 KiB, each into sha512, into md5 and onto the disk, in turn.

usage: hashed-copy.py SOURCE TARGET     prints both hashes
"""

import hashlib
import sys

BLOCK = 65536

md5, sha512 = hashlib.md5(), hashlib.sha512()
with open(sys.argv[1], "rb") as source, open(sys.argv[2], "wb") as target:
    while block := source.read(BLOCK):
        sha512.update(block)
        md5.update(block)
        target.write(block)
print(md5.hexdigest(), sha512.hexdigest())
