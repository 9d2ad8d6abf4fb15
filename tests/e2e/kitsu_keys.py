"""Somebody with a security key of a real browser's virtual authenticator, registered at the Kitsu
door as Kitsu's web pages do it. The page's conversions are those of the pages: base64url of each buffer."""
import pytest

import kitsu_client
from kitsu_client import KitsuClient
from kitsu_stack import email_of, host_of
from stack import PASSWORD

CONVERSIONS = """
const bytes = text => Uint8Array.from(
  atob(text.replace(/-/g, '+').replace(/_/g, '/')), letter => letter.charCodeAt(0));
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\\+/g, '-').replace(/\\//g, '_').replace(/=+$/, '');
const listed = entries => (entries || []).map(entry => ({...entry, id: bytes(entry.id)}));
const [asked, done] = arguments;
const failed = error => done({failed: `${error.name}: ${error.message}`});
"""

CREATE = CONVERSIONS + """
navigator.credentials.create({publicKey: {...asked, challenge: bytes(asked.challenge),
    user: {...asked.user, id: bytes(asked.user.id)},
    excludeCredentials: listed(asked.excludeCredentials)}})
  .then(made => done({id: made.id, rawId: text(made.rawId), type: made.type,
    authenticatorAttachment: made.authenticatorAttachment, clientExtensionResults: {},
    response: {clientDataJSON: text(made.response.clientDataJSON),
      attestationObject: text(made.response.attestationObject),
      transports: made.response.getTransports()}}), failed);
"""

GET = CONVERSIONS + """
navigator.credentials.get({publicKey: {...asked, challenge: bytes(asked.challenge),
    allowCredentials: listed(asked.allowCredentials)}})
  .then(made => done({id: made.id, rawId: text(made.rawId), type: made.type,
    authenticatorAttachment: made.authenticatorAttachment, clientExtensionResults: {},
    response: {clientDataJSON: text(made.response.clientDataJSON),
      authenticatorData: text(made.response.authenticatorData),
      signature: text(made.response.signature),
      userHandle: made.response.userHandle ? text(made.response.userHandle) : null}}), failed);
"""


class Owner:
    """A person, a page of the site, and a security key that may be in it."""

    def __init__(self, stack, browser, name):
        self.stack, self.browser, self.name = stack, browser, name
        self.page = f"http://localhost:{stack.port}/"
        if not stack.sql("select 1 from postern.account where username = %s", (name,)):
            stack.register(name)
        self.client = KitsuClient(host_of(stack))
        self.client.log_in(email_of(name), PASSWORD)

    def creation_options(self):
        return self.client.ask("PUT", "auth/fido").json()

    def request_options(self):
        return self.stack.get("/api/auth/fido", params={"email": email_of(self.name)}).json()

    def in_page(self, script, options, page=None):
        self.browser.open(page or self.page)
        made = self.browser.run(script, options)
        assert "failed" not in made, made
        return made

    def send_registration(self, registration, name="Blue key"):
        return self.client.ask("POST", "auth/fido", json={
            "registration_response": registration, "device_name": name}).json()

    def register(self, name="Blue key"):
        registered = self.send_registration(self.in_page(CREATE, self.creation_options()), name)
        self.client.set_token(registered)
        return registered

    def assertion(self, options=None, page=None):
        return self.in_page(GET, options or self.request_options(), page)

    def log_in(self, assertion):
        return KitsuClient(host_of(self.stack)).log_in(
            email_of(self.name), PASSWORD, fido_authentication_response=assertion)

    def refused(self, assertion):
        """The body of the refusal."""
        with pytest.raises(kitsu_client.AuthFailed) as caught:
            self.log_in(assertion)
        assert caught.value.answer.status_code == 400
        return caught.value.answer.content
