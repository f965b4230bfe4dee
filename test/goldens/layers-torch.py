"""Makes layers-torch.json: networks with every layer, trained 20 steps by PyTorch 2.13 with SGD on the mean squared error.

Run: python test/goldens/layers-torch.py (needs torch). A case names its layers by their Gradbook `config`; pictures are
[batch, height, width, channels] and weights have Gradbook's layouts in the file. What PyTorch has in another form (padding,
masks, the biased running variance) is written out here.
"""
import json
import math
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

STEPS, RATE, BATCH = 20, 0.1, 6
torch.manual_seed(5)


def same_pad(x, size, strides, value):
    """Pads NCHW as "same" does: of an odd number of pixels one more after."""
    pads = []
    for length in (x.shape[3], x.shape[2]):
        total = max((math.ceil(length / strides) - 1) * strides + size - length, 0)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads, value=value)


class Padded(nn.Module):
    def __init__(self, layer, config, value):
        super().__init__()
        self.layer, self.config, self.value = layer, config, value

    def forward(self, x):
        if self.config["padding"] == "same":
            x = same_pad(x, self.config["size"], self.config["strides"], self.value)
        elif self.config["padding"] != "valid":
            x = F.pad(x, [self.config["padding"]] * 4, value=self.value)
        return self.layer(x)


class Masked(nn.Module):
    """Dropout with given masks, one a step; `plain` scales the prediction, not the training."""

    def __init__(self, rate, plain):
        super().__init__()
        self.rate, self.plain, self.mask = rate, plain, None

    def forward(self, x):
        if self.training:
            return x * self.mask if self.plain else x * self.mask / (1 - self.rate)
        return x * (1 - self.rate) if self.plain else x


class BiasedBatchNorm(nn.Module):
    """torch's BatchNorm, whose running variance follows the biased variance of the batch instead of the unbiased one."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        old = self.layer.running_var.clone()
        y = self.layer(x)
        if self.training:
            n = x.numel() / x.shape[1]
            with torch.no_grad():
                kept = (1 - self.layer.momentum) * old
                self.layer.running_var = kept + (self.layer.running_var - kept) * (n - 1) / n
        return y


class Residual(nn.Module):
    def __init__(self, layers, projection):
        super().__init__()
        self.layers = nn.Sequential(*layers)
        self.projection = projection

    def forward(self, x):
        return (self.projection(x) if self.projection else x) + self.layers(x)


class ChannelsLastFlatten(nn.Module):
    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


class GlobalAveragePool(nn.Module):
    def forward(self, x):
        return x.mean(dim=(2, 3))


def build(config, pictures):
    kind = config["type"]
    if kind == "Dense":
        return nn.Linear(config["inputs"], config["outputs"], bias=config["bias"])
    if kind == "Conv2D":
        layer = nn.Conv2d(config["inputs"], config["outputs"], config["size"], config["strides"], bias=config["bias"])
        return Padded(layer, config, 0.0)
    if kind == "MaxPool":
        return Padded(nn.MaxPool2d(config["size"], config["strides"]), config, -math.inf)
    if kind == "AveragePool":
        return Padded(nn.AvgPool2d(config["size"], config["strides"]), config, 0.0)
    if kind == "BatchNorm":
        make = nn.BatchNorm2d if pictures else nn.BatchNorm1d
        layer = make(config["features"], eps=config["epsilon"], momentum=1 - config["momentum"])
        nn.init.normal_(layer.weight, 1.0, 0.1)
        nn.init.normal_(layer.bias, 0.0, 0.1)
        layer.running_var.fill_(config["initialVar"])
        return layer if config.get("unbiased") else BiasedBatchNorm(layer)
    if kind in ("Dropout", "SpatialDropout", "PlainDropout"):
        return Masked(config["rate"], kind == "PlainDropout")
    if kind == "Residual":
        projection = build(config["projection"], pictures) if "projection" in config else None
        return Residual([build(inner, pictures) for inner in config["layers"]], projection)
    if kind == "LeakyReLU":
        return nn.LeakyReLU(config["slope"])
    if kind == "Softmax":
        return nn.Softmax(dim=-1)
    plain = {"ReLU": nn.ReLU, "Sigmoid": nn.Sigmoid, "Tanh": nn.Tanh, "Softplus": nn.Softplus}
    plain |= {"Flatten": ChannelsLastFlatten, "GlobalAveragePool": GlobalAveragePool}
    return plain[kind]()


def packed(tensor):
    return {"shape": list(tensor.shape), "values": [float(f"{v:.9g}") for v in tensor.detach().flatten().tolist()]}


def state(model):
    """Parameters and buffers under Gradbook's names and in its layouts."""
    tensors = {}
    names = {"running_mean": "runningMean", "running_var": "runningVar"}
    for key, tensor in model.state_dict().items():
        *path, last = key.split(".")
        if last == "num_batches_tracked":
            continue
        owner = model.get_submodule(".".join(path))
        if isinstance(owner, (nn.BatchNorm1d, nn.BatchNorm2d)):
            last = {"weight": "gamma", "bias": "beta"}.get(last, names.get(last))
        if tensor.dim() == 2:
            tensor = tensor.T
        if tensor.dim() == 4:
            tensor = tensor.permute(2, 3, 1, 0)
        position = ".".join(part for part in path if part.isdigit() or part == "projection")
        tensors[f"{position}.{last}"] = packed(tensor.contiguous())
    return tensors


