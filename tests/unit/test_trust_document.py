"""The page that says what a hostile message can do says what the code does."""

from pathlib import Path

from sandboxes.guest.examiner.arguments import OF_NUMPY, OF_THE_STACK
from sandboxes.guest.examiner.connection import EXTRAS
from sandboxes.guest.examiner.databases import PRAGMAS, SQL_FUNCTIONS
from sandboxes.guest.examiner.kinds import FUNCTIONS, KINDS, LIBRARY
from sandboxes.guest.examiner.operations import OPERATIONS
from sandboxes.guest.examiner.paths import OF_THE_SYSTEM
from sandboxes.guest.examiner.program_requests import PROGRAM_OPERATIONS
from sandboxes.guest.wire.containers import EMPTY, IMMUTABLE
from sandboxes.guest.wire.leaves import ARRAY_TAGS, LEAF_READERS

DOCUMENT = Path(__file__).parents[2] / "docs" / "trust.md"


def table(*rows):
    head, *rest = rows
    return [
        "",
        "| " + " | ".join(head) + " |",
        "| " + " | ".join("---" for _ in head) + " |",
        *("| " + " | ".join(row) + " |" for row in rest),
        "",
    ]


def specials(kind):
    if not kind.specials:
        return "none"
    return "those its class has" if len(kind.specials) > 10 else ", ".join(f"`{name}`" for name in sorted(kind.specials))


def library():
    by_names = {}
    for cls, names in LIBRARY.items():
        by_names.setdefault(names, []).append(cls)
    return "; ".join(
        f"{', '.join(classes)}" + (f" ({' '.join(sorted(names))})" if names else "") for names, classes in by_names.items()
    )


def functions():
    return "; ".join(module + (f" ({' '.join(sorted(names))})" if names else "") for module, names in FUNCTIONS.items())


def page():
    operations = [(f"`{name}`", "a handle" if known.target else "none", known.does) for name, known in OPERATIONS.items()]
    more = [
        (f"`{name}`", "a handle" if known.target else "none", known.does)
        for name, known in PROGRAM_OPERATIONS.items()
        if name not in OPERATIONS
    ]
    kinds = [
        (kind.name, kind.objects, "yes" if kind.call else "no", specials(kind), kind.read, kind.write)
        for kind in KINDS.values()
    ]
    return "\n".join(
        [
            "A message can ask for one of these operations, and for no other:",
            *table(("operation", "target", "does"), *operations),
            "While a learner's tests are tried on a program, it can ask for these instead of `input`, `stdin` and `output`:",
            *table(("operation", "target", "does"), *more),
            "What may be done with a target depends on its kind, which was decided when it was handed over:",
            *table(("kind", "objects", "call", "special methods", "read", "set"), *kinds),
            f"`LIBRARY`: {library()}.",
            "",
            f"`FUNCTIONS`: {functions()}; methods of built-in classes.",
            "",
            "Code of libraries is given nothing to call that the submission could not call by itself, pools no iterators of the "
            "tests; arrays, byte arrays, ordered dictionaries, databases and readers of csv serve one request at a time, and the first two "
            "none while a number is asked for its value. Loggers are told no "
            f"{', '.join(f'`{name}`' for name in sorted(OF_THE_STACK))}, NumPy's functions nothing by name but "
            f"{', '.join(f'`{name}`' for name in sorted(OF_NUMPY))}, `deepcopy` no memo.",
            "",
            "What is opaque, partial functions, and methods of objects whose text tells more than a name are passed on (as arguments, "
            "or inside of them) and given back in tests where right solutions do so, buffers that last for one call never. A path into the folder of the tests, or to "
            f"{', '.join(f'`{path}`' for path in OF_THE_SYSTEM)}, is read only if the tests gave it, or right solutions give it in that "
            "test. There a test opens, by itself and by functions of libraries, what it opens for a right solution, and no file by a number "
            "of the process's own.",
            "",
            "SQL on connections of the tests reaches their own tables: it opens no other file, loads nothing and makes no virtual table. "
            f"Pragmas: {' '.join(sorted(PRAGMAS))}. Functions, besides those that a test defines: {' '.join(sorted(SQL_FUNCTIONS))}.",
            "",
            f"Values in a message are rebuilt as one of {len(EMPTY) + len(IMMUTABLE) + len(LEAF_READERS) + len(ARRAY_TAGS)} exact types, by constructors of Python's and NumPy's alone. Along with it come:",
            *table(("extra", "does"), *((f"`{name}`", does) for name, does in EXTRAS.items())),
        ]
    )


def test_the_page_is_what_the_code_says():
    assert page().strip() in DOCUMENT.read_text(), f"put this into {DOCUMENT.name}:\n\n{page()}"
