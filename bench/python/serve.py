"""Answers the bench's calls, a line of JSON each, until its input ends. `bench/python.ts` starts it."""

import importlib
import json
import math
import os
import sys
import traceback

answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)  # what a library prints must not get between the answers


def plain(value):
    """What JSON can hold: null in the place of NaN and infinity."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


for line in sys.stdin:
    request = json.loads(line)
    try:
        module, function = request["call"].split(".")
        result = getattr(importlib.import_module(module), function)(**request["arguments"])
        answer = {"result": plain(result)}
    except Exception:
        answer = {"error": traceback.format_exc()}
    print(json.dumps(answer, allow_nan=False), file=answers)
