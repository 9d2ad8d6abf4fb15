"""Kitsu's own SDK with the words of kitsu_client.py, so that both run through the same tests. Its
package is found on sys.path: whoever imports this has put it there."""
import contextlib

import gazu
from gazu.exception import (AuthFailedException as AuthFailed, NotAllowedException as NotAllowed,
                            NotAuthenticatedException as NotAuthenticated)

__all__ = ["AuthFailed", "KitsuClient", "NotAllowed", "NotAuthenticated", "create_session"]


class KitsuClient:
    def __init__(self, host, use_refresh_token=True):
        self.client = gazu.client.KitsuClient(host, use_refresh_token=use_refresh_token)
        self.client.session.trust_env = False

    @property
    def access(self):
        return self.client.tokens.get("access_token")

    @property
    def refresh(self):
        return self.client.tokens.get("refresh_token")

    def host_is_up(self):
        return gazu.client.host_is_up(client=self.client)

    def host_is_valid(self):
        return gazu.client.host_is_valid(client=self.client)

    def get_api_version(self):
        return gazu.client.get_api_version(client=self.client)

    def log_in(self, email, password):
        return gazu.log_in(email, password, client=self.client)

    def log_out(self):
        return gazu.log_out(client=self.client)

    def set_token(self, token):
        return gazu.set_token(token, client=self.client)

    def refresh_access_token(self):
        return gazu.refresh_access_token(client=self.client)

    def is_authenticated(self):
        return gazu.user.is_authenticated(client=self.client)

    def get_current_user(self):
        return gazu.client.get_current_user(client=self.client)

    def get_organisation(self):
        return gazu.person.get_organisation(client=self.client)

    def get_context(self):
        return gazu.user.get_context(client=self.client)

    def all_open_projects(self):
        return gazu.user.all_open_projects(client=self.client)

    def new_bot(self, name, email):
        return gazu.person.new_bot(name, email, client=self.client)

    def update_bot(self, bot):
        return gazu.person.update_bot(bot, client=self.client)

    def remove_bot(self, bot):
        return gazu.person.remove_bot(bot, client=self.client)


@contextlib.contextmanager
def create_session(host, email, password):
    with gazu.create_session(host, email, password) as client:
        client.session.trust_env = False
        wrapped = KitsuClient(host, use_refresh_token=False)
        wrapped.client = client
        yield wrapped
