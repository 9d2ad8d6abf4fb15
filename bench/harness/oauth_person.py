"""Somebody with a browser who signs in at Postern's pages once and then sends an application as many
authorization codes as it wants."""
import html.parser
import http.client
import urllib.parse

from bench.harness.scenario import Unexpected


class _Fields(html.parser.HTMLParser):
    """The hidden fields of a page's first form, and where it is sent."""

    def __init__(self, text: str):
        super().__init__()
        self.action, self.fields = "", {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "form" and not self.action:
            self.action = values.get("action") or ""
        elif tag == "input" and values.get("type") == "hidden":
            self.fields[values["name"]] = values.get("value") or ""


class Person:
    """`site` is where requests go, `issuer` what the site calls itself."""

    def __init__(self, site: str, issuer: str, username: str, password: str):
        parts = urllib.parse.urlsplit(site)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
        self._issuer, self._who = issuer, {"username": username, "password": password}
        self._cookies: dict[str, str] = {}

    def answer_of(self, question: str, application: str) -> dict[str, str]:
        """Goes through whatever is asked, and tells what the application is sent."""
        place, form = question, None
        for _ in range(10):
            status, location, body = self._ask(place, form)
            form = None
            if location.startswith(application):
                return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))
            if location:
                place = location.removeprefix(self._issuer)
                continue
            page = _Fields(body)
            if status != 200 or not page.action:
                break
            more = self._who if 'name="password"' in body else {"decision": "allow"}
            place, form = page.action.removeprefix(self._issuer), {**page.fields, **more}
        raise Unexpected(f"no code: {status} at {place.partition('?')[0]}")

    def _ask(self, place: str, form: dict[str, str] | None) -> tuple[int, str, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        body = None
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded",
                        "Origin": self._issuer, "Sec-Fetch-Site": "same-origin"}
            body = urllib.parse.urlencode(form)
        self._connection.request("GET" if form is None else "POST", place, body, headers)
        answer = self._connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name.strip()] = value
        return answer.status, answer.headers.get("Location") or "", answer.read().decode()
