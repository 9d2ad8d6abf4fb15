"""The products that Postern's gate is measured beside. README.md says how each is configured."""
from bench.peers.django.peer import Django
from bench.peers.fastapi.peer import FastApi
from bench.peers.fastify.peer import Fastify
from bench.peers.lemonldap.peer import LemonLdap
from bench.peers.mod_auth_openidc.peer import ModAuthOpenidc
from bench.peers.oidc_provider.peer import OidcProvider


def peers():
    """The classes, in the order of the report."""
    return [LemonLdap, ModAuthOpenidc, Django, FastApi, OidcProvider, Fastify]
