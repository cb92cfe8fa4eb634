"""Kinds of objects, and what of libraries can be used: three tables that say what may be done with what is handed over."""

from __future__ import annotations

from dataclasses import dataclass

from ..objects.specials import SPECIALS

__all__ = ["DEFINED", "FUNCTIONS", "IDENTITY", "ITERATION", "KINDS", "LIBRARY", "Kind", "words"]


@dataclass(frozen=True)
class Kind:
    """What can be done with the objects of one kind.

    Attributes:
        name: Of the kind.
        objects: Which objects are of this kind, for the reader.
        call: Whether they can be called.
        specials: Special methods that can be used, as far as the class of the object has them.
        read: Which attributes can be read, for the reader.
        write: Which attributes can be set, for the reader.
        enumerate: Whether members, their number, and one member by its key can be asked for.
    """

    name: str
    objects: str
    call: bool = False
    specials: frozenset[str] = frozenset()
    read: str = "none"
    write: str = "none"
    enumerate: bool = False


IDENTITY = frozenset({"__eq__", "__ne__", "__hash__"})
"""What sets, dictionaries and ``list.remove`` ask of whatever they hold."""
ITERATION = frozenset({"__iter__", "__next__", "__length_hint__", "__len__", "__contains__", "__reversed__"})
_ALL = frozenset(SPECIALS)
DEFINED = "public names that the object itself or a class of the tests defines"

KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "function",
            "functions and bound methods of the tests; functions of libraries that `FUNCTIONS` names",
            call=True,
            specials=IDENTITY | {"__call__"},
            read="`__name__`, `__qualname__`, `__doc__`",
        ),
        Kind("class", "classes of the tests, if the class was handed over", call=True, read=DEFINED, enumerate=True),
        Kind(
            "object",
            "objects of classes of the tests",
            call=True,
            specials=_ALL,
            read=DEFINED,
            write="public names, but for those that can be called",
        ),
        Kind(
            "mock",
            "mocks, called if what they wrap or have as side effect could be",
            call=True,
            specials=_ALL,
            read="public names that `unittest.mock` does not define",
            write="public names that `unittest.mock` does not define, to plain values",
        ),
        Kind("library", "objects of classes that `LIBRARY` names", specials=_ALL, read="the names that `LIBRARY` lists"),
        Kind(
            "iterator",
            "iterators, generators, views",
            specials=ITERATION | IDENTITY,
            read="of generators: `send`, `close`",
        ),
        Kind("exception", "exceptions of the tests that are no failures", specials=IDENTITY, read=DEFINED),
        Kind("module", "modules of a program that learners test", read="public names", write="public names"),
        Kind("opaque", "everything else", specials=IDENTITY),
    )
}
"""All kinds by name."""


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


_STREAM = (
    "read readline readlines write writelines seek tell flush close truncate getvalue readable writable seekable isatty "
    "closed name mode encoding newlines errors"
)
_LOCK = "acquire release locked wait wait_for notify notify_all set clear is_set"
_QUEUE = "put get put_nowait get_nowait qsize empty full task_done join maxsize"
_MAPPING = "keys values items get"
_RANDOM = (
    "random randint randrange choice choices shuffle sample uniform gauss getrandbits seed betavariate expovariate "
    "triangular normalvariate integers normal standard_normal permutation permuted poisson binomial exponential rand randn"
)
_CURSOR = "execute executemany executescript fetchone fetchall fetchmany close description rowcount lastrowid"
_LISTED = {
    "_io._IOBase tempfile._TemporaryFileWrapper": _STREAM,
    "threading.Event threading.Condition threading.Semaphore threading.Barrier _thread.lock _thread.RLock": _LOCK,
    "threading.Thread": "start join is_alive name daemon",
    "queue.Queue _queue.SimpleQueue": _QUEUE,
    "concurrent.futures._base.Executor": "submit map shutdown",
    "concurrent.futures._base.Future": "result exception done cancel cancelled running add_done_callback",
    "random.Random numpy.random._generator.Generator numpy.random.mtrand.RandomState": _RANDOM,
    "re.Pattern": "match search fullmatch findall finditer split sub subn pattern flags groups groupindex",
    "re.Match": "group groups groupdict start end span expand string pos endpos lastindex lastgroup re",
    "_hashlib.HASH": "update digest hexdigest copy name digest_size block_size",
    "builtins.mappingproxy": _MAPPING,
    "collections.ChainMap": f"{_MAPPING} maps",
    "collections.UserDict": f"{_MAPPING} pop popitem update setdefault clear data",
    "collections.UserList": "append extend insert pop remove clear index count sort reverse data",
    "collections.UserString": "data",
    "array.array": "append extend insert pop remove index count reverse tolist tobytes typecode itemsize",
    "builtins.memoryview": "tolist tobytes nbytes format shape readonly",
    "logging.Logger": "debug info warning error exception critical log isEnabledFor name level",
    "sqlite3.Connection": f"{_CURSOR} cursor commit rollback total_changes in_transaction",
    "sqlite3.Cursor": f"{_CURSOR} arraysize",
    "sqlite3.Row": "keys",
    "_csv.writer": "writerow writerows",
    "csv.DictWriter": "writerow writerows writeheader fieldnames",
    "csv.DictReader": "fieldnames line_num",
    "contextlib.AbstractContextManager unittest.mock._ANY": "",
    "unittest.mock._SentinelObject": "name",
    "enum.Enum": "name value",
    "builtins.list": "append extend insert pop remove clear index count sort reverse copy",
    "builtins.dict": f"{_MAPPING} pop popitem update setdefault clear copy",
    "builtins.set": "add discard remove pop clear update union intersection difference issubset issuperset copy",
    "builtins.tuple": "index count _replace _asdict _fields",
    "collections.deque": "append appendleft extend extendleft pop popleft rotate clear index count maxlen",
    "collections.OrderedDict": "move_to_end",
    "collections.Counter": "most_common elements total subtract",
    "builtins.BaseException": "args",
}
LIBRARY = {cls: words(names) for classes, names in _LISTED.items() for cls in classes.split()}
"""Classes of libraries whose objects can be used, and by which names. A subclass has the names of its bases."""

_ANY_PUBLIC = (
    "math cmath statistics itertools time uuid string json re bisect _bisect heapq _heapq textwrap hashlib _hashlib base64 "
    "binascii html datetime decimal _decimal secrets"
)
FUNCTIONS: dict[str, frozenset[str] | None] = {
    **dict.fromkeys(_ANY_PUBLIC.split()),
    "builtins": words(
        "abs all any ascii bin callable chr divmod format hash hex isinstance issubclass iter len max min next oct ord pow "
        "print repr round sorted sum"
    ),
    "_functools": words("reduce"),
    "copy": words("copy deepcopy"),
    "_operator": words(
        "abs add and_ concat contains countOf eq floordiv ge getitem gt index indexOf inv invert is_ is_not le lshift lt "
        "mod mul matmul ne neg not_ or_ pos pow rshift sub truediv truth xor"
    ),
    "numpy": words("amax amin clip cumsum dot max mean median min prod sort std sum var"),
}
"""Functions of libraries that a test can hand over, by module; ``None`` stands for all public ones."""
