"""script/server as a person uses it: start, the four printed lines, stop, and all that can go wrong.
Every test looks for processes that were left behind."""
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import stat
import subprocess

import psycopg2
import pytest

from stack import BINARY, PASSWORD, SOURCE, Stack, free_port, temporary_state, wait_for


def processes_of(state):
    """Every process whose command line or working directory names this state."""
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


@pytest.fixture(name="state")
def fixture_state():
    path = temporary_state()
    yield path
    left = processes_of(path)
    for record in path.glob("processes.json"):
        subprocess.run([SOURCE / "script/server", "--stop"], check=False,
                       env={**os.environ, "POSTERN_STATE": str(record.parent)})
    shutil.rmtree(path, ignore_errors=True)
    assert left == []


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
    registered, token, page, key = paste(lines).split("\n", 3)[0:2] + [None, None]
    output = paste([lines[1], "echo ---", lines[2], "echo ---", lines[3]]).split("---\n")
    assert json.loads(registered)["username"].startswith("visitor-")
    assert token.count(".") == 2
    page, key = output[1], output[2]
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


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "80 80", ""])
def test_a_port_that_is_none_is_refused(state, port):
    stack = Stack(state=state, env={"POSTERN_PORT": port})
    if port == "":
        pytest.skip("empty means the default, which may be in use")
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


def test_a_start_that_fails_half_way_says_why_and_leaves_nothing(state):
    stack = Stack(state=state, config="[server]\nno_such_key = 1\n")
    done = stack.run_script("--detach")
    stack.extra.unlink()
    assert done.returncode == 1
    assert "no_such_key" in done.stdout
    assert processes_of(state) == []
    assert port_is_free(stack.port)


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


def test_help_tells_the_options_and_starts_nothing(state):
    stack = Stack(state=state)
    done = stack.run_script("--help")
    assert done.returncode == 0
    for word in ("--detach", "--stop", "POSTERN_STATE", "POSTERN_PORT", "POSTERN_CONFIG_EXTRA"):
        assert word in done.stdout
    assert stack.run_script("--no-such-option").returncode == 2
    assert list(state.iterdir()) == []
