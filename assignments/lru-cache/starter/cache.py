"""Your own cache, to try your tests on. It is not handed in."""


class Cache:
    def __init__(self, capacity):
        self.capacity = capacity

    def get(self, key):
        raise NotImplementedError

    def put(self, key, value):
        raise NotImplementedError
