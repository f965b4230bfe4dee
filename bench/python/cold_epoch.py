"""A process of its own for C: one epoch in the order of the examples, from the state in a file; prints the mean loss."""

import importlib
import json
import sys

import safetensors_file

kind, file, text = sys.argv[1:]
workload = json.loads(text)
tensors = safetensors_file.read(file)
x, y, size = tensors["x"], tensors["y"], workload["batchSize"]
if kind == "torch":
    import torch

    torch.set_num_threads(1)
    x, y = torch.from_numpy(x), torch.from_numpy(y)
module = importlib.import_module(f"{kind}_network")
network = module.Network(workload["config"], tensors, workload["loss"], workload["optimizer"])
losses = [float(network.step(x[start : start + size], y[start : start + size])) for start in range(0, len(x), size)]
print(sum(losses) / len(losses))
