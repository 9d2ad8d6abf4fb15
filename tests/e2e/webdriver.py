"""Chromium without a screen, driven by the W3C's WebDriver protocol, with a virtual authenticator
(Web Authentication, section "User Agent Automation").

    with Browser() as browser:
        browser.open("http://localhost:8080/")
        device = browser.add_authenticator()
        browser.run("arguments[0](document.title)")
"""
import base64
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

import requests

from leftovers import processes_of
from stack import free_port, wait_for

PROGRAMS = ("chromedriver", "chromium")
PICTURES = os.environ.get("POSTERN_SCREENSHOTS")  # a directory to keep pictures of pages in
ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--disable-background-networking", "--no-first-run", "--no-proxy-server")


class Browser:
    def __init__(self):
        for program in PROGRAMS:
            assert shutil.which(program), f"{program} is missing: script/bootstrap installs it"
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="postern-browser-"))
        self.base = f"http://127.0.0.1:{free_port()}"
        self.http = requests.Session()
        self.http.trust_env = False
        self.session = ""
        self.driver = None

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_):
        try:
            self._call("DELETE", "")
        finally:
            self._end()
        assert processes_of(self.place) == []

    def _start(self):
        port = self.base.rsplit(":", 1)[1]
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={port}", "--silent"], start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(self.place), "TMPDIR": str(self.place)})
        wait_for(self._is_ready, 20, "chromedriver")
        options = {"binary": shutil.which("chromium"),
                   "args": [*ARGUMENTS, f"--user-data-dir={self.place}/profile"]}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options,
                  "goog:loggingPrefs": {"browser": "ALL"}, "webauthn:virtualAuthenticators": True}
        made = self._call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}}, whole=True)
        self.session = f"/session/{made['sessionId']}"

    def _is_ready(self):
        try:
            return self._call("GET", "/status", whole=True)["ready"]
        except requests.ConnectionError:
            return False

    def _end(self):
        """The driver ends its browser with itself; what does not end is ended."""
        if self.driver is not None:
            self.driver.terminate()
            try:
                self.driver.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.driver.pid, signal.SIGKILL)
                self.driver.wait(10)
            wait_for(lambda: processes_of(self.place) == [], 10, "the browser's end")
        shutil.rmtree(self.place, ignore_errors=True)

    def _call(self, method, path, body=None, whole=False):
        answer = self.http.request(method, self.base + ("" if whole else self.session) + path,
                                   json={} if method == "POST" and body is None else body,
                                   timeout=60)
        value = answer.json()["value"]
        assert answer.status_code == 200, value
        return value

    # --- pages -----------------------------------------------------------------------------------

    def open(self, address):
        self._call("POST", "/url", {"url": address})

    def run(self, script, *arguments):
        """What the script hands to its last argument, a function."""
        return self._call("POST", "/execute/async", {"script": script, "args": list(arguments)})

    @property
    def address(self):
        return self._call("GET", "/url")

    @property
    def title(self):
        return self._call("GET", "/title")

    def find(self, selector):
        """The ids of the elements."""
        found = self._call("POST", "/elements", {"using": "css selector", "value": selector})
        return [element["element-6066-11e4-a52e-4f735466cecf"] for element in found]

    def has(self, selector):
        return self.find(selector) != []

    def _only(self, selector):
        found = self.find(selector)
        assert len(found) == 1, f"{len(found)} of {selector} at {self.address}: {self.text()}"
        return "/element/" + found[0]

    def _is_gone(self, element):
        answer = self.http.get(f"{self.base}{self.session}/element/{element}/name", timeout=60)
        return answer.status_code != 200

    def type(self, selector, text):
        """Into a field that is emptied before."""
        element = self._only(selector)
        self._call("POST", element + "/clear")
        self._call("POST", element + "/value", {"text": text})

    def click(self, selector):
        self._call("POST", self._only(selector) + "/click")

    def press(self, selector):
        """What leads to another page; goes there."""
        page = self.find("html")[0]
        self.click(selector)
        wait_for(lambda: self._is_gone(page), 10, f"the page behind {selector}")
        wait_for(lambda: self.has("body"), 10, "that page")

    def text(self, selector="body"):
        return self._call("GET", "/element/" + self.find(selector)[0] + "/text")

    def css(self, selector, name):
        return self._call("GET", f"{self._only(selector)}/css/{name}")

    def keep_picture(self, name):
        """Where somebody wants to look at the pages."""
        if PICTURES:
            picture = base64.b64decode(self._call("GET", "/screenshot"))
            pathlib.Path(PICTURES, name + ".png").write_bytes(picture)

    def new_tab(self):
        """Opens one and goes there; the handle that go_to() takes."""
        handle = self._call("POST", "/window/new", {"type": "tab"})["handle"]
        self.go_to(handle)
        return handle

    def tab(self):
        return self._call("GET", "/window")

    def go_to(self, handle):
        self._call("POST", "/window", {"handle": handle})

    def command(self, name, **options):
        """One of the DevTools protocol."""
        return self._call("POST", "/goog/cdp/execute", {"cmd": name, "params": options})

    def console(self):
        """What the browser complained of since it was asked last."""
        return [entry["message"] for entry in self._call("POST", "/se/log", {"type": "browser"})]

    def forget_cookies(self):
        self._call("DELETE", "/cookie")

    def cookies(self):
        return {cookie["name"]: cookie for cookie in self._call("GET", "/cookie")}

    # --- authenticators --------------------------------------------------------------------------

    def add_authenticator(self):
        """One that is there, consents, and knows its person."""
        return self._call("POST", "/webauthn/authenticator", {
            "protocol": "ctap2", "transport": "usb", "hasResidentKey": False,
            "hasUserVerification": True, "isUserConsenting": True, "isUserVerified": True})

    def remove_authenticator(self, device):
        self._call("DELETE", f"/webauthn/authenticator/{device}")

    def credentials(self, device):
        return self._call("GET", f"/webauthn/authenticator/{device}/credentials")

    def add_credential(self, device, credential):
        self._call("POST", f"/webauthn/authenticator/{device}/credential", credential)

    def set_sign_count(self, device, count):
        """As a copy of the authenticator would have it, that was made when its counter stood so."""
        kept = self.credentials(device)
        for credential in kept:
            path = f"/webauthn/authenticator/{device}/credentials"
            self._call("DELETE", f"{path}/{credential['credentialId']}")
            self.add_credential(device, {**credential, "signCount": count})
