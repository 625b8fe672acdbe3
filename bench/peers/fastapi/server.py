"""FastAPI on uvicorn, with uvloop and httptools, one process: `server.py LIST` serves the list of a JSON
file, serialised anew for each request."""

import json, socket, sys
from datetime import datetime
from pathlib import Path
from uuid import UUID

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel


class User(BaseModel):
    id: UUID
    name: str
    email: str
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


people = [User(**user) for user in json.loads(Path(sys.argv[1]).read_text())]
app = FastAPI()


@app.get("/api/v1/users")
async def users() -> list[User]:
    return people


listener = socket.create_server(("127.0.0.1", 0))
print(f"Listening at http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
config = uvicorn.Config(app, loop="uvloop", http="httptools", access_log=False, log_level="warning")
uvicorn.Server(config).run(sockets=[listener])
