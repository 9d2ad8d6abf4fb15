"""A browser without a screen: follows redirections, keeps cookies, fills the forms of the pages as
a person does, and stops where it is sent away from the site."""
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

from stack import PASSWORD


class Form:
    """A form as it stands in a page: its fields in order, its buttons."""

    def __init__(self, attributes):
        self.action = attributes.get("action") or ""
        self.method = (attributes.get("method") or "get").upper()
        self.fields, self.buttons = [], []

    def has(self, name):
        return any(field == name for field, _ in self.fields)

    def offers(self, name, value):
        return (name, value) in self.buttons

    def filled(self, values):
        known = [name for name, _ in self.fields]
        form = [(name, values.get(name, value)) for name, value in self.fields]
        return form + [(name, value) for name, value in values.items() if name not in known]


class Page(HTMLParser):
    """An answer that is shown: forms, links, visible text."""

    def __init__(self, answer):
        super().__init__()
        self.answer, self.url, self.status = answer, answer.url, answer.status_code
        self.forms, self.links, self.text, self.refresh = [], [], "", None
        self._form, self._hidden = None, 0
        self.feed(answer.text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form":
            self._form = Form(attributes)
            self.forms.append(self._form)
        elif tag in ("style", "script", "title"):
            self._hidden += 1
        elif tag == "meta" and attributes.get("http-equiv") == "refresh":
            self.refresh = attributes["content"].partition("url=")[2]
        elif tag == "a":
            self.links.append(attributes.get("href"))
        if self._form is None or "name" not in attributes:
            return
        name, value = attributes["name"], attributes.get("value") or ""
        kind = (attributes.get("type") or "").lower()
        if tag == "button" or kind == "submit":
            self._form.buttons.append((name, value))
        elif kind in ("checkbox", "radio"):
            if "checked" in attributes:
                self._form.fields.append((name, value or "on"))
        elif tag in ("input", "select", "textarea"):
            self._form.fields.append((name, value))

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag in ("style", "script", "title"):
            self._hidden -= 1

    def handle_data(self, data):
        if not self._hidden:
            self.text = f"{self.text} {data.strip()}".strip()

    def form_with(self, field):
        return next((form for form in self.forms if form.has(field)), None)

    def deciding(self):
        return next((form for form in self.forms if form.offers("decision", "allow")), None)


class Browser:
    """Somebody's browser. What it is asked on its way it answers as that person."""

    def __init__(self, stack, username=None, password=PASSWORD):
        self.stack, self.username, self.password = stack, username, password
        self.http = requests.Session()
        self.http.trust_env = False
        self.pages, self.answers = [], []

    def at_home(self, url):
        return url.startswith(self.stack.url + "/")

    def ask(self, method, url, page=None, **options):
        """One request, as a browser makes it: a form says where it stood, if its page lets it."""
        headers = {"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Mode": "navigate",
                   "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"}
        if page is not None:
            headers["Sec-Fetch-Site"] = "same-origin"
            silent = page.answer.headers.get("Referrer-Policy") == "no-referrer"
            if method == "POST":
                headers["Origin"] = "null" if silent else self.stack.url
        answer = self.http.request(method, url, headers=headers, allow_redirects=False, timeout=30,
                                   **options)
        self.answers.append(answer)
        return answer

    def open(self, url):
        """The page at which redirections end, or the address away from here that they lead to."""
        return self.follow(self.ask("GET", url))

    def follow(self, answer):
        for _ in range(10):
            target = answer.headers.get("Location")
            if target is None:
                self.pages.append(Page(answer))
                target = self.pages[-1].refresh
            if target is None:
                return self.pages[-1]
            url = urljoin(answer.url, target)
            if not self.at_home(url):
                return url
            answer = self.ask("GET", url)
        raise AssertionError("redirections without an end")

    def submit(self, page, form, **values):
        """Fills and sends a form. One that is meant for elsewhere (form_post) is not sent, but told
        as the address it would have gone to, its fields as the query."""
        url = urljoin(page.url, form.action) if form.action else page.url
        filled = form.filled(values)
        if not self.at_home(url):
            return requests.Request("GET", url, params=filled).prepare().url
        kind = {"params" if form.method == "GET" else "data": filled}
        return self.follow(self.ask(form.method, url, page, **kind))

    def sign_in(self, page):
        return self.submit(page, page.form_with("password"), username=self.username,
                           password=self.password)

    def go(self, url, decision="allow"):
        """Through whatever is asked, to the client's address, or to the page where it ends."""
        place = self.open(url)
        for _ in range(5):
            if not isinstance(place, Page):
                return place
            if place.form_with("password"):
                place = self.sign_in(place)
            elif place.deciding():
                place = self.submit(place, place.deciding(), decision=decision)
            elif place.form_with("user_code"):  # which stands in it already
                place = self.submit(place, place.form_with("user_code"))
            elif place.form_with("iss"):
                place = self.submit(place, place.form_with("iss"))
            else:
                return place
        return place

    def asked(self, field):
        """How many pages asked for something."""
        return sum(page.form_with(field) is not None for page in self.pages)

    @property
    def consents(self):
        return sum(page.deciding() is not None for page in self.pages)


def query_of(url):
    """An address's parameters, each of which is there once."""
    values = parse_qs(urlsplit(url).query, keep_blank_values=True, strict_parsing=True)
    assert all(len(value) == 1 for value in values.values()), url
    return {name: value[0] for name, value in values.items()}
