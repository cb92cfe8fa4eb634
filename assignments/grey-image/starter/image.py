import numpy as np


def invert(image):
    """Return the negative of an image."""


def brighten(image, amount):
    """Return an image with amount added to each pixel, kept within 0 and 255."""


def blur(image):
    """Return an image in which each pixel is the mean of itself and its neighbours."""


def histogram(image):
    """Return how many pixels have each of the 256 values."""
