import os
import sys

sys.path.insert(0, os.path.dirname(__file__))

import pytest

from fcgi_client import get
from wire_server import Server


@pytest.fixture(scope="module")
def server():
    with Server() as running:
        yield running
        assert running.events("worker_died") == []


@pytest.fixture(scope="module")
def impatient():
    """Waits a second for a request."""
    with Server(receive_timeout=1) as running:
        yield running
        assert running.events("worker_died") == []
