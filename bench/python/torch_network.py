"""The same network in PyTorch: its own layers, automatic gradients and fused optimizers.

With `stack`, every parameter has that axis in front: as many networks of one shape are trained at once by batched products.
"""

import torch
import torch.nn.functional as F
from torch import nn


class MaskedDropout(nn.Dropout):
    """Dropout that takes a fixed mask where one is set."""

    mask = None

    def forward(self, x):
        return super().forward(x) if self.mask is None else x * (self.mask / (1 - self.p))


class Flatten(nn.Module):
    """The numbers of a picture in the library's order: channels vary fastest."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


class StackedDense(nn.Module):
    def __init__(self, weight, bias):
        super().__init__()
        self.weight, self.bias = nn.Parameter(weight), nn.Parameter(bias[:, None])

    def forward(self, x):
        return torch.baddbmm(self.bias, x.expand(len(self.weight), -1, -1), self.weight)


class StackedBatchNorm(nn.Module):
    def __init__(self, gamma, beta, mean, var, momentum, epsilon):
        super().__init__()
        self.gamma, self.beta = nn.Parameter(gamma[:, None]), nn.Parameter(beta[:, None])
        self.mean, self.var, self.momentum, self.epsilon = mean[:, None], var[:, None], momentum, epsilon

    def forward(self, x):
        if not self.training:
            return (x - self.mean) * (self.gamma * torch.rsqrt(self.var + self.epsilon)) + self.beta
        var, mean = torch.var_mean(x, 1, correction=0, keepdim=True)
        with torch.no_grad():
            self.mean.mul_(self.momentum).add_(mean, alpha=1 - self.momentum)
            self.var.mul_(self.momentum).add_(var, alpha=1 - self.momentum)
        return (x - mean) * (self.gamma * torch.rsqrt(var + self.epsilon)) + self.beta


def single(part, state):
    """PyTorch's own layer for `part` of the description."""
    kind = part["type"]
    if kind == "Dense":
        layer = nn.Linear(part["inputs"], part["outputs"])
        values = {"weight": state["weight"].T, "bias": state["bias"]}
    elif kind == "BatchNorm":
        layer = nn.BatchNorm1d(part["features"], part["epsilon"], 1 - part["momentum"])
        names = {"weight": "gamma", "bias": "beta", "running_mean": "runningMean", "running_var": "runningVar"}
        values = {own: state[name] for own, name in names.items()}
    elif kind == "Conv2D":
        layer = nn.Conv2d(part["inputs"], part["outputs"], part["size"])
        values = {"weight": state["weight"].permute(3, 2, 0, 1), "bias": state["bias"]}
    elif kind == "Dropout":
        return MaskedDropout(part["rate"])
    elif kind == "MaxPool":
        return nn.MaxPool2d(part["size"])
    else:
        return {"ReLU": nn.ReLU, "Flatten": Flatten}[kind]()
    layer.load_state_dict(values, strict=False)
    return layer


def stacked(part, state):
    kind = part["type"]
    if kind == "Dense":
        return StackedDense(state["weight"], state["bias"])
    if kind == "BatchNorm":
        own = (state[name].clone() for name in ("gamma", "beta", "runningMean", "runningVar"))
        return StackedBatchNorm(*own, part["momentum"], part["epsilon"])
    return {"ReLU": nn.ReLU}[kind]()


class Network:
    """As in `numpy_network.py`; `compiled`: through torch.compile."""

    def __init__(self, config, tensors, loss, optimizer, stack=(), compiled=False):
        parts = config["layers"] if config["type"] == "Sequential" else [config]
        prefix = (lambda i: f"{i}.") if config["type"] == "Sequential" else lambda i: ""
        build = stacked if stack else single
        layers = []
        for i, part in enumerate(parts):
            names = [name for name in tensors if name.startswith(prefix(i))]
            layers.append(build(part, {name[len(prefix(i)) :]: torch.from_numpy(tensors[name]) for name in names}))
        self.model = nn.Sequential(*layers)
        self.loss_name, self.divisor = loss["name"], loss.get("divisor")
        rule = {"SGD": torch.optim.SGD, "Adam": torch.optim.Adam}[optimizer["name"]]
        self.optimizer = rule(self.model.parameters(), lr=optimizer["learningRate"], fused=True)
        self.losses = torch.compile(self.compute_losses) if compiled else self.compute_losses

    def compute_losses(self, x, y):
        """The loss of each network."""
        predictions = self.model(x)
        if self.loss_name == "softmaxCrossEntropy":
            if predictions.ndim == 2:
                return F.cross_entropy(predictions, y)
            return F.cross_entropy(predictions.flatten(0, 1), y.repeat(len(predictions)), reduction="none").view(
                len(predictions), -1
            ).mean(1)
        n = self.divisor or (predictions.shape[-2] * predictions.shape[-1])
        scale = (0.5 if self.loss_name == "halfSquaredError" else 1) / n
        if predictions.ndim == 2:
            return F.mse_loss(predictions, y, reduction="sum") * scale
        return (predictions - y).square().sum((-1, -2)) * scale

    def step(self, x, y):
        """One training step; the loss of each network."""
        self.optimizer.zero_grad(set_to_none=True)
        losses = self.losses(x, y)
        losses.sum().backward()
        self.optimizer.step()
        return losses.detach()

    def predict(self, x):
        self.model.eval()
        with torch.inference_mode():
            predictions = self.model(x)
        self.model.train()
        return predictions

    def set_masks(self, masks):
        """Fixed masks for the next step, by the position of their layer; none: drawn ones."""
        for i, layer in enumerate(self.model):
            if isinstance(layer, MaskedDropout):
                layer.mask = torch.from_numpy(masks[i]) if i in masks else None
