# SPDX-License-Identifier: Apache-2.0
"""QGIS, headless, draws our WMTS in c and w and our WMS: in_qgis.py URL FOLDER."""
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import numpy as np
from qgis.core import (QgsApplication, QgsCoordinateReferenceSystem, QgsMapRendererParallelJob, QgsMapSettings, QgsRasterLayer,
                       QgsRectangle)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

import reference as ref

URL, FOLDER = sys.argv[1:3]
LAYER, STYLE = "wind_max@near", ref.Style("wind_force")
WINDOW, WIDTH, HEIGHT = (108.4, 18.0, 111.6, 20.4), 600, 436
TILED = ("crs={crs}&dpiMode=7&format=image/png&layers=%s&styles=default&tileMatrixSet={set}&url=%s/wmts?"
         "SERVICE%%3DWMTS%%26REQUEST%%3DGetCapabilities") % (LAYER, URL)
DRAWN = "crs={crs}&dpiMode=7&format=image/png&layers=%s&styles=&url=%s/wms?VERSION%%3D{version}" % (LAYER, URL)


def picture(uri, crs, window):
    layer = QgsRasterLayer(uri, "layer", "wms")
    assert layer.isValid(), (uri, layer.error().summary())
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    settings.setExtent(QgsRectangle(*window))
    settings.setOutputSize(QSize(WIDTH, HEIGHT))
    settings.setBackgroundColor(QColor(255, 255, 255))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage().convertToFormat(4)
    bits = image.constBits()
    bits.setsize(image.byteCount())
    return np.frombuffer(bytes(bits), np.uint8).reshape(HEIGHT, WIDTH, 4)[..., 2::-1]


def check(uri, crs, is_mercator):
    window = ref.metres(WINDOW) if is_mercator else WINDOW
    ratio = HEIGHT / WIDTH
    middle, half = (window[1] + window[3]) / 2, (window[2] - window[0]) * ratio / 2
    window = (window[0], middle - half, window[2], middle + half)
    lon, lat = ref.centres(window, WIDTH, HEIGHT, is_mercator)
    wanted = STYLE.classes(ref.Grid(FOLDER, LAYER).sample(0, lon, lat, STYLE.is_bilinear))
    top = wanted.max()
    shown = (picture(uri, crs, window) == STYLE.colours[top - 1][:3]).all(axis=-1)
    assert shown.any(), uri
    for a, b in zip(ref.centroid(shown), ref.centroid(wanted == top)):
        assert abs(a - b) <= 0.5, (uri, a, b)


def WMTS_in_c():
    check(TILED.format(crs="EPSG:4490", set="c"), "EPSG:4490", False)


def WMTS_in_w():
    check(TILED.format(crs="EPSG:3857", set="w"), "EPSG:3857", True)


def WMS_1_3_0():
    check(DRAWN.format(crs="EPSG:4490", version="1.3.0"), "EPSG:4490", False)


def WMS_1_1_1():
    check(DRAWN.format(crs="EPSG:3857", version="1.1.1"), "EPSG:3857", True)


application = QgsApplication([], False)
application.initQgis()
ref.run([WMTS_in_c, WMTS_in_w, WMS_1_3_0, WMS_1_1_1])
