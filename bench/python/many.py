"""Many networks of one shape, trained one after the other or as a stack, with metrics on the way: the workloads S and K.

The weights come as stacks: network k is slice k of each. `train` and `validation` are the row numbers of each network's
examples; without them all networks train on all examples.
"""

import time

import numpy as np
import safetensors_file
import torch

import numpy_network
import torch_network
from training import threads

np.seterr(all="ignore")  # some networks of the sweep diverge, as they should
opened = {}


def open(id, engine, threads, stacked, file, workload):
    opened[id] = Many(engine, threads, stacked, safetensors_file.read(file), workload)


def check(id, steps):
    """The losses of the first steps of every network, in the order of the examples."""
    many = opened[id]
    with threads(many.threads):
        losses = [many.train(group, networks, steps, shuffle=False) for group, networks in many.parts()]
    return [float(loss) for group in losses for loss in group.flat]


def run(id):
    """Milliseconds for everything."""
    many = opened[id]
    with threads(many.threads):
        begin = time.perf_counter()
        for group, networks in many.parts():
            many.train(group, networks, many.workload["steps"], shuffle=True)
        return (time.perf_counter() - begin) * 1000


def close(id):
    del opened[id]


class Many:
    def __init__(self, engine, thread_count, stacked, tensors, workload):
        self.engine, self.threads, self.stacked = engine, thread_count, stacked
        self.tensors, self.workload = tensors, workload
        self.random = np.random.default_rng(0)

    def parts(self):
        """What is trained at once: all networks of a group, or one."""
        count = self.workload["count"]
        for group in self.workload["groups"]:
            for networks in [slice(None)] if self.stacked else range(count):
                yield group, networks

    def array(self, values):
        return values if self.engine == "numpy" else torch.from_numpy(np.ascontiguousarray(values))

    def build(self, group, networks):
        prefix = group["name"] + "."
        state = {name[len(prefix) :]: values[networks] for name, values in self.tensors.items() if name.startswith(prefix)}
        module = numpy_network if self.engine == "numpy" else torch_network
        stack = (self.workload["count"],) if self.stacked else ()
        return module.Network(group["config"], state, self.workload["loss"], self.workload["optimizer"], stack)

    def examples(self, part, networks):
        """x and y; with an axis for the networks in front where each has its own."""
        x, y = self.tensors["x"], self.tensors["y"]
        if part in self.tensors:
            rows = self.tensors[part][networks]
            x, y = x[rows], y[rows]
        y = self.array(y)
        return self.array(x), y.long() if self.engine == "torch" and self.workload["metric"] == "accuracy" else y

    def orders(self, count, own):
        """The rows of an epoch, for each network that has examples of its own; with replacement where it is asked for."""
        draw = lambda: self.random.integers(count, size=count) if self.workload["replacement"] else self.random.permutation(count)
        return np.stack([draw() for _ in range(self.workload["count"])]) if own else draw()

    def train(self, group, networks, steps, shuffle):
        """Returns all losses, a row for each network."""
        network = self.build(group, networks)
        x, y = self.examples("train", networks)
        own = self.stacked and "train" in self.tensors
        validation = self.examples("validation", networks) if "validation" in self.tensors else None
        count, size = x.shape[-2], self.workload["batchSize"]
        losses, metrics = [], []
        index = (self.array(np.arange(self.workload["count"])[:, None]),) if own else ()
        while len(losses) < steps:
            xs, ys = x, y
            if shuffle:
                order = self.array(self.orders(count, own))
                xs, ys = x[(*index, order)], y[(*index, order)]
            for start in range(0, count, size):
                batch = (..., slice(start, start + size), slice(None))
                losses.append(network.step(xs[batch], ys[batch] if ys.ndim > 1 else ys[start : start + size]))
                if self.workload["every"] > 0 and (len(losses) % self.workload["every"] == 0 or len(losses) == steps):
                    metrics.append(self.metric(network, x, y))
                if len(losses) == steps:
                    break
            if self.workload["every"] == 0:
                metrics.append([self.metric(network, *part) for part in ((x, y), validation)])
        return np.array([np.array(loss) for loss in losses]).reshape(steps, -1).T

    def metric(self, network, x, y):
        predictions = network.predict(x)
        if self.workload["metric"] == "accuracy":
            return (predictions.argmax(-1) == y).mean(-1, **({} if self.engine == "numpy" else {"dtype": torch.float32}))
        if self.engine == "numpy":
            error = np.log(np.maximum(predictions, 1)) - np.log(y)
            return np.sqrt((error * error).mean(axis=(-1, -2)))
        return (torch.log(predictions.clamp(min=1)) - torch.log(y)).square().mean((-1, -2)).sqrt()
