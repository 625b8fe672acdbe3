"""What schemathesis cannot know of the API from its document."""

from itertools import count
from string import ascii_letters, digits, punctuation

import schemathesis

KEY = "Idempotency-Key"
VISIBLE = set(ascii_letters + digits + punctuation)
requests = count(1)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Another request has another key: the same for two would be refused, as it should."""
    key = (case.headers or {}).get(KEY)
    if isinstance(key, str) and 1 <= len(key) <= 255 and VISIBLE.issuperset(key):
        case.headers[KEY] = f"{next(requests)}-{key}"[:255]
