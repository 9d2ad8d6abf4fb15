"""Two machines of one installation: a second Postern over the same database, with sockets, workers
and shared memory of its own. Its way to PostgreSQL leads through a proxy that can hold it up."""
import contextlib
import typing

from bench.harness.pgproxy import Proxy


@contextlib.contextmanager
def second_machine(bench, proxied: bool, **settings: object) -> typing.Iterator[tuple]:
    """(the other Postern, the nginx before it, the proxy or None)."""
    world, database = bench.world, bench.postern.database
    with contextlib.ExitStack() as ending:
        proxy = None
        if proxied:
            folder = world.places("proxy").run / "pg"  # PostgreSQL's users may enter it, no others
            proxy = ending.enter_context(Proxy(folder, database.host, database.port))
            database = database.through(str(folder))
        other = world.instance("second", database, world.settings(**settings), keys=bench.postern)
        ending.callback(other.stop)
        front = world.front("second-front", other)
        ending.callback(front.stop)
        yield other, front, proxy
