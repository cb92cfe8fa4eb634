"""Which addresses webhooks may reach: ordinary public ones, by IANA's registries, and those an operator allows."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.lms.addresses import is_allowed

SPECIAL = [
    "0.0.0.0",
    "0.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.0.1",
    "169.254.169.254",
    "172.16.0.0",
    "172.31.255.255",
    "192.0.0.0",
    "192.0.0.1",
    "192.0.0.8",
    "192.0.0.9",
    "192.0.0.10",
    "192.0.0.170",
    "192.0.0.255",
    "192.0.2.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.0",
    "192.88.99.1",
    "192.88.99.2",
    "192.168.0.0",
    "192.168.255.255",
    "192.175.48.1",
    "198.18.0.0",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.254",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:0:8.8.8.8",
    "64:ff9b::808:808",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "100:0:0:1::1",
    "2001::1",
    "2001:0:7f00:1::",
    "2001:1::1",
    "2001:1::2",
    "2001:2::1",
    "2001:3::1",
    "2001:4:112::1",
    "2001:10::1",
    "2001:20::1",
    "2001:30::1",
    "2001:1ff:ffff::1",
    "2001:db8::1",
    "2002::",
    "2002:7f00:1::",
    "2002:808:808::",
    "2620:4f:8000::1",
    "3fff::1",
    "3fff:fff:ffff::1",
    "4000::1",
    "5f00::1",
    "8000::1",
    "fc00::1",
    "fd00:ec2::254",
    "fdff::1",
    "fe80::1",
    "fe80::5efe:8.8.8.8",
    "febf::1",
    "fec0::1",
    "feff::1",
    "ff00::1",
    "ff02::1",
    "ff0e::1",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.1",
    "172.15.255.255",
    "172.32.0.0",
    "191.255.255.255",
    "192.0.1.0",
    "192.0.3.0",
    "192.88.98.255",
    "192.88.100.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "203.0.112.255",
    "203.0.114.0",
    "223.255.255.255",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2003::1",
    "2606:2800:220:1:248:1893:25c8:1946",
    "2a00:1450:4001::1",
    "3ffe:ffff::1",
]


@pytest.mark.parametrize("text", SPECIAL)
def test_special_addresses_are_not_reached(text):
    assert not is_allowed(ip_address(text), [])
    assert ":" in text or not is_allowed(ip_address(f"::ffff:{text}"), [])


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are_reached_by_either_spelling(text):
    assert is_allowed(ip_address(text), [])
    assert ":" in text or is_allowed(ip_address(f"::ffff:{text}"), [])


@given(st.ip_addresses(v=6))
def test_of_ipv6_only_global_unicast_is_reached(address):
    mapped = address.ipv4_mapped
    inside = address in ip_network("2000::/3") or (mapped is not None and is_allowed(mapped, []))
    assert inside or not is_allowed(address, [])


@given(st.ip_addresses())
def test_nothing_is_reached_that_the_standard_library_knows_as_private(address):
    assert not (is_allowed(address, []) and (address.is_private or address.is_loopback or address.is_link_local))


def test_an_operator_may_allow_a_network_by_either_spelling():
    networks = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]
    for text in ("10.1.2.3", "::ffff:10.1.2.3", "fd00::1"):
        assert is_allowed(ip_address(text), networks)
    for text in ("127.0.0.1", "fc00::1", "64:ff9b::a01:203"):
        assert not is_allowed(ip_address(text), networks)
