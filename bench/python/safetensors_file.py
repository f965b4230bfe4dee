"""Reads a safetensors file: eight bytes with the header's length, the header as JSON, the numbers."""

import json

import numpy as np

dtypes = {"F32": np.float32, "I32": np.int32}


def read(file):
    """Name → array."""
    with open(file, "rb") as opened:
        content = opened.read()
    start = 8 + int.from_bytes(content[:8], "little")
    arrays = {}
    for name, entry in json.loads(content[8:start]).items():
        if name == "__metadata__":
            continue
        begin, end = (start + offset for offset in entry["data_offsets"])
        arrays[name] = np.frombuffer(content[begin:end], dtypes[entry["dtype"]]).reshape(entry["shape"]).copy()
    return arrays
