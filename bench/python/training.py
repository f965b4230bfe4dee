"""Training steps with numpy and with PyTorch, for the workloads W1 to W4 and the scaling."""

import contextlib
import time

import numpy as np
import safetensors_file
import torch
from threadpoolctl import threadpool_limits

import numpy_network
import torch_network

opened = {}


@contextlib.contextmanager
def threads(count):
    """That many threads for numpy's products and for PyTorch."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    with threadpool_limits(count):
        yield
    torch.set_num_threads(before)


def open(id, engine, threads, file, workload):
    """Gets a network ready: `file` has its state, the examples x and y, and masks for the first steps."""
    opened[id] = Training(engine, threads, safetensors_file.read(file), workload)


def check(id, steps):
    return opened[id].check(steps)


def run(id, steps):
    """Milliseconds a step."""
    return opened[id].time(steps)


def fit_anew(id, steps):
    """Milliseconds for building the network anew and so many steps."""
    begin = time.perf_counter()
    opened[id].network = opened[id].build()
    return (time.perf_counter() - begin) * 1000 + steps * opened[id].time(steps)


def predicted(id):
    """The sum of all predictions."""
    return [float(opened[id].network.predict(opened[id].x).sum())]


def predict(id, calls):
    """Milliseconds a call for all examples."""
    training = opened[id]
    with threads(training.threads):
        begin = time.perf_counter()
        for _ in range(calls):
            training.network.predict(training.x)
        return (time.perf_counter() - begin) * 1000 / calls


def product(size, count):
    """Milliseconds for 10⁹ operations in one product of matrices."""
    random = np.random.default_rng(0)
    a, b = (random.standard_normal((size, size), dtype=np.float32) for _ in range(2))
    with threads(count):
        a @ b
        begin = time.perf_counter()
        for _ in range(4):
            a @ b
        return (time.perf_counter() - begin) * 1000 / (4 * 2 * size**3 / 1e9)


def close(id):
    del opened[id]


class Training:
    def __init__(self, engine, thread_count, tensors, workload):
        self.engine, self.threads, self.tensors, self.workload = engine, thread_count, tensors, workload
        self.random = np.random.default_rng(0)
        self.x, self.y = tensors["x"], tensors["y"]
        self.held = tensors.get("xv"), tensors.get("yv")
        if engine != "numpy":
            self.x, self.y = torch.from_numpy(self.x), torch.from_numpy(self.y)
            if self.x.ndim == 4:
                self.x = self.x.permute(0, 3, 1, 2).contiguous()
            if "xv" in tensors:
                self.held = tuple(torch.from_numpy(tensor) for tensor in self.held)
            if workload["loss"]["name"] == "softmaxCrossEntropy":
                self.y = self.y.long()
        self.network = self.build()

    def build(self):
        config, loss, optimizer = (self.workload[key] for key in ("config", "loss", "optimizer"))
        if self.engine == "numpy":
            return numpy_network.Network(config, self.tensors, loss, optimizer)
        return torch_network.Network(config, self.tensors, loss, optimizer, compiled=self.engine == "compiled")

    def batches(self, shuffle):
        """An epoch."""
        x, y, size = self.x, self.y, self.workload["batchSize"]
        if shuffle:
            order = self.random.permutation(len(x))
            order = order if self.engine == "numpy" else torch.from_numpy(order)
            x, y = x[order], y[order]
        for start in range(0, len(x), size):
            yield x[start : start + size], y[start : start + size]

    def check(self, steps):
        """The losses of the first steps with the supplied masks, in the order of the examples."""
        losses = []
        with threads(self.threads):
            while True:
                for x, y in self.batches(False):
                    if len(losses) == steps:
                        self.network.set_masks({})
                        return losses
                    prefix = f"mask.{len(losses)}."
                    masks = [name for name in self.tensors if name.startswith(prefix)]
                    self.network.set_masks({int(name[len(prefix) :]): self.tensors[name] for name in masks})
                    losses.append(float(self.network.step(x, y)))

    def time(self, steps):
        total, done = 0.0, 0
        with threads(self.threads):
            begin = time.perf_counter()
            while done < steps:
                for x, y in self.batches(self.workload["shuffle"]):
                    total += float(self.network.step(x, y))
                    done += 1
                    if done == steps:
                        break
                if self.held[0] is not None:
                    total += self.validate()
            return (time.perf_counter() - begin) * 1000 / steps

    def validate(self):
        """The mean squared error on what is held out."""
        x, y = self.held
        e = self.network.predict(x) - y
        return float((e * e).mean())
