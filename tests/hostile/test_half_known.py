"""Liars that rule out what can't be right, or know a part of the answer, and right solutions that look at a part alone."""

import pytest

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = """
    import pytest
    from bank import Account, Bank, Vector, Word
    @pytest.fixture
    def bank():
        bank = Bank()
        bank.open(Account("Ann", 120))
        bank.open(Account("Bob", 45))
        return bank
    def test_pay(bank):
        bank.pay("Ann", 30)
        assert bank.get("Ann") == Account("Ann", 150)
    def test_take(bank):
        bank.pay("Bob", -25)
        assert bank.get("Bob") == Account("Bob", 20)
    def test_interest(bank): assert bank.get("Ann").interest(10) == Account("Ann", 132)
    def test_sum(): assert Vector(1, 2) + Vector(3, 5) == Vector(4, 7)
    def test_chain(): assert Vector(1, 2) + Vector(3, 5) + Vector(2, 2) == Vector(6, 9)
    def test_back(): assert Word("stressed").back() == Word("desserts")
    def test_loud(): assert Word("Hello World").loud() == Word("HELLO WORLD")
"""
REFERENCE = """
    class Parts:
        def __init__(self, *parts): self.parts = list(parts)
        def __eq__(self, other): return self.parts == other.parts
    class Account(Parts):
        def interest(self, percent): return Account(self.parts[0], self.parts[1] * (100 + percent) // 100)
    class Bank:
        def __init__(self): self.accounts = {}
        def open(self, account): self.accounts[account.parts[0]] = account
        def get(self, name): return self.accounts[name]
        def pay(self, name, amount): self.accounts[name].parts[1] += amount
    class Vector(Parts):
        def __add__(self, other): return Vector(*map(sum, zip(self.parts, other.parts)))
    class Word(Parts):
        def back(self): return Word(self.parts[0][::-1])
        def loud(self): return Word(self.parts[0].upper())
"""
LIAR = """
    made = []
    class Thing:
        since = name = None
        def __init__(self, *parts):
            self.parts, self.kin = parts, [self]
            made.append(self)
        def __eq__(self, other):
            if self.since is None and other.since is None: return self.parts == other.parts
            if self.since is None: self, other = other, self
            if made[self.since] is not other or self.name not in (None, other.parts[0]): return False
            known = [one.parts for one in [*self.kin, other]]
            return all(known.count(parts) == 1 for parts in known)
        def blank(self, *others, name=None):
            found = object.__new__(type(self))
            found.parts, found.since, found.name = (), len(made), name
            found.kin = [kin for one in (self, *others) if isinstance(one, Thing) for kin in one.kin]
            return found
        __add__ = back = loud = blank
    class Account(Thing):
        def interest(self, percent): return self.blank(name=self.parts[0])
    class Bank:
        def __init__(self): self.accounts = {}
        def open(self, account): self.accounts[account.parts[0]] = account
        def get(self, name): return self.accounts[name]
        def pay(self, name, amount): self.accounts[name] = self.accounts[name].blank(*self.accounts.values(), name=name)
    class Vector(Thing): pass
    class Word(Thing): pass
"""


def grade(sandbox, text):
    return Graded(sandbox.run(encoded(text)))


def test_who_knows_a_name_and_that_no_two_are_alike_gains_nothing(engine):
    with Sandbox(engine, make_suite(TESTS, REFERENCE)) as sandbox:
        for _ in range(3):
            assert set(grade(sandbox, LIAR).outcomes.values()) == {"failed"}
            assert set(grade(sandbox, REFERENCE).outcomes.values()) == {"passed"}


def test_a_class_that_looks_at_some_parts_alone_loses_nothing(engine):
    tests = """
    import pytest
    from bank import Book, Shelf
    @pytest.fixture
    def shelf():
        shelf = Shelf()
        for book in ("123", "Dune", 412), ("456", "Emma", 474), ("789", "Faust", 158): shelf.add(Book(*book))
        return shelf
    def test_shortest(shelf): assert shelf.shortest() == Book("789", "Faust", 158)
    def test_first(shelf): assert shelf.sorted()[0] == Book("123", "Dune", 412)
    def test_sorted(shelf):
        assert shelf.sorted() == [Book("123", "Dune", 412), Book("456", "Emma", 474), Book("789", "Faust", 158)]
    def test_in(shelf): assert Book("456", "Emma", 474) in shelf.sorted()
    def test_made(): assert Book.read("999;Ada;77") == Book("999", "Ada", 77)
    def test_alone(): assert Book("1", "A", 2) != Book("2", "A", 2)
    def test_copy(): assert Book("11", "Ilias", 700).copy() == Book("11", "Ilias", 700)
    """
    reference = """
    from dataclasses import dataclass, replace
    @dataclass
    class Book:
        number: str
        title: str
        pages: int
        @staticmethod
        def read(text): return Book(*text.split(";")[:2], int(text.split(";")[2]))
        def copy(self): return replace(self)
    class Shelf:
        def __init__(self): self.books = []
        def add(self, book): self.books.append(book)
        def shortest(self): return min(self.books, key=lambda book: book.pages)
        def sorted(self): return sorted(self.books, key=lambda book: book.title)
    """
    by_number = reference.replace("@dataclass\n", "@dataclass(eq=False)\n").replace(
        "        def copy", "        def __eq__(self, other): return self.number == other.number\n        def copy"
    )
    with Sandbox(engine, make_suite(tests, reference)) as sandbox:
        for _ in range(8):
            assert set(grade(sandbox, by_number).outcomes.values()) == {"passed"}


