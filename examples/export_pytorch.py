"""Writes a PyTorch model into one file that Gradbook's `loadModel` builds without a line of code, and checks when it loads.

    from export_pytorch import export
    export(model, x, "model.safetensors")    # x: some inputs, [batch, ...]

Known are the modules below, modules that run their children in order, a Residual (x + its children in order, with a `projection` of
x or without), and the BasicBlock of ResNets. The file holds the classes as Gradbook's layers, the weights under PyTorch's names, and
x with the predictions for it: a model whose `forward` does something else is refused when it is loaded. What cannot be exported is
refused before anything is written, and an older file stays until the new one is whole. Needs torch and safetensors.
"""
import json
import os

import torch
from safetensors.torch import save_file


def one(value):
    """3 for (3, 3); what differs in the two directions has no counterpart."""
    if isinstance(value, tuple) and len(set(value)) > 1:
        raise ValueError(f"expected the same number in both directions, received {value}.")
    return value[0] if isinstance(value, tuple) else value


# The settings that have no counterpart, each with the value that it has to have.
plain = {"dilation": 1, "groups": 1, "padding_mode": "zeros", "ceil_mode": False, "count_include_pad": True, "divisor_override": None}
plain |= {"affine": True, "track_running_stats": True, "beta": 1, "output_size": 1, "start_dim": 1, "end_dim": -1}


def check(m):
    """Refuses a module with other settings, whose weights would load and compute something else."""
    for setting, value in plain.items():
        if one(getattr(m, setting, value)) != value:
            raise ValueError(f"expected {type(m).__name__} with {setting}={value}, received {getattr(m, setting)}.")


def window(kind, m):
    return {"type": kind, "size": one(m.kernel_size), "strides": one(m.stride), "padding": one(m.padding)}


def norm(m):
    if m.momentum is None:
        raise ValueError("expected BatchNorm with a number as momentum, received None.")
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
        if any(True for _ in module.parameters()):
            names[ours] = theirs
        try:
            check(module)
            return kinds[kind](module)
        except ValueError as error:
            raise ValueError(f"{theirs or 'the model'}: {error}") from None
    skipped = ("projection", "downsample")
    children = [name for name, child in module.named_children() if name not in skipped and type(child).__name__ != "Identity"]
    if kind == "BasicBlock":  # its ReLU comes twice: within, and after the sum
        block = ["conv1", "bn1", "relu", "conv2", "bn2"]
        residual = {"type": "Residual", "layers": [inside(f"0.{i}", name) for i, name in enumerate(block)]}
        if module.downsample is not None:
            residual["projection"] = inside("0.projection", "downsample")
        return {"type": "Sequential", "layers": [residual, {"type": "ReLU"}]}
    if not children:
        raise ValueError(f"{theirs or 'the model'}: expected one of {', '.join(kinds)}, received {kind}.")
    config = {"type": "Residual" if kind == "Residual" else "Sequential"}
    config["layers"] = [inside(i, name) for i, name in enumerate(children)]
    if getattr(module, "projection", None) is not None:
        config["projection"] = inside("projection", "projection")
    return config


def predict(model, x):
    """What `model` gives for x; its modules are in training or not as they were."""
    training = [m for m in model.modules() if m.training]
    try:
        with torch.no_grad():
            y = model.eval()(x)
    except Exception as error:
        raise ValueError(f"Expected inputs that the model takes, received x of shape {list(x.shape)}, {x.dtype}: {error}") from error
    finally:
        for m in training:
            m.training = True
    if not isinstance(y, torch.Tensor) or not y.isfinite().all():
        raise ValueError(f"Expected finite predictions in one tensor, received {y}.")
    return y


def export(model, x, file):
    """Writes `file`. Raises TypeError or ValueError for what cannot be exported, with what was expected."""
    if not isinstance(model, torch.nn.Module):
        advice = "build the model, model.load_state_dict(…), and export the model" if isinstance(model, dict) else "give the model itself"
        raise TypeError(f"Expected a torch.nn.Module, received {type(model).__name__}: {advice}.")
    if not isinstance(x, torch.Tensor) or x.dim() < 2 or len(x) == 0 or not x.isfinite().all():
        received = f"shape {list(x.shape)}" if isinstance(x, torch.Tensor) else type(x).__name__
        raise ValueError(f"Expected x as a tensor of some finite inputs, [batch, ...], received {received}.")
    owners = {}
    for name, parameter in model.named_parameters(remove_duplicate=False):
        if owners.setdefault(id(parameter), name) != name:
            raise ValueError(f"Expected weights that no two modules share, received {owners[id(parameter)]} as {name} too.")
    y, names = predict(model, x), {}
    notes = {"config": describe(model, "", "", names), "names": names, "sample": {"x": x.tolist(), "y": y.tolist()}}
    tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    beside = f"{file}.{os.getpid()}.part"  # safetensors before 0.8 writes in place
    try:
        save_file(tensors, beside, {"format": "gradbook pytorch 1", "notes": json.dumps(notes, allow_nan=False)})
        os.replace(beside, file)
    finally:
        if os.path.exists(beside):
            os.remove(beside)
