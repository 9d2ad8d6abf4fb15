"""script/server as a person uses it: start, the four printed lines, and what it says when something
is wrong. test_server_endings.py ends it in every way, test_server_places.py starts it in odd places."""
import json
import os
import pathlib
import pwd
import stat
import subprocess

import psycopg2
import pytest

from leftovers import port_is_free, processes_of
from stack import PASSWORD, Stack, free_port, wait_for


@pytest.fixture(scope="module", name="running")
def fixture_running():
    with Stack() as stack:
        yield stack


def printed_lines(text):
    lines = [line for line in text.splitlines() if line.startswith(("curl ", "TOKEN="))]
    assert len(lines) == 4, text
    return lines


def paste(lines):
    """Into a shell that has nothing but what every Debian has, one line after the other."""
    done = subprocess.run(["bash", "--norc"], input="\n".join(lines) + "\n", text=True, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          env={"PATH": "/usr/bin:/bin", "no_proxy": "127.0.0.1"})
    return done.stdout


def test_four_printed_lines_work_when_pasted_and_stop_leaves_nothing(state):
    stack = Stack(state=state)
    stack.start()
    lines = printed_lines(stack.printed)
    registered, token, page, key = paste(
        [lines[0], "echo ---", lines[1], "echo ---", lines[2], "echo ---", lines[3]]).split("---\n")
    assert json.loads(registered)["username"].startswith("visitor-")
    assert token.count(".") == 2
    assert "user: visitor-" in page
    assert json.loads(key)["key"].startswith("pst_")
    assert str(state / "admin.json") in stack.printed

    parts = stack.record()["parts"]
    stack.stop()
    assert all(not pathlib.Path(f"/proc/{part['pid']}").exists() for part in parts)
    assert processes_of(state) == []
    assert port_is_free(stack.port)


def test_the_administrator_gets_a_private_file_that_opens_the_staff_page(running):
    path = running.state / "admin.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.stat().st_uid == os.geteuid()
    admin = json.loads(path.read_text())
    assert set(admin) == {"username", "email", "password"}
    assert len(admin["password"]) >= 15
    page = running.get("/staff/", token=running.admin_token())
    assert page.status_code == 200
    assert "role: admin" in page.text


def test_secrets_of_the_state_are_for_their_owner_alone(running):
    key = running.state / "data/app/master.key"
    assert stat.S_IMODE(key.stat().st_mode) & 0o077 == 0
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE((running.state / "data/pg").stat().st_mode) == 0o700
    for door in ("api", "gate"):
        socket_path = pathlib.Path(running.record()["run"], "fcgi", f"{door}.sock")
        assert stat.S_IMODE(socket_path.stat().st_mode) == 0o660
        assert stat.S_IMODE(socket_path.parent.stat().st_mode) & 0o007 == 0


def test_password_of_the_administrator_is_in_no_log_and_no_command_line(running):
    password = running.admin()["password"]
    running.admin_token()
    for path in (running.state / "log").iterdir():
        assert password not in path.read_text(errors="replace"), path
    assert password not in running.printed
    assert all(password not in command for command in processes_of(running.state))


@pytest.mark.skipif(os.geteuid() != 0, reason="everything is one user")
def test_programs_run_without_rights_and_the_runtime_cannot_be_the_owner(running):
    owners = {name: os.stat(f"/proc/{running.pid(name)}").st_uid
              for name in ("postgresql", "postern", "nginx")}
    assert owners["postgresql"] == pwd.getpwnam("postgres").pw_uid
    assert owners["postern"] == pwd.getpwnam("postern").pw_uid
    assert all(os.stat(f"/proc/{pid}").st_uid == owners["postern"]
               for pid in running.worker_pids())
    psql = ["psql", "-X", "-h", running.record()["run"] + "/pg", "-d", "postern", "-c", "select 1"]
    user = pwd.getpwnam("postern")
    as_role = {role: subprocess.run([*psql, "-U", role], user=user.pw_uid, group=user.pw_gid,
                                    extra_groups=[], capture_output=True, cwd="/",
                                    check=False).returncode
               for role in ("postern", "postern_owner", "postgres")}
    assert as_role["postern"] == 0
    assert as_role["postern_owner"] != 0
    assert as_role["postgres"] != 0


def test_the_runtime_role_owns_nothing_and_cannot_change_the_schema(running):
    owned = running.sql("select count(*) from pg_class where relowner = 'postern'::regrole")
    assert owned == [(0,)]
    for statement in ("create table postern.x (i int)", "create schema x",
                      "create table public.x (i int)", "alter table postern.account add x int",
                      "drop table postern.audit", "truncate postern.account"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            running.sql(statement, role="postern")


def test_a_second_start_on_the_same_state_says_so_and_harms_nothing(running):
    port, running.port = running.port, free_port()
    try:
        done = running.run_script("--detach")
    finally:
        running.port = port
    assert done.returncode == 1
    assert "already" in done.stdout and "--stop" in done.stdout
    assert running.get("/auth/v1/readyz").status_code == 200


def test_a_taken_port_is_said_before_anything_is_started(running, state):
    stack = Stack(state=state)
    stack.port = running.port
    done = stack.run_script("--detach")
    assert done.returncode == 1
    assert f"Port {running.port} " in done.stdout and "POSTERN_PORT=" in done.stdout
    assert not (state / "data").exists()


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "80 80"])
def test_a_port_that_is_none_is_refused(state, port):
    stack = Stack(state=state, env={"POSTERN_PORT": port})
    done = stack.run_script("--detach")
    assert done.returncode == 1
    assert "POSTERN_PORT" in done.stdout


def test_stopping_one_leaves_another_alone_and_a_second_stop_is_told(running, state):
    stack = Stack(state=state).start()
    assert stack.get("/open/").status_code == 200
    stack.stop()
    assert running.get("/open/").status_code == 200
    again = stack.run_script("--stop")
    assert again.returncode == 0
    assert "No server runs" in again.stdout


def test_a_start_that_fails_half_way_says_why_and_leaves_nothing(state):
    stack = Stack(state=state, config="[server]\nno_such_key = 1\n")
    done = stack.run_script("--detach")
    stack.extra.unlink()
    assert done.returncode == 1
    assert "no_such_key" in done.stdout
    assert processes_of(state) == []
    assert port_is_free(stack.port)


def test_the_database_can_be_taken_away_and_given_back(running):
    running.stop_database()
    assert running.get("/auth/v1/readyz").status_code == 503
    running.start_database()
    wait_for(lambda: running.get("/auth/v1/readyz").status_code == 200, 20, "readiness")


def test_the_configuration_is_layered_and_can_be_seen(state):
    stack = Stack(state=state, config='[registration]\nmode = "closed"\n')
    with stack:
        assert "issuer" in (state / "postern.toml").read_text()
        refused = stack.post("/auth/v1/register", {
            "username": "ann", "email": "ann@example.org", "password": PASSWORD})
        assert refused.status_code == 403


def test_help_tells_the_options_and_starts_nothing(state):
    stack = Stack(state=state)
    done = stack.run_script("--help")
    assert done.returncode == 0
    for word in ("--detach", "--stop", "POSTERN_STATE", "POSTERN_PORT", "POSTERN_CONFIG_EXTRA"):
        assert word in done.stdout
    assert stack.run_script("--no-such-option").returncode == 2
    assert list(state.iterdir()) == []
