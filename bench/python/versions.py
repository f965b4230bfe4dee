"""Which versions answer."""

import platform

import numpy
import pandas
import polars
import torch


def versions():
    return {
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "torch": torch.__version__,
        "pandas": pandas.__version__,
        "polars": polars.__version__,
    }
