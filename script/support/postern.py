"""The program itself: built, or one that exists; then its commands."""
import json
import os
import pathlib
import shutil
import urllib.parse

from errors import Failure
from places import everybody_enters
from processes import run_step
from render import SOURCE, write


def build():
    """The release preset, with the build tool's own progress on the terminal."""
    run_step(["cmake", "-S", SOURCE, "--preset", "release"], "Configuring the build", quiet=True)
    run_step(["cmake", "--build", SOURCE / "build" / "release", "--target", "postern"],
             "The build", quiet=False)
    return SOURCE / "build" / "release" / "bin" / "postern"


def given_binary():
    """The program that POSTERN_BINARY names, or None."""
    name = os.environ.get("POSTERN_BINARY")
    if not name:
        return None
    path = pathlib.Path(os.path.abspath(name))
    if not os.access(path, os.X_OK) or not path.is_file():
        raise Failure(f"POSTERN_BINARY is not a program: {path}")
    return path


class Postern:
    def __init__(self, places, users, binary):
        self.places, self.users = places, users
        self.binary = self._reachable(binary, "bin", 0o755)
        self.env = {key: value for key, value in os.environ.items()
                    if key in ("PATH", "TZ") or key.startswith(("POSTERN_TEST_", "ASAN_", "UBSAN_",
                                                                "LSAN_", "TSAN_", "GCOV_"))}
        self.env |= {"HOME": "/", "LANG": "C.UTF-8"}
        extra = os.environ.get("POSTERN_CONFIG_EXTRA")
        if extra:
            path = pathlib.Path(os.path.abspath(extra))
            if not path.is_file():
                raise Failure(f"POSTERN_CONFIG_EXTRA is not a file: {path}")
            self.env["POSTERN_CONFIG_EXTRA"] = str(self._reachable(path, "app", 0o640))

    def _reachable(self, path, folder, mode):
        """`path` itself, or a copy where the program's user can read it."""
        if not self.users.root or (everybody_enters(path.parent) and path.stat().st_mode & 0o004):
            return path
        copy = self.places.data.resolve() / folder / path.name
        copy.unlink(missing_ok=True)
        shutil.copyfile(path, copy)
        os.chown(copy, 0, self.users.app.gid)
        copy.chmod(mode)
        return copy

    def command(self, *words):
        return [self.binary, "--config", self.places.data.resolve() / "postern.toml", *words]

    def migrate(self):
        run_step(self.command("migrate"), "postern migrate", env=self.env)

    def init(self):
        """Makes the keys and, at the first start, the administrator, whose credentials end up in a
        file that only the person who runs this can read. A draft of an interrupted start is what
        `postern init` goes on with."""
        draft = self.places.data.resolve() / "app" / "admin.json"
        words = ["init"]
        if not self.places.admin.exists():
            words += ["--admin", "admin", "--admin-email", "admin@localhost.example",
                      "--credentials-file", str(draft)]
        run_step(self.command(*words), "postern init", user=self.users.app, env=self.env)
        if draft.exists():
            credentials = json.loads(draft.read_text())
            write(self.places.admin, json.dumps(credentials, indent=2) + "\n", mode=0o600)
            draft.unlink()

    def issuer_path(self):
        """Of the authorization server, below which it answers too; "" for none."""
        shown = json.loads(run_step(self.command("config", "show", "--json"),
                                    "postern config show", user=self.users.app, env=self.env))
        return urllib.parse.urlsplit(shown["values"]["oauth.issuer"]["value"]).path

    def serve(self, children):
        children.start("postern", self.command("serve"), user=self.users.app, env=self.env,
                       log=self.places.data / "log" / "postern.log")
