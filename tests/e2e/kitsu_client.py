"""A client of Kitsu's API that behaves as its SDK does on the wire: the same requests in the same
order, the same reading of the answers. For tests: every answer is kept in `answers`."""
import contextlib

import requests

VERSION = "1.1.12"
EXPIRED = "Signature has expired"


class KitsuError(Exception):
    """An answer that the SDK raises; `answer` is it."""

    def __init__(self, answer):
        super().__init__(f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}")
        self.answer = answer


class AuthFailed(KitsuError):
    """log_in() alone."""


class NotAuthenticated(KitsuError):
    """401"""


class NotAllowed(KitsuError):
    """403"""


class BadParameter(KitsuError):
    """400"""


class Invalid(KitsuError):
    """422"""


class RouteNotFound(KitsuError):
    """404"""


class MethodNotAllowed(KitsuError):
    """405"""


class TooBig(KitsuError):
    """413"""


class ServerFault(KitsuError):
    """500, 502"""


# What is not here counts as a success, 429 and 503 too.
RAISED = {400: BadParameter, 401: NotAuthenticated, 403: NotAllowed, 404: RouteNotFound,
          405: MethodNotAllowed, 413: TooBig, 422: Invalid, 500: ServerFault, 502: ServerFault}


def says_expired(answer):
    """What the SDK takes for a token that a refresh would mend: nothing but this one message."""
    if answer.status_code not in (401, 422):
        return False
    try:
        return answer.json().get("message") == EXPIRED
    except (ValueError, AttributeError):
        return False


class KitsuClient:
    def __init__(self, host, use_refresh_token=True, tokens=None):
        self.host, self.use_refresh_token = host, use_refresh_token
        self.access, self.refresh = None, None
        if tokens:
            self.set_token(tokens)
        self.http = requests.Session()
        self.http.trust_env = False
        self.answers = []
        self.http.hooks["response"] = [lambda answer, *_, **__: self.answers.append(answer)]

    # --- the wire --------------------------------------------------------------------------------

    def headers(self, token):
        headers = {"User-Agent": f"CGWire Gazu {VERSION}"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return headers

    def _send(self, method, path, token, **options):
        return self.http.request(method, f"{self.host}/{path}", headers=self.headers(token),
                                 timeout=60, **options)

    def ask(self, method, path, **options):
        """A request as the person or bot; once more after a refresh where the token expired."""
        answer = self._send(method, path, self.access, **options)
        if self.use_refresh_token and self.refresh and says_expired(answer):
            self.refresh_access_token()
            answer = self._send(method, path, self.access, **options)
        if answer.status_code in RAISED:
            raise RAISED[answer.status_code](answer)
        return answer

    def get(self, path, **options):
        return self.ask("GET", path, **options).json()

    # --- the host --------------------------------------------------------------------------------

    def host_is_up(self):
        try:
            return self.http.head(self.host, timeout=60).status_code == 200
        except requests.ConnectionError:
            return False

    def host_is_valid(self):
        if not self.host_is_up():
            return False
        answer = self._send("POST", "auth/login", self.access, json={"email": ""})
        return answer.ok or answer.status_code in (400, 401)

    def get_api_version(self):
        return self.get("")["version"]

    # --- signing in and out ----------------------------------------------------------------------

    def log_in(self, email, password, **factor):
        """An Authorization of before rides along."""
        body = {"email": email, "password": password, "totp": None, "email_otp": None,
                "fido_authentication_response": None, "recovery_code": None, **factor}
        answer = self._send("POST", "auth/login", self.access, json=body)
        if answer.status_code in (400, 401):
            raise AuthFailed(answer)
        if answer.status_code in RAISED:
            raise RAISED[answer.status_code](answer)
        tokens = answer.json()
        if tokens.get("login") is False:
            raise AuthFailed(answer)
        self.set_token(tokens)
        return tokens

    def set_token(self, tokens):
        if isinstance(tokens, str):
            tokens = {"access_token": tokens}
        self.access, self.refresh = tokens["access_token"], tokens.get("refresh_token")

    def refresh_access_token(self):
        """Good once: the refresh token is forgotten."""
        answer = self._send("GET", "auth/refresh-token", self.refresh)
        if answer.status_code in RAISED:
            raise RAISED[answer.status_code](answer)
        body = answer.json()
        self.access, self.refresh = body["access_token"], None
        return body

    def log_out(self):
        with contextlib.suppress(BadParameter):
            self.get("auth/logout")
        self.access, self.refresh = None, None

    # --- who and what ----------------------------------------------------------------------------

    def is_authenticated(self):
        return self.get("auth/authenticated")["authenticated"]

    def get_current_user(self):
        return self.get("auth/authenticated")["user"]

    def get_organisation(self):
        return self.get("auth/authenticated")["organisation"]

    def get_context(self):
        return self.get("data/user/context")

    def all_open_projects(self, name=None):
        return self.get("data/user/projects/open", params={"name": name} if name else None)

    def all_bots(self):
        return self.get("data/persons", params={"is_bot": True})

    def new_bot(self, name, email, role="user", expiration_date=None):
        return self.ask("POST", "data/persons", json={
            "first_name": name, "last_name": "", "email": email, "role": role, "departments": [],
            "active": True, "expiration_date": expiration_date, "is_bot": True}).json()

    def update_bot(self, bot):
        return self.ask("PUT", f"data/persons/{bot['id']}", json=bot).json()

    def remove_bot(self, bot, force=False):
        return self.ask("DELETE", f"data/persons/{bot['id']}",
                        params={"force": True} if force else None).status_code


@contextlib.contextmanager
def create_session(host, email, password):
    """Signed in for as long as the block runs."""
    client = KitsuClient(host, use_refresh_token=False)
    client.log_in(email, password)
    try:
        yield client
    finally:
        client.log_out()
