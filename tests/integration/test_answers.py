"""What a program answers is of use to a test as it would be under plain pytest, whatever Python has given it."""

TESTS = """
    import collections, itertools
    import pytest
    import bank
    def test_items(): assert sorted(bank.items_()) == [("a", [1]), ("b", [2])]
    def test_items_list(): assert list(bank.items_()) == [("a", [1]), ("b", [2])]
    def test_items_len(): assert len(bank.items_()) == 2
    def test_items_in(): assert ("a", [1]) in bank.items_()
    def test_items_for():
        for key, value in bank.items_(): assert value in ([1], [2])
    def test_keys(): assert set(bank.keys_()) == {"a", "b"} and "a" in bank.keys_() and len(bank.keys_()) == 2
    def test_values(): assert list(bank.values_()) == [[1], [2]] and [1] in bank.values_()
    def test_dict_of_items(): assert dict(bank.items_()) == {"a": [1], "b": [2]}
    def test_growing():
        s = bank.growing()
        assert len(s) == 1
        bank.grow()
        assert len(bank.growing()) == 2
    def test_stack():
        s = bank.Stack()
        assert len(s) == 0
        s.push(1); s.push(2)
        assert len(s) == 2 and s[-1] == 2 and list(s) == [1, 2] and s == [1, 2]
        assert s.pop() == 2 and len(s) == 1
    def test_tee():
        a, b = bank.tee_()
        assert list(a) == [1, 2, 3] and list(b) == [1, 2, 3]
    def test_pairwise(): assert list(bank.pairs()) == [(1, 2), (2, 3)]
    def test_zip(): assert list(bank.zipped()) == [(1, "a"), (2, "b")]
    def test_map(): assert list(bank.mapped()) == [2, 4]
    def test_filter(): assert next(bank.filtered()) == 2
    def test_enumerate(): assert dict(bank.enumerated()) == {0: "a", 1: "b"}
    def test_reversed(): assert list(bank.reversed_()) == [3, 2, 1]
    def test_range(): assert bank.range_() == range(3) and list(bank.range_()) == [0, 1, 2] and len(bank.range_()) == 3
    def test_deque():
        d = bank.deque_()
        assert d.maxlen == 2 and list(d) == [2, 3] and d[0] == 2
    def test_mem(): assert bytes(bank.memory()) == b"abc" and bank.memory()[0] == 97 and len(bank.memory()) == 3
    def test_proxy(): assert dict(bank.proxy()) == {"a": 1} and bank.proxy()["a"] == 1 and "a" in bank.proxy() and len(bank.proxy()) == 1
    def test_chain(): assert dict(bank.chain()) == {"a": 1, "b": 2} and bank.chain()["b"] == 2
    def test_counter(): assert bank.counter() == {"a": 2} and bank.counter().most_common(1) == [("a", 2)] and bank.counter()["z"] == 0
    def test_defaultdict(): assert bank.default() == {"a": [1]} and bank.default()["zz"] == []
    def test_ordered(): assert list(bank.ordered().items()) == [("b", 1), ("a", 2)]
    def test_nested_gen(): assert [list(g) for g in bank.nested()] == [[0], [0, 1]]
    def test_lengthy(): assert len(bank.Lengthy()) == 3
    def test_lengthy_true(): assert bank.Lengthy()
    def test_groupby(): assert [(k, list(g)) for k, g in bank.grouped()] == [(1, [1, 1]), (2, [2])]
    def test_islice(): assert list(itertools.islice(bank.count(), 3)) == [0, 1, 2]
    def test_chain_iter(): assert sum(bank.chained()) == 6
    def test_set_ops():
        assert bank.keys_() & {"a"} == {"a"} and bank.keys_() | {"c"} == {"a", "b", "c"} and bank.keys_() - {"a"} == {"b"}
        assert bank.keys_() == {"a", "b"} and {"a"} <= bank.keys_()
    def test_values_sum(): assert sum(len(v) for v in bank.values_()) == 2
    def test_unpack():
        (k1, v1), (k2, v2) = bank.items_()
        assert k1 == "a" and v2 == [2]
    def test_sorted_by(): assert sorted(bank.items_(), key=lambda kv: -kv[1][0])[0] == ("b", [2])
    def test_frozen(): assert bank.frozen() == {1, 2} and bank.frozen() == frozenset([1, 2])
    def test_userlist(): assert bank.userlist() == [1, 2] and len(bank.userlist()) == 2
    def test_held():
        assert bank.userdict() == {"a": 1} and bank.chain() == {"a": 1, "b": 2} and bank.proxy() == {"a": 1}
        assert bank.userlist() + [3] == [1, 2, 3]
    def test_userdict(): assert bank.userdict()["a"] == 1 and dict(bank.userdict()) == {"a": 1}
    def test_array(): assert list(bank.arr()) == [1, 2] and bank.arr().tolist() == [1, 2]
    def test_str_sub(): assert bank.strsub() == "ab" and bank.strsub().upper() == "AB" and len(bank.strsub()) == 2 and bank.strsub()[0] == "a"
    def test_slice(): assert bank.slice_() == slice(1, 2)
    def test_complex(): assert bank.cplx() == 1 + 2j
    def test_namedtuple():
        p = bank.named()
        assert p == (1, [2]) and p.x == 1 and p._asdict() == {"x": 1, "y": [2]} and p._replace(x=3) == (3, [2])
        x, y = p
        assert y == [2]
    def test_ellipsis(): assert bank.dots() is ... and bank.notimpl() is NotImplemented
    def test_linked():
        l = bank.Linked([1, 2, 3])
        assert list(l) == [1, 2, 3] and len(l) == 3 and [x for x in l] == [1, 2, 3] and 2 in l
    def test_ctx():
        with bank.ctx() as x: assert x == [1]
    def test_dict_views_live():
        d = bank.registry()
        ks = d.keys()
        assert list(ks) == ["a"]
    def test_cached_prop():
        o = bank.Obj()
        assert o.total == [1, 2] and o.total is not None
    async def agen_collect():
        return [x async for x in bank.agen()]
    def test_agen():
        import asyncio
        assert asyncio.run(agen_collect()) == [0, 1, 2]
    def test_coro():
        import asyncio
        assert asyncio.run(bank.coro()) == [1]
    def test_gather():
        import asyncio
        async def main(): return await asyncio.gather(bank.coro(), bank.coro())
        assert asyncio.run(main()) == [[1], [1]]
    def test_send():
        g = bank.echo()
        next(g)
        assert g.send(5) == 5
        g.close()
    def test_partial(): assert bank.part(2) == 3
    def test_bytearray(): assert bank.barr() == bytearray(b"x")
    def test_path(): assert bank.path() == __import__("pathlib").Path("/a/b")
    def test_decimal(): assert bank.dec() == __import__("decimal").Decimal("1.5")
    def test_isinstance(): assert isinstance(bank.items_(), collections.abc.ItemsView) and isinstance(bank.zipped(), collections.abc.Iterator)
"""
BANK = """
    import array, asyncio, collections, functools, itertools, types
    from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, defaultdict, deque, namedtuple
    from contextlib import contextmanager
    D = {"a": [1], "b": [2]}
    def items_(): return D.items()
    def keys_(): return D.keys()
    def values_(): return D.values()
    class L(list): pass
    G = L([1])
    def growing(): return G
    def grow(): G.append(2)
    class Stack(list):
        def push(self, x): self.append(x)
    def tee_(): return itertools.tee([1, 2, 3])
    def pairs(): return itertools.pairwise([1, 2, 3])
    def zipped(): return zip([1, 2], "ab")
    def mapped(): return map(lambda n: 2 * n, [1, 2])
    def filtered(): return filter(lambda n: n > 1, [1, 2])
    def enumerated(): return enumerate("ab")
    def reversed_(): return reversed([1, 2, 3])
    def range_(): return range(3)
    def deque_(): return deque([1, 2, 3], maxlen=2)
    def memory(): return memoryview(b"abc")
    def proxy(): return types.MappingProxyType({"a": 1})
    def chain(): return ChainMap({"a": 1}, {"b": 2})
    def counter(): return Counter("aa")
    def default():
        d = defaultdict(list); d["a"].append(1)
        return d
    def ordered(): return OrderedDict([("b", 1), ("a", 2)])
    def nested():
        for n in (1, 2): yield (k for k in range(n))
    class Lengthy:
        def __len__(self): return 3
    def grouped(): return itertools.groupby([1, 1, 2])
    def count(): return itertools.count()
    def chained(): return itertools.chain([1], [2, 3])
    def frozen(): return frozenset([1, 2])
    def userlist(): return UserList([1, 2])
    def userdict(): return UserDict(a=1)
    def arr(): return array.array("i", [1, 2])
    class S(str): pass
    def strsub(): return S("ab")
    def slice_(): return slice(1, 2)
    def cplx(): return 1 + 2j
    P = namedtuple("P", "x y")
    def named(): return P(1, [2])
    def dots(): return ...
    def notimpl(): return NotImplemented
    class Linked:
        def __init__(self, xs):
            self.head = None
            for x in reversed(xs): self.head = (x, self.head)
        def __iter__(self):
            node = self.head
            while node:
                yield node[0]
                node = node[1]
        def __len__(self): return sum(1 for _ in self)
    @contextmanager
    def ctx(): yield [1]
    REG = {"a": 1}
    def registry(): return REG
    class Obj:
        @functools.cached_property
        def total(self): return [1, 2]
    async def agen():
        for n in range(3): yield n
    async def coro():
        await asyncio.sleep(0)
        return [1]
    def echo():
        x = yield
        while True: x = yield x
    part = functools.partial(lambda a, b: a + b, 1)
    def barr(): return bytearray(b"x")
    def path():
        import pathlib
        return pathlib.Path("/a/b")
    def dec():
        import decimal
        return decimal.Decimal("1.5")
"""


def test_answers_of_all_kinds_are_what_they_are(grade):
    grade(TESTS, BANK).assert_all_passed()
