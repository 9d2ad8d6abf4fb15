"""A real SMTP server (aiosmtpd) for a test, and certificates for it.

    with MailServer(place, tls="starttls") as server:
        ...
        letter = server.letter_to("ann@example.org")
"""
import email
import email.policy
import re
import subprocess
import ssl
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from stack import free_port, wait_for

USER, PASSWORD = "postern", "smtp pass=word \"quoted\""


def make_authority(place, name):
    """A certificate authority, and a certificate of it for localhost: (authority, chain, key)."""
    authority, key = place / f"{name}-ca.pem", place / f"{name}-ca.key"
    leaf, leaf_key, request = (place / f"{name}.{suffix}" for suffix in ("pem", "key", "csr"))
    def run(*words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    run("req", "-x509", *curve, "-days", 2, "-subj", f"/CN={name}", "-keyout", key, "-out", authority,
        "-addext", "basicConstraints=critical,CA:TRUE")
    run("req", *curve, "-subj", "/CN=localhost", "-keyout", leaf_key, "-out", request)
    extensions = place / f"{name}.ext"
    extensions.write_text("subjectAltName=DNS:localhost\n")
    run("x509", "-req", "-in", request, "-CA", authority, "-CAkey", key, "-CAcreateserial",
        "-days", 2, "-extfile", extensions, "-out", leaf)
    authority.chmod(0o644)
    return authority, leaf, leaf_key


class Letter:
    """What the server took: envelope, headers, both texts."""

    def __init__(self, envelope, session):
        self.sender, self.recipients = envelope.mail_from, envelope.rcpt_tos
        self.raw = envelope.content
        self.encrypted = session.ssl is not None
        self.authenticated = session.authenticated
        self.message = email.message_from_bytes(envelope.content, policy=email.policy.default)

    def part(self, kind):
        return self.message.get_body((kind,)).get_content()

    @property
    def text(self):
        return self.part("plain")

    @property
    def html(self):
        return self.part("html")

    @property
    def link(self):
        return re.search(r"https?://\S+#token=\S+", self.text).group(0)

    @property
    def token(self):
        return self.link.split("#token=")[1]


class MailServer:
    """`tls`: "starttls" (demanded before anything else), "implicit", or "none"."""

    def __init__(self, certificate=None, tls="none", auth=True, port=None):
        self.port, self.tls, self.letters, self.refuse = port or free_port(), tls, [], {}
        self.encrypted_letters_only = tls != "none"
        context = None
        if tls != "none":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
        options = {"hostname": "127.0.0.1", "port": self.port, "ready_timeout": 10}
        if auth:
            options.update(auth_required=True, auth_require_tls=tls == "starttls",
                           authenticator=self._authenticate)
        if tls == "starttls":
            options.update(tls_context=context, require_starttls=True)
        if tls == "implicit":
            options.update(ssl_context=context)
        self.options = options

    def _authenticate(self, _server, _session, _envelope, _mechanism, data):
        right = (isinstance(data, LoginPassword) and data.login == USER.encode()
                 and data.password == PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, session, envelope):
        self.letters.append(Letter(envelope, session))
        return "250 OK"

    def __enter__(self):
        self.controller = Controller(self, **self.options)
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()

    @property
    def url(self):
        scheme = "smtps" if self.tls == "implicit" else "smtp"
        return f"{scheme}://localhost:{self.port}"

    def letters_to(self, address):
        return [letter for letter in self.letters if letter.recipients == [address]]

    def letter_to(self, address, count=1, seconds=15):
        """The `count`-th letter to the address, waited for."""
        wait_for(lambda: len(self.letters_to(address)) >= count, seconds, f"a letter to {address}")
        return self.letters_to(address)[count - 1]

    def stays_without_letters(self, seconds=3):
        before = len(self.letters)
        time.sleep(seconds)
        return len(self.letters) == before
