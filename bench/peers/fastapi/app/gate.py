"""The tutorial's "OAuth2 with Password (and hashing), Bearer with JWT tokens" with accounts in
PostgreSQL: a dependency verifies the token and loads the account."""
import os

import asyncpg
from fastapi import Depends, FastAPI, HTTPException, Response, status
from fastapi.security import OAuth2PasswordBearer
from jose import JWTError, jwt

ALGORITHM = "HS256"
SECRET_KEY = os.environ["GATE_SECRET"]
POOL = int(os.environ["GATE_POOL"])

app = FastAPI(openapi_url=None)
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")


@app.on_event("startup")
async def connect():
    app.state.pool = await asyncpg.create_pool(min_size=POOL, max_size=POOL)


@app.on_event("shutdown")
async def disconnect():
    await app.state.pool.close()


async def current_account(token: str = Depends(oauth2_scheme)):
    refused = HTTPException(status.HTTP_401_UNAUTHORIZED, "Could not validate credentials",
                            headers={"WWW-Authenticate": "Bearer"})
    try:
        name = jwt.decode(token, SECRET_KEY, algorithms=[ALGORITHM]).get("sub")
    except JWTError:
        raise refused from None
    account = await app.state.pool.fetchrow(
        "select name, email, disabled from account where name = $1", name)
    if account is None or account["disabled"]:
        raise refused
    return account


@app.get("/check", status_code=204, response_class=Response)
async def check(response: Response, account: asyncpg.Record = Depends(current_account)):
    response.headers["X-Auth-User"] = account["name"]
