"""Objects that stay where they are: handles, the proxies that stand for them, and the calls between the two sides."""
