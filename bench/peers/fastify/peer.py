"""Fastify with @fastify/jwt (HS256, its default) and pg's pool, in a cluster of Node processes."""
import pathlib

from bench.peers.node import NodePeer


class Fastify(NodePeer):
    name = "fastify"
    title = "Fastify, @fastify/jwt, pg under nginx auth_request"
    wants_ratio = 5.0
    packages = ("fastify", "@fastify/jwt", "fast-jwt", "pg")
    folder = pathlib.Path(__file__).resolve().parent
