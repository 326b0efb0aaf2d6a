"""until-available.py CURLRC METHOD URL BODY KEY [RESOURCE-URL]: asks for something and looks at it every 2 ms until it is available.

Prints the milliseconds that took, and the body of the last answer on a second line. As a client that keeps its connection, which a
curl for each look is not: starting that takes longer than what is measured. Without RESOURCE-URL the answer says what to look at.
"""
import http.client
import json
import os
import re
import ssl
import sys
import time
import urllib.parse

LOOK_AGAIN_S = 0.002
DEADLINE_S = 300

curlrc, method, url, body, key = sys.argv[1:6]
with open(curlrc) as file:
    headers = dict(re.findall(r'^header = "([^:]+): (.*)"$', file.read(), re.MULTILINE))
headers["Content-Type"] = "application/json"
parts = urllib.parse.urlsplit(url)
if parts.scheme == "https":
    trusted = ssl.create_default_context(cafile=os.environ.get("OS_CACERT"))
    server = http.client.HTTPSConnection(parts.netloc, context=trusted, timeout=DEADLINE_S)
else:
    server = http.client.HTTPConnection(parts.netloc, timeout=DEADLINE_S)


def call(how, path, content=None):
    server.request(how, path, content, headers)
    answer = server.getresponse()
    text = answer.read().decode()
    if answer.status >= 300:
        sys.exit(f"{how} {path}: {answer.status} {text[:500]}")
    return json.loads(text)[key] if text else {}


server.connect()
begin = time.monotonic()
made = call(method, parts.path, body)
resource = urllib.parse.urlsplit(sys.argv[6]).path if len(sys.argv) > 6 else f"{parts.path}/{made['id']}"
while True:
    shown = call("GET", resource)
    if shown["status"] == "available":
        break
    if shown["status"].startswith("error") or time.monotonic() - begin > DEADLINE_S:
        sys.exit(f"{resource} is {shown['status']}")
    time.sleep(LOOK_AGAIN_S)
print(round((time.monotonic() - begin) * 1000))
print(json.dumps({key: shown}))
