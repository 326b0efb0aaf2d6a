"""One of the OpenStack clients of the distribution, loaded once: each command is a process forked from this one.

Begun with the client's name. Each line of the input is a call, as JSON: its commands, each a list of words, or a line
as for a shell, which is told before what it prints; their environment, directory, where their output goes (out, err),
and after how many seconds each is ended. The first command that fails is the last. The answer is a line with its exit
code, less than zero for a signal.
"""
import importlib
import importlib.metadata
import inspect
import json
import os
import shlex
import signal
import sys

MODULES = {
    "cinder": "cinderclient.shell",
    "glance": "glanceclient.shell",
    "nova": "novaclient.shell",
    "openstack": "openstackclient.shell",
}
# What `openstack` loads only once it knows the command.
COMMANDS = ("openstack.common", "openstack.compute.v2", "openstack.identity.v3", "openstack.image.v2",
            "openstack.volume.v3")

client = sys.argv[1]
main = importlib.import_module(MODULES[client]).main
if client == "openstack":
    for group in COMMANDS:
        for command in importlib.metadata.entry_points(group=group):
            command.load()


def run(call, command):
    """In the process of the command; does not return."""
    signal.alarm(call["seconds"])
    os.chdir(call["directory"])
    os.environ.clear()
    os.environ.update(call["environment"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open(call["out"], os.O_WRONLY | os.O_APPEND), 1)
    os.dup2(os.open(call["err"], os.O_WRONLY | os.O_APPEND), 2)
    if isinstance(command, str):
        print("$", command, flush=True)
        command = shlex.split(command)
    sys.argv = [client] + command
    # Novaclient looks at the words of its process as it is loaded.
    sys.exit(main(command) if inspect.signature(main).parameters else main())


def answer(call):
    for command in call["commands"]:
        child = os.fork()
        if child == 0:
            run(call, command)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code != 0:
            return code
    return 0


for line in sys.stdin:
    print(answer(json.loads(line)), flush=True)
