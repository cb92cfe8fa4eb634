def invert(image):
    return image


def brighten(image, amount):
    return image


def blur(image):
    return image


def histogram(image):
    return image
