"""oidc-provider with an adapter on PostgreSQL, in a cluster of Node processes. The gate is its
userinfo endpoint with an opaque access token: it loads the token, its grant and the account."""
import pathlib

from bench.peers.node import NodePeer


class OidcProvider(NodePeer):
    name = "oidc_provider"
    title = "oidc-provider, opaque token, userinfo under nginx auth_request"
    wants_ratio = 0.0
    packages = ("oidc-provider", "koa", "pg")
    folder = pathlib.Path(__file__).resolve().parent
