"""What schemathesis cannot know of the API from its document."""

import json
import os
from functools import cache
from itertools import count
from string import ascii_letters, digits, punctuation
from urllib.request import Request, urlopen
from uuid import UUID

import schemathesis

KEY = "Idempotency-Key"
VISIBLE = set(ascii_letters + digits + punctuation)
# What needs an import that was sent whole.
OF_IMPORTS = {"getRejected", "applyImport", "undoImport", "putPart"}
NOBODY = b"name,email\n"
requests = count(1)


@cache
def checked_import():
    """The id of an import with nobody in it."""

    def send(method, path, body, content_type):
        headers = {"Authorization": f"Bearer {os.environ['ROLLCALL_TOKEN']}", "Content-Type": content_type}
        request = Request(os.environ["ROLLCALL_URL"] + path, body, headers, method=method)
        with urlopen(request) as answer:
            return json.load(answer)

    new = json.dumps({"file": "nobody.csv", "size": len(NOBODY)}).encode()
    known = send("POST", "/api/v1/imports", new, "application/json")["id"]
    send("PUT", f"/api/v1/imports/{known}/parts/1", NOBODY, "application/octet-stream")
    return known


def is_uuid(text):
    try:
        return len(str(UUID(text))) == len(text)
    except (AttributeError, TypeError, ValueError):
        return False


@schemathesis.hook
def before_call(context, case, kwargs):
    """Another request has another key: the same for two would be refused, as it should.

    The history of the deleted is told to those who may restore them, on purpose: what follows a
    deletion is asked by somebody who may not.
    """
    key = (case.headers or {}).get(KEY)
    if isinstance(key, str) and 1 <= len(key) <= 255 and VISIBLE.issuperset(key):
        case.headers[KEY] = f"{next(requests)}-{key}"[:255]
    follows = case.meta is not None and case.meta.phase.name == "stateful"
    operation = case.operation.definition.raw.get("operationId")
    if operation in OF_IMPORTS and not follows and is_uuid(case.path_parameters.get("id")):
        case.path_parameters["id"] = checked_import()
        # The part of a file has a length of its own.
        if operation == "putPart":
            case.path_parameters["n"], case.body = 1, NOBODY
    if follows and operation == "getHistory":
        case.headers["Authorization"] = f"Bearer {os.environ['ROLLCALL_READ_TOKEN']}"
