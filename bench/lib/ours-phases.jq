# The manifest of an image in, one line NAME=MICROSECONDS for each phase of the wait for it out; their sum is the wait.

def micros: (.[0:19] + "Z" | fromdate) * 1000000 + (.[20:26] | tonumber);

(.takenAt | micros) as $instant
| ([.receipt.transfers[].tookMicros] | add) as $upload
| (.receipt.frozenMicros) as $frozen
| "request answered=\($request)",
  "until the instant exists=\($instant - $begin - $request)",
  "upload=\($upload)",
  "thaw, end of export, until the manifest is written=\($sealed - $instant - $upload)",
  "until the API says active=\($begin + $took - $sealed)",
  "(file systems frozen, within the above)=\($frozen)"
