"""Finding what a stack left behind."""
import os
import pathlib
import socket


def processes_of(state):
    """Every process whose command line or environment names this state."""
    needle = str(state).encode()
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            command = (entry / "cmdline").read_bytes()
            environment = (entry / "environ").read_bytes()
        except OSError:
            continue
        if needle in command or b"POSTERN_STATE=" + needle + b"\0" in environment:
            found.append(command.replace(b"\0", b" ").decode(errors="replace"))
    return found


def port_is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False
