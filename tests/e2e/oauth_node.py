"""The npm libraries as Python sees them: each step of a client is one call (oauth/driver.mjs)."""
import json
import pathlib
import shutil
import subprocess

FOLDER = pathlib.Path(__file__).parent / "oauth"


class Refused(Exception):
    """What the library threw: its class, code, OAuth error, status."""

    def __init__(self, told):
        super().__init__(json.dumps(told))
        self.name, self.code, self.error = told["name"], told.get("code"), told.get("error")
        self.status, self.challenges = told.get("status"), told.get("challenges")
        self.description = told.get("description")


class Library:
    """One process of Node.js with a library loaded. `browse` takes an address that a person is sent
    to and returns the one that he comes back at."""

    def __init__(self, name):
        node = shutil.which("node") or shutil.which("nodejs")
        assert (FOLDER / "node_modules").is_dir(), "run script/bootstrap --test"
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            [node, f"{name}.mjs"], cwd=FOLDER, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()

    def _tell(self, message):
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def __call__(self, step, browse=None, **options):
        self._tell({"step": step, "options": options})
        while True:
            said = json.loads(self.process.stdout.readline())
            if "browse" in said:
                self._tell({"url": browse(said["browse"])})
            elif "failed" in said:
                raise Refused(said["failed"])
            else:
                return said["done"]
