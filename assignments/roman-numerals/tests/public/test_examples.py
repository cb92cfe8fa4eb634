from roman import from_roman, to_roman


def test_sixteen_to_roman():
    assert to_roman(16) == "XVI"


def test_sixteen_from_roman():
    assert from_roman("XVI") == 16
