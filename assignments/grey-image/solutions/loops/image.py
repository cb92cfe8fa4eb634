import numpy as np


def invert(image):
    result = image.copy()
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            result[y, x] = 255 - image[y, x]
    return result


def brighten(image, amount):
    result = image.copy()
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            result[y, x] = min(255, max(0, int(image[y, x]) + amount))
    return result


def blur(image):
    height, width = image.shape
    result = image.copy()
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            total = 0
            for dy in (-1, 0, 1):
                for dx in (-1, 0, 1):
                    total += int(image[min(max(y + dy, 0), height - 1), min(max(x + dx, 0), width - 1)])
            result[y, x] = total // 9
    return result


def histogram(image):
    counts = np.zeros(256, int)
    for value in image.ravel():
        counts[value] += 1
    return counts
