"""What schemathesis cannot know of the API from its document."""

import os
from itertools import count
from string import ascii_letters, digits, punctuation

import schemathesis

KEY = "Idempotency-Key"
VISIBLE = set(ascii_letters + digits + punctuation)
requests = count(1)


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
    if follows and case.operation.definition.raw.get("operationId") == "getHistory":
        case.headers["Authorization"] = f"Bearer {os.environ['ROLLCALL_READ_TOKEN']}"
