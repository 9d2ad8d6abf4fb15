"""The nginx in front of a peer: one protected location that it answers itself with a constant, and
the check that it asks the peer for."""
import os

from bench.peers.program import PEERS, Program, fill, free_port

LOCATION = "/members/static"


class Front(Program):
    """Configured as nginx's documentation has auth_request and keep-alive connections to an HTTP/1.1
    upstream; `gate` names a file with other locations, where the product's documentation differs."""

    def __init__(self, run, socket, gate=None):
        if len(str(socket)) > 107:
            raise RuntimeError(f"{socket} is too long for a socket")
        port = free_port()
        self.url = f"http://127.0.0.1:{port}{LOCATION}"
        gate_conf = run / "nginx-gate.conf"
        gate_conf.write_text(fill(gate or PEERS / "gate-http.conf", RUN=run, SOCKET=socket,
                                  LOCATION=LOCATION))
        (run / "nginx").mkdir()
        conf = run / "nginx.conf"
        conf.write_text(fill(PEERS / "nginx.conf", RUN=run, PORT=port, SOCKET=socket,
                             USER="user www-data;" if os.geteuid() == 0 else ""))
        super().__init__(["/usr/sbin/nginx", "-e", run / "nginx-error.log", "-c", conf],
                         run / "nginx-error.log")
