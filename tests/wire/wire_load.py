"""Steady load on one of the sockets."""

import threading
import time

from fcgi_client import base_params, connect, read_answer, request


class Load:
    """Requests from several threads until told to stop; every outcome is kept."""

    def __init__(self, address, threads=4, uri="/echo"):
        self.address, self.uri, self.stopping = address, uri, False
        self.good, self.bad, self.refused = 0, [], 0
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run) for _ in range(threads)]

    def run(self):
        while not self.stopping:
            try:
                sock = connect(self.address)
            except (ConnectionRefusedError, FileNotFoundError, BlockingIOError):
                with self.lock:
                    self.refused += 1
                time.sleep(0.01)
                continue
            with sock:
                try:
                    sock.sendall(request(base_params(self.uri, "POST"), b"x" * 500))
                    answer = read_answer(sock)
                    outcome = "good" if answer.whole and answer.status == 200 else answer.raw[:80]
                except OSError as error:
                    outcome = repr(error)
            with self.lock:
                if outcome == "good":
                    self.good += 1
                else:
                    self.bad.append(outcome)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping = True
        for thread in self.threads:
            thread.join()
