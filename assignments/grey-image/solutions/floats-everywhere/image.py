import numpy as np


def invert(image):
    """Return the negative of an image."""
    return 255 - image


def brighten(image, amount):
    """Return an image with amount added to each pixel, kept within 0 and 255."""
    return np.clip(image.astype(np.int32) + amount, 0, 255).astype(np.uint8)


def blur(image):
    """Return an image in which each pixel is the mean of itself and its neighbours."""
    height, width = image.shape
    padded = np.pad(image, 1, mode="edge").astype(np.float64)
    layers = [padded[y : y + height, x : x + width] for y in range(3) for x in range(3)]
    return np.floor(np.mean(layers, axis=0) + 1e-9).astype(np.uint8)


def histogram(image):
    """Return how many pixels have each of the 256 values."""
    return np.bincount(image.ravel(), minlength=256)
