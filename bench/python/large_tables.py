"""From a large CSV file to an array of float32 in pandas and polars: read, standardise, fill, encode."""

import time

import numpy as np
import pandas as pd
import polars as pl
import polars.selectors as cs


def with_pandas(file):
    table = pd.read_csv(file)
    numbers = table.select_dtypes("number")
    numbers = ((numbers - numbers.mean()) / numbers.std()).fillna(0)
    texts = table.select_dtypes("object")
    parts = [numbers.to_numpy(dtype=np.float32)]
    if texts.shape[1] > 0:
        parts.append(pd.get_dummies(texts).to_numpy(dtype=np.float32))
    return np.hstack(parts)


def with_polars(file):
    table = pl.read_csv(file)
    numbers = table.select(((cs.numeric() - cs.numeric().mean()) / cs.numeric().std()).fill_null(0).cast(pl.Float32))
    texts = table.select(cs.string())
    parts = [numbers.to_numpy()]
    if texts.width > 0:
        parts.append(texts.to_dummies().to_numpy().astype(np.float32))
    return np.hstack(parts)


peers = {"pandas": with_pandas, "polars": with_polars}


def check(peer, file):
    """Columns, and the mean absolute value."""
    x = peers[peer](file)
    return [x.shape[1], float(np.abs(x).mean(dtype=np.float64))]


def run(peer, file):
    begin = time.perf_counter()
    peers[peer](file)
    return (time.perf_counter() - begin) * 1000
