"""script/server comes to an end: by a signal, by --stop after it was killed, by a part's death. Each
time everything it started is gone, and the state is as it was."""
import os
import signal
import subprocess

import pytest

from leftovers import port_is_free, processes_of
from stack import PASSWORD, Stack, wait_for


def test_state_survives_a_restart(state):
    stack = Stack(state=state).start()
    token = stack.register("ann")
    admin = stack.admin()
    stack.stop()
    stack.start()
    assert stack.admin() == admin
    assert stack.get("/members/", token=token).status_code == 200
    assert stack.login("ann", PASSWORD)["access_token"]
    assert stack.get("/staff/", token=stack.admin_token()).status_code == 200
    stack.stop()


def start_in_foreground(stack):
    process = subprocess.Popen([stack.script], env=stack.env(), text=True, start_new_session=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    seen = ""
    for line in process.stdout:
        seen += line
        if "Ctrl-C ends it" in line:
            return process
    raise AssertionError(seen)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_it_started(state, signum):
    stack = Stack(state=state)
    process = start_in_foreground(stack)
    assert stack.get("/auth/v1/readyz").status_code == 200
    os.killpg(process.pid, signum)  # as a terminal does on Ctrl-C
    assert process.wait(60) == 0
    assert processes_of(state) == []
    assert port_is_free(stack.port)


def test_a_signal_in_the_middle_of_a_start_ends_everything_too(state):
    stack = Stack(state=state)
    process = subprocess.Popen([stack.script, "--detach"], env=stack.env(), text=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    wait_for(lambda: "postgresql" in (state / "processes.json").read_text()
             if (state / "processes.json").exists() else None, 60, "the database")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode != 0
    wait_for(lambda: processes_of(state) == [], 30, "the end of everything")


def test_what_a_killed_script_left_is_ended_by_stop_and_by_the_next_start(state):
    stack = Stack(state=state).start()
    for _ in range(2):
        os.kill(stack.pid("server"), signal.SIGKILL)
        wait_for(lambda: len(processes_of(state)) > 0, 5, "orphans")
        stack.start()
        assert stack.get("/auth/v1/readyz").status_code == 200
    os.kill(stack.pid("server"), signal.SIGKILL)
    stack.stop()
    assert processes_of(state) == []


def test_the_end_of_a_part_ends_the_rest(state):
    stack = Stack(state=state).start()
    os.kill(stack.pid("nginx"), signal.SIGKILL)
    wait_for(lambda: processes_of(state) == [], 30, "the end of everything")
    assert "nginx ended unexpectedly" in (state / "server.log").read_text()
