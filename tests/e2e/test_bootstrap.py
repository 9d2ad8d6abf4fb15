"""script/bootstrap with the package database and apt replaced by what a test needs."""
import os
import pathlib
import pwd
import shutil
import stat
import subprocess
import time

import pytest

from stack import SOURCE

BOOTSTRAP = SOURCE / "script/bootstrap"


def program(directory, name, text):
    path = directory / name
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)


@pytest.fixture(name="tools")
def fixture_tools(tmp_path_factory):
    """A directory in front of PATH in which apt-get leaves a note when it is called."""
    directory = tmp_path_factory.mktemp("tools")
    for path in (directory, directory.parent, directory.parent.parent):
        path.chmod(path.stat().st_mode | 0o055)
    program(directory, "apt-get", f'echo "$@" >>{directory}/called\nexit 1\n')
    return directory


def run(tools, *words, **options):
    return subprocess.run(["bash", BOOTSTRAP, *words], text=True, capture_output=True, check=False,
                          env={"PATH": f"{tools}:/usr/sbin:/usr/bin:/sbin:/bin"}, timeout=60,
                          **options)


def as_nobody():
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@pytest.fixture(name="reachable")
def fixture_reachable(tools, monkeypatch):
    """A copy of the script where everybody can read it."""
    copy = pathlib.Path(shutil.copy(BOOTSTRAP, tools / "bootstrap"))
    monkeypatch.setattr("test_bootstrap.BOOTSTRAP", copy)
    return copy


def test_nothing_missing_is_quick_and_asks_no_network(tools):
    best = min(_seconds(lambda: run(tools)) for _ in range(3))
    done = run(tools)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (tools / "called").exists()
    assert best < 5


def _seconds(action):
    begin = time.monotonic()
    action()
    return time.monotonic() - begin


def test_without_root_it_names_what_is_missing_and_what_to_run(tools, reachable):
    program(tools, "dpkg-query", "exit 1\n")
    done = run(tools, **as_nobody())
    assert done.returncode == 1
    assert "g++" in done.stderr and "libfcgi-dev" in done.stderr
    assert "sudo script/bootstrap" in done.stderr
    assert not (tools / "called").exists()
    assert reachable.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="installs, and so needs root")
def test_a_failed_installation_says_so_and_restores_what_it_changed(tools):
    before = _service_policy()
    program(tools, "dpkg-query", "exit 1\n")
    done = run(tools)
    assert done.returncode == 1
    assert "could not be installed" in done.stderr
    calls = (tools / "called").read_text()
    assert "install" in calls and "update" in calls and "libfcgi-dev" in calls
    assert _service_policy() == before


def _service_policy():
    paths = [pathlib.Path(name) for name in (
        "/usr/sbin/policy-rc.d", "/usr/sbin/policy-rc.d.before-postern-bootstrap",
        "/etc/postgresql-common/createcluster.conf")]
    return [(stat.S_IMODE(path.stat().st_mode), path.read_bytes()) if path.exists() else None
            for path in paths]


def test_an_unknown_option_is_refused(tools):
    assert run(tools, "--no-such-option").returncode == 2
