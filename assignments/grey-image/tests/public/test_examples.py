import numpy as np
from image import invert


def test_inverts_black():
    assert invert(np.zeros((2, 2), np.uint8)).tolist() == [[255, 255], [255, 255]]
