import ast

import numpy as np
import pytest
from image import blur, brighten, histogram, invert


@pytest.fixture
def image():
    return np.random.default_rng(3).integers(0, 256, (40, 60), np.uint8)


def test_invert(image):
    assert np.array_equal(invert(image), 255 - image)


def test_invert_twice_changes_nothing(image):
    once = invert(image)
    assert not np.array_equal(once, image)
    assert np.array_equal(invert(once), image)


@pytest.mark.hint("200 + 100 does not fit into eight bits: calculate in a wider type, then clip.")
@pytest.mark.points(2)
@pytest.mark.parametrize("amount", [100, -100, 1000])
def test_brighten_stays_in_range(image, amount):
    expected = np.clip(image.astype(int) + amount, 0, 255)
    assert np.array_equal(brighten(image, amount), expected)


def test_blur_of_a_point():
    image = np.zeros((5, 5), np.uint8)
    image[2, 2] = 90
    expected = np.zeros((5, 5), np.uint8)
    expected[1:4, 1:4] = 10
    assert np.array_equal(blur(image), expected)


@pytest.mark.points(2)
def test_blur_repeats_the_edge():
    image = np.array([[90, 0], [0, 0]], np.uint8)
    assert blur(image).tolist() == [[40, 20], [20, 10]]


def test_histogram(image):
    counts = histogram(image)
    assert counts.shape == (256,)
    assert counts.tolist() == [int((image == value).sum()) for value in range(256)]


@pytest.mark.parametrize("function", [invert, lambda image: brighten(image, 5), blur], ids=["invert", "brighten", "blur"])
def test_keeps_the_type(image, function):
    result = function(image)
    assert result.dtype == np.uint8
    assert result.shape == image.shape
    assert not np.array_equal(result, image)


@pytest.mark.points(2)
def test_leaves_the_image_alone(image):
    before = image.copy()
    results = invert(image), blur(image), brighten(image, 50), histogram(image)
    assert np.array_equal(image, before)
    assert not any(np.array_equal(result, before) for result in results)
    assert np.array_equal(results[0], 255 - before)


@pytest.mark.points(2)
@pytest.mark.memory
def test_large_image():
    image = np.random.default_rng(3).integers(0, 256, (1500, 2000), np.uint8)
    blurred = blur(image)
    assert blurred.shape == image.shape
    assert blurred[700:703, 900].tolist() == [int(image[y - 1 : y + 2, 899:902].mean()) for y in (700, 701, 702)]
    assert np.array_equal(histogram(image), np.bincount(image.ravel(), minlength=256))


@pytest.mark.points(3)
def test_has_no_loops(submission):
    loops = [node.lineno for node in ast.walk(submission.tree()) if isinstance(node, (ast.While, ast.AsyncFor))]
    for node in ast.walk(submission.tree()):
        # A loop over the nine neighbours is fine; one over the image's rows is not.
        if isinstance(node, (ast.For, ast.comprehension)) and "shape" in ast.dump(node.iter):
            loops.append(node.iter.lineno)
    assert not loops, f"there are loops over pixels in lines {loops}"
    # A program that does nothing has none either.
    assert blur(np.array([[90, 0, 0]], np.uint8)).tolist() == [[60, 30, 0]]