def case(name, shape, *configs):
    pictures = len(shape) == 3
    model = nn.Sequential(*(build(config, pictures) for config in configs))
    x = torch.randn(BATCH, *shape)
    inputs = x.permute(0, 3, 1, 2) if pictures else x
    masked = [layer for layer in model.modules() if isinstance(layer, Masked)]
    seen = {}
    for layer in masked:
        layer.register_forward_pre_hook(lambda module, args: seen.update(shape=args[0].shape))
    model.eval()
    y = torch.randn_like(model(inputs))
    model.train()
    result = {"name": name, "layers": configs, "rate": RATE, "x": packed(x), "y": packed(y), "initial": state(model)}
    masks = []
    for step in range(STEPS):
        for layer in masked:
            full = list(seen["shape"])
            spatial = any(config["type"] == "SpatialDropout" for config in configs)
            layer.mask = (torch.rand(full[:2] + [1, 1] if spatial else full) >= layer.rate).float()
            channels_last = layer.mask.permute(0, 2, 3, 1) if spatial else layer.mask
            masks.append({"shape": list(channels_last.shape), "values": [int(v) for v in channels_last.flatten().tolist()]})
        model.zero_grad()
        loss = F.mse_loss(model(inputs), y)
        loss.backward()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter -= RATE * parameter.grad
        if step == 0:
            result["one"] = state(model)
    result["twenty"] = state(model)
    model.eval()
    result["predictions"] = packed(model(inputs))
    if masks:
        result["masks"] = masks
    return result


def dense(inputs, outputs, bias=True):
    return {"type": "Dense", "inputs": inputs, "outputs": outputs, "bias": bias}


def conv(inputs, outputs, size, strides=1, padding="valid", bias=True):
    names = {"inputs": inputs, "outputs": outputs, "size": size, "strides": strides, "padding": padding, "bias": bias}
    return {"type": "Conv2D", **names}


def pool(size, strides, padding, kind="MaxPool"):
    return {"type": kind, "size": size, "strides": strides, "padding": padding}


def norm(features, **options):
    return {"type": "BatchNorm", "features": features, "momentum": 0.9, "epsilon": 1e-5, "initialVar": 1, **options}


def between(name, *layers):
    return case(name, [4], dense(4, 5), *layers, dense(5, 2))


one = {name: {"type": name} for name in ["ReLU", "Sigmoid", "Tanh", "Softplus", "Softmax", "Flatten", "GlobalAveragePool"]}
cases = [
    case("Dense", [4], dense(4, 2)),
    case("Dense without bias", [4], dense(4, 2, bias=False)),
    *(between(name, one[name]) for name in ["ReLU", "Sigmoid", "Tanh", "Softplus", "Softmax"]),
    between("LeakyReLU", {"type": "LeakyReLU", "slope": 0.2}),
    between("Dropout", {"type": "Dropout", "rate": 0.3, "seed": 0}),
    between("PlainDropout", {"type": "PlainDropout", "rate": 0.3, "seed": 0}),
    between("BatchNorm of rows", norm(5)),
    between("BatchNorm, other options", norm(5, momentum=0.5, epsilon=0.01, initialVar=0)),
    between("Residual", {"type": "Residual", "layers": [dense(5, 5), one["Tanh"]]}),
    case("Conv2D, valid", [5, 6, 2], conv(2, 3, 3), one["Flatten"]),
    case("Conv2D, same", [4, 5, 2], conv(2, 2, 3, padding="same"), one["GlobalAveragePool"]),
    case("Conv2D, strides 2, same", [4, 5, 2], conv(2, 2, 3, 2, "same", bias=False), one["Flatten"]),
    case("Conv2D, strides 2, valid", [6, 7, 1], conv(1, 2, 2, 2), one["Flatten"]),
    case("BatchNorm of pictures", [4, 4, 1], conv(1, 2, 2), norm(2), one["ReLU"], one["Flatten"], dense(18, 2)),
    case("MaxPool", [5, 5, 1], conv(1, 2, 2), pool(2, 2, "valid"), one["Flatten"]),
    case("MaxPool, overlapping, same", [4, 5, 1], conv(1, 2, 2), pool(3, 2, "same"), one["Flatten"]),
    case("SpatialDropout", [4, 4, 1], conv(1, 4, 2), {"type": "SpatialDropout", "rate": 0.5, "seed": 0}, one["GlobalAveragePool"]),
    case("Conv2D, strides 2, padding 1", [6, 8, 2], conv(2, 2, 3, 2, 1), one["Flatten"]),
    case("MaxPool, strides 2, padding 1", [6, 5, 1], conv(1, 2, 2), pool(3, 2, 1), one["Flatten"]),
    case("AveragePool", [5, 5, 1], conv(1, 2, 2), pool(2, 2, "valid", "AveragePool"), one["Flatten"]),
    case("AveragePool, padding 1", [6, 5, 1], conv(1, 2, 2), pool(3, 2, 1, "AveragePool"), one["Flatten"]),
    between("BatchNorm, unbiased", norm(5, unbiased=True)),
    case("Residual with a projection", [6, 6, 2], {"type": "Residual", "layers": [conv(2, 3, 3, 2, 1), one["ReLU"]], "projection": conv(2, 3, 1, 2)}, one["Flatten"]),
]
target = Path(__file__).with_name("layers-torch.json")
target.write_text("[\n" + ",\n".join(json.dumps(one, separators=(",", ":")) for one in cases) + "\n]\n")
