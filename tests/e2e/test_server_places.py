"""script/server in odd places: where no other user can enter, in long paths with spaces, and for
somebody who is not root."""
import os
import pathlib
import pwd
import shutil
import stat
import subprocess

import pytest

from stack import BINARY, SOURCE, Stack


def checkout_at(directory):
    """What script/server needs of the source, elsewhere."""
    for name in ("script", "nginx", "web"):
        shutil.copytree(SOURCE / name, directory / name)
    shutil.copy(BINARY, directory / "postern")
    return directory


def assert_it_works(stack):
    stack.start()
    try:
        token = stack.register("ann")
        assert "user: ann" in stack.get("/members/", token=token).text
        assert stack.get("/members/static", token=token).status_code == 200
        assert "sign-in" in stack.get("/").text
    finally:
        stack.stop()


def test_it_runs_where_no_other_user_can_enter(state):
    home = state / "private"
    home.mkdir(mode=0o700)
    source = checkout_at(home)
    stack = Stack(state=home / "var", script=source / "script/server",
                  env={"POSTERN_BINARY": str(source / "postern")},
                  config='[gate]\nrealm = "elsewhere"\n')
    stack.extra = pathlib.Path(shutil.move(stack.extra, home / "extra.toml"))
    stack.extra.chmod(0o600)
    try:
        assert_it_works(stack)
        assert stat.S_IMODE((home / "var/admin.json").stat().st_mode) == 0o600
        assert (home / "var/postern.toml").exists()
    finally:
        place = (home / "var/data").resolve()
        if not place.is_relative_to(state):
            shutil.rmtree(place)


def test_it_runs_in_a_long_path_with_spaces(state):
    deep = state / "a place with spaces" / ("and a long name " * 5).strip()
    deep.mkdir(parents=True)
    source = checkout_at(deep)
    assert_it_works(Stack(state=deep / "var", script=source / "script/server",
                          env={"POSTERN_BINARY": str(source / "postern")}))
    assert not (deep / "var/data/run").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="everything else ran as an ordinary user already")
def test_it_runs_for_an_ordinary_user(state):
    user = pwd.getpwnam("nobody")
    source = checkout_at(state)
    for path in (state, *state.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid)
    stack = Stack(state=state / "var", script=source / "script/server")
    env = {**stack.env(), "POSTERN_BINARY": str(source / "postern"), "HOME": str(state)}

    def run(word):
        return subprocess.run([stack.script, word], env=env, text=True, capture_output=True,
                              user=user.pw_uid, group=user.pw_gid, extra_groups=[], timeout=120,
                              check=False)
    started = run("--detach")
    assert started.returncode == 0, started.stdout + started.stderr
    try:
        token = stack.register("ann")
        assert "user: ann" in stack.get("/members/", token=token).text
        assert (state / "var/admin.json").stat().st_uid == user.pw_uid
        assert stat.S_IMODE((state / "var").stat().st_mode) == 0o700
    finally:
        stopped = run("--stop")
    assert stopped.returncode == 0, stopped.stdout + stopped.stderr
