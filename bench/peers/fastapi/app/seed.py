"""Makes the accounts of a measurement, and prints tokens for them."""
import asyncio
import json
import os
import time

import asyncpg
from jose import jwt


def token(name, lifetime=86400):
    return jwt.encode({"sub": name, "exp": int(time.time()) + lifetime},
                      os.environ["GATE_SECRET"], algorithm="HS256")


async def fill():
    connection = await asyncpg.connect()
    await connection.execute("""
        create table account (name text primary key, email text not null, disabled bool not null);
        insert into account values ('alice', 'alice@example.org', false),
                                   ('carol', 'carol@example.org', true)""")
    await connection.close()


asyncio.run(fill())
valid = token("alice")
text, _, signature = valid.rpartition(".")
print(json.dumps({"valid": valid, "forged": f"{text}.{signature[::-1]}", "unknown": token("bob"),
                  "expired": token("alice", -60), "disabled": token("carol")}))
