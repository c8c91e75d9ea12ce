import base64
import io

import numpy as np
from matplotlib.image import imread

from xent.drawing.pixel_image import pixel_image


def test_a_picture_is_read_back_pixel_by_pixel():
    pixels = np.random.default_rng(0).integers(0, 256, (3, 5, 4)).astype(np.uint8)
    url = pixel_image(pixels)
    content = base64.b64decode(url.removeprefix("data:image/png;base64,"))
    np.testing.assert_array_equal(np.round(imread(io.BytesIO(content)) * 255), pixels)
