"""Trains a small network on MNIST in PyTorch, and keeps its weights and its outputs: the PyTorch model that chapter 11 reads.

    python data/pytorch/train.py     writes the files beside this one

Needs torch 2.13 and safetensors 0.8.
"""
import gzip
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

here = Path(__file__).parent


def read(part):
    def content(kind):
        return gzip.decompress((here.parent / "mnist" / f"{part}-first1000-{kind}.gz").read_bytes())

    images = np.frombuffer(content("images-idx3-ubyte"), np.uint8, offset=16).reshape(-1, 784)
    labels = np.frombuffer(content("labels-idx1-ubyte"), np.uint8, offset=8)
    return torch.tensor(images / 255, dtype=torch.float32), torch.tensor(labels, dtype=torch.int64)


torch.manual_seed(0)
torch.set_num_threads(1)
model = nn.Sequential(nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
x, y = read("train")
for epoch in range(20):
    for rows in torch.randperm(len(x)).split(50):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()

x, y = read("t10k")
with torch.no_grad():
    logits = model.eval()(x)
print(f"accuracy on the test images: {(logits.argmax(1) == y).float().mean():.3f}")
save_file(model.state_dict(), here / "mnist-mlp.safetensors")
save_file({"logits": logits}, here / "mnist-mlp-logits.safetensors")