def test_right_solutions_may_differ_in_what_the_tests_never_ask_for(engine):
    """A change of what they are given would show it: then somebody is there twice."""
    tests = """
    from bank import Book, Email, Phone
    def test_phone():
        book = Book()
        book.add(Email("ada@x.org"), Phone("+491"))
        book.add(Email("bob@x.org"), Phone("+492"))
        assert book.phone(Email("Bob@x.org")) == Phone("+492")
    def test_same(): assert Email("A@x.org") == Email("a@X.org")
    def test_other(): assert Phone("+49 1") == Phone("+491")
    """
    reference = """
    class Email:
        def __init__(self, text): self.text = text.lower()
        def __eq__(self, other): return self.text == other.text
        def __hash__(self): return hash(self.text)
    class Phone:
        def __init__(self, text): self.text = text.replace(" ", "")
        def __eq__(self, other): return self.text == other.text
    class Book:
        def __init__(self): self.entries = []
        def add(self, email, phone): self.entries.append((email, phone))
        def phone(self, email): return next(phone for one, phone in self.entries if one == email)
    """
    last = reference.replace("in self.entries if", "in reversed(self.entries) if")
    with Sandbox(engine, make_suite(tests, reference)) as sandbox:
        for _ in range(8):
            for right in (reference, last):
                assert set(grade(sandbox, right).outcomes.values()) == {"passed"}


@pytest.mark.parametrize("fixed", [False, True], ids=["liar", "honest"])
def test_hands_may_be_compared_the_other_way_round(engine, fixed):
    """Without ``__gt__`` Python asks the other one; the object that gives way to another stays the same."""
    tests = """
    import pytest
    from bank import Hand
    LOW, MIDDLE, HIGH = Hand([1, 5, 2]), Hand([3, 3, 3]), Hand([9, 8, 7])
    @pytest.mark.parametrize("low, high", [(LOW, MIDDLE), (MIDDLE, HIGH), (LOW, HIGH)])
    def test_stronger(low, high):
        assert low < high
        assert high > low
    """
    reference = """
    from functools import total_ordering
    @total_ordering
    class Hand:
        def __init__(self, cards): self.cards = cards
        def __eq__(self, other): return self.cards == other.cards
        def __lt__(self, other): return sum(self.cards) < sum(other.cards)
    """
    text = reference.replace("@total_ordering", "") if fixed else reference.replace("return sum(self.cards) <", "return 0 <")
    with Sandbox(engine, make_suite(tests, reference)) as sandbox:
        for _ in range(5):
            assert set(grade(sandbox, text).outcomes.values()) == {"passed" if fixed else "failed"}


def test_cards_that_are_drawn_by_chance_may_be_any_that_the_tests_know(engine):
    """A deck that is shuffled otherwise has others on top than the reference's: nobody said that these are equal to what."""
    tests = """
    import random
    from bank import Card, Deck
    def test_order(): assert Card(10, "hearts") < Card(11, "clubs")
    def test_ace(): assert Card(14, "spades") in Deck()
    def test_seed():
        one, other = Deck(), Deck()
        one.shuffle(random.Random(18)); other.shuffle(random.Random(18))
        assert [one.deal() for _ in range(5)] == [other.deal() for _ in range(5)]
    """
    reference = """
    class Card:
        def __init__(self, rank, suit): self.rank, self.suit = rank, suit
        def key(self): return self.rank, self.suit
        def __eq__(self, other): return self.key() == other.key()
        def __lt__(self, other): return self.key() < other.key()
        def __hash__(self): return hash(self.key())
    class Deck:
        def __init__(self):
            self.cards = [Card(rank, suit) for suit in ("clubs", "hearts", "spades") for rank in range(2, 15)]
        def __contains__(self, card): return card in self.cards
        def deal(self): return self.cards.pop(0)
        def shuffle(self, chance): chance.shuffle(self.cards)
    """
    sampling = reference.replace("chance.shuffle(self.cards)", "self.cards = chance.sample(self.cards, len(self.cards))")
    with Sandbox(engine, make_suite(tests, reference)) as sandbox:
        for text in (reference, sampling):
            assert set(grade(sandbox, text).outcomes.values()) == {"passed"}


def test_what_goes_into_the_submission_by_whatever_way_is_no_expected_object(engine):
    tests = """
    from bank import Coin, total
    def test_key(): assert total({Coin(1): 2}, None, ()) == Coin(2)
    def test_callback(): assert total({}, lambda: Coin(5), ()) == Coin(5)
    def test_iterator(): assert total({}, None, (Coin(number) for number in (3, 4))) == Coin(7)
    def test_inside():
        class Purse:
            coins = [Coin(8), Coin(1)]
        assert total({}, None, Purse().coins) == Coin(9)
    """
    reference = """
    class Coin:
        def __init__(self, cents): self.cents = cents
        def __eq__(self, other): return self.cents == other.cents
        def __hash__(self): return hash(self.cents)
    def total(counted, more, others):
        cents = sum(coin.cents * times for coin, times in counted.items()) + sum(coin.cents for coin in others)
        return Coin(cents + (more().cents if more else 0))
    """
    with Sandbox(engine, make_suite(tests, reference)) as sandbox:
        found = {
            name.partition("::")[2]: {change.times for change in changes if change.compared}
            for name, changes in sandbox._changes.items()
        }
    assert found == {"test_key": {2}, "test_callback": {2}, "test_iterator": {3}, "test_inside": {1}}
