"""Writes a PyTorch model into one file that Gradbook's `loadModel` builds without a line of code, and checks when it loads.

    from export_pytorch import export
    export(model, x, "model.safetensors")    # x: some inputs, [batch, ...]

Known are the modules below, modules that run their children in order, a Residual (x + its children in order, with a `projection` of
x or without), and the BasicBlock of ResNets. The file holds the classes as Gradbook's layers, the weights under PyTorch's names, and
x with the predictions for it: a model whose `forward` does something else is refused when it is loaded. Needs torch and safetensors.
"""
import json

import torch
from safetensors.torch import save_file


def one(value):
    """3 for (3, 3); what differs in the two directions has no counterpart."""
    if isinstance(value, tuple) and len(set(value)) > 1:
        raise ValueError(f"Expected the same number in both directions, received {value}.")
    return value[0] if isinstance(value, tuple) else value


# The settings that have no counterpart, each with the value that it has to have.
plain = {"dilation": 1, "groups": 1, "padding_mode": "zeros", "ceil_mode": False, "count_include_pad": True, "divisor_override": None}
plain |= {"affine": True, "track_running_stats": True, "beta": 1, "output_size": 1, "start_dim": 1, "end_dim": -1}


def check(m, name):
    """Refuses a module with other settings, whose weights would load and compute something else."""
    for setting, value in plain.items():
        if one(getattr(m, setting, value)) != value:
            raise ValueError(f"{name}: expected {type(m).__name__} with {setting}={value}, received {getattr(m, setting)}.")


def window(kind, m):
    return {"type": kind, "size": one(m.kernel_size), "strides": one(m.stride), "padding": one(m.padding)}


def norm(m):
    if m.momentum is None:
        raise ValueError("Expected BatchNorm with a number as momentum, received None.")
    numbers = {"momentum": 1 - m.momentum, "epsilon": m.eps, "initialVar": 1, "unbiased": True}
    return {"type": "BatchNorm", "features": m.num_features, **numbers}


kinds = {
    "Linear": lambda m: {"type": "Dense", "inputs": m.in_features, "outputs": m.out_features, "bias": m.bias is not None},
    "Conv2d": lambda m: {"inputs": m.in_channels, "outputs": m.out_channels, "bias": m.bias is not None, **window("Conv2D", m)},
    "BatchNorm1d": norm,
    "BatchNorm2d": norm,
    "MaxPool2d": lambda m: window("MaxPool", m),
    "AvgPool2d": lambda m: window("AveragePool", m),
    "AdaptiveAvgPool2d": lambda m: {"type": "GlobalAveragePool"},
    "LeakyReLU": lambda m: {"type": "LeakyReLU", "slope": m.negative_slope},
    "Dropout": lambda m: {"type": "Dropout", "rate": m.p, "seed": 0},
    "Dropout2d": lambda m: {"type": "SpatialDropout", "rate": m.p, "seed": 0},
    **{kind: lambda m, kind=kind: {"type": kind} for kind in ["Flatten", "ReLU", "Sigmoid", "Tanh", "Softplus", "Softmax"]},
}


def describe(module, theirs, ours, names):
    """The layer that `module` is; notes in `names` which module each layer with weights comes from."""

    def inside(key, name):
        return describe(getattr(module, name), f"{theirs}.{name}".strip("."), f"{ours}.{key}".strip("."), names)

    kind = type(module).__name__
    if kind in kinds:
        check(module, theirs)
        if any(True for _ in module.parameters()):
            names[ours] = theirs
        return kinds[kind](module)
    skipped = ("projection", "downsample")
    children = [name for name, child in module.named_children() if name not in skipped and type(child).__name__ != "Identity"]
    if kind == "BasicBlock":  # its ReLU comes twice: within, and after the sum
        block = ["conv1", "bn1", "relu", "conv2", "bn2"]
        residual = {"type": "Residual", "layers": [inside(f"0.{i}", name) for i, name in enumerate(block)]}
        if module.downsample is not None:
            residual["projection"] = inside("0.projection", "downsample")
        return {"type": "Sequential", "layers": [residual, {"type": "ReLU"}]}
    if not children:
        raise ValueError(f"{theirs}: expected one of {', '.join(kinds)}, received {kind}.")
    config = {"type": "Residual" if kind == "Residual" else "Sequential"}
    config["layers"] = [inside(i, name) for i, name in enumerate(children)]
    if getattr(module, "projection", None) is not None:
        config["projection"] = inside("projection", "projection")
    return config


def export(model, x, file):
    training, names = model.training, {}
    with torch.no_grad():
        y = model.eval()(x)
    model.train(training)
    notes = {"config": describe(model, "", "", names), "names": names, "sample": {"x": x.tolist(), "y": y.tolist()}}
    tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    save_file(tensors, file, {"format": "gradbook pytorch 1", "notes": json.dumps(notes, allow_nan=False)})
