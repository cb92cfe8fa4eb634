"""``spy.py``: goes into every submission of the catalogue. It runs in the candidate, next to the learner's code.

The one place that knows how a submission gets at its connection: by what the object can do, whatever its class is called.
"""

SPY = r'''
import gc
import os
import re

import msgpack

SECRETS = re.compile(r"(?:marker|rival)_[0-9a-f]{16}")


def streams():
    """Connections of this process."""
    return [thing for thing in gc.get_objects() if _is_stream(type(thing))]


def _is_stream(kind):
    return callable(vars(kind).get("send")) and callable(vars(kind).get("receive"))


def pack(message):
    return msgpack.packb(message, use_bin_type=True, unicode_errors="surrogatepass")


def tell(*messages):
    """Send messages, well formed or not."""
    for message in messages:
        streams()[0].send(message if type(message) is bytes else pack(message))


def request(operation, detail, items=(), table=(), thread=0, extras=None):
    return [0, thread, operation, detail, False, list(items), list(table), [], extras]


def reply(items, table=(), updates=(), extras=None, good=True, thread=0):
    return [1, thread, good, list(items), list(table), list(updates), extras]


def ask(operation, detail, items=(), table=(), extras=None):
    """Send a request of one's own in the middle of a call, and read what the examiner answers: a reply, or None."""
    stream = streams()[0]
    stream.send(pack(request(operation, detail, items, table, 0, extras)))
    while True:
        message = msgpack.unpackb(
            stream.receive(), raw=False, use_list=True, strict_map_key=False, unicode_errors="surrogatepass"
        )
        if message[0] == 1:
            return message


def reveal(thing):
    """Print the secrets in whatever this is; returns the tests' one."""
    text = thing if isinstance(thing, str) else bytes(thing).decode("latin-1") if isinstance(thing, bytes) else repr(thing)
    found = sorted(set(SECRETS.findall(text)))
    if found:
        print("found", *found)
    return next((one for one in found if one.startswith("marker")), None)


def look(*roots):
    """Read every file below some folders, and reveal what is in names and contents."""
    best = None
    for root in roots:
        for folder, folders, names in os.walk(root, onerror=None):
            folders[:] = [name for name in folders if name not in ("sys", "lib", "usr")][:200]
            for name in names[:200]:
                path = os.path.join(folder, name)
                best = reveal(path) or best
                if not path.startswith("/submission/"):
                    best = peek(path) or best
    return best


def peek(path):
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        return reveal(os.read(descriptor, 1 << 20))
    except OSError:
        return None
    finally:
        os.close(descriptor)


def escaped(what):
    print("escaped:", what)
'''
