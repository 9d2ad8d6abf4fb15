"""Many requests at once, counted by what came back."""
import collections
import threading

import requests


def at_once(count, action):
    """Runs action(i) in `count` threads that start together; their answers in order."""
    barrier, answers = threading.Barrier(count), [None] * count

    def run(index):
        with requests.Session() as session:
            session.trust_env = False
            barrier.wait()
            answers[index] = action(index, session)

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


class Load:
    """Sends action(session) over and over from some threads while the block runs. `counts` tells
    how often each answer came: a status, or the name of an exception."""

    def __init__(self, action, threads=8):
        self.action, self.counts = action, collections.Counter()
        self.stopping, self.lock = threading.Event(), threading.Lock()
        self.threads = [threading.Thread(target=self._run) for _ in range(threads)]

    def _run(self):
        with requests.Session() as session:
            session.trust_env = False
            while not self.stopping.is_set():
                try:
                    answer = self.action(session)
                except requests.RequestException as error:
                    answer = type(error).__name__
                with self.lock:
                    self.counts[answer] += 1

    def total(self):
        with self.lock:
            return sum(self.counts.values())

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()
