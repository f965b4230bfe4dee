"""Makes optimizers-torch.json: a small network trained by PyTorch 2.13's optimizers, for test/lib/optimizers/golden.test.ts.

Run: python optimizers-torch.py (needs torch 2.13 and numpy). The network is Linear(3, 8), ReLU, Linear(8, 2); the loss the
mean squared error of all 16 examples. Given: the weights before, after 1 and after 20 steps, named and laid out as ours
([inputs, outputs]); and schedules, the rates of 30 steps.
"""
import json
from pathlib import Path

import numpy
import torch
from torch.optim import lr_scheduler

random = numpy.random.default_rng(5)


def draw(*shape, scale=1.0):
    return numpy.round(scale * random.standard_normal(shape), 3)


x = draw(16, 3)
y = draw(16, 2) + numpy.round(x[:, :2] ** 2, 3)
start = {
    "0.weight": draw(3, 8, scale=0.6),
    "0.bias": draw(8, scale=0.3),
    "2.weight": draw(8, 2, scale=0.6),
    "2.bias": draw(2, scale=0.3),
}


def transposed(name, value):
    return value.T if name.endswith("weight") else value


def train(make, options, steps, clip=None):
    model = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.tensor(transposed(name, start[name])))
    named = list(model.named_parameters())
    optimizer = make([p for _, p in named], **options) if not callable(options) else make(options(named))
    for _ in range(steps):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(torch.tensor(x, dtype=torch.float32)), torch.tensor(y, dtype=torch.float32))
        loss.backward()
        if clip:
            clip(model.parameters())
        optimizer.step()
    return {name: transposed(name, parameter.detach().numpy()).tolist() for name, parameter in named}


def groups(named):
    return [
        {"params": [p for name, p in named if name.startswith("0.")], "lr": 0.01, "weight_decay": 0.1},
        {"params": [p for name, p in named if name == "2.bias"], "lr": 0.1, "weight_decay": 0.0},
        {"params": [p for name, p in named if name == "2.weight"], "lr": 0.1, "weight_decay": 0.1},
    ]


our_groups = [
    {"pattern": "0", "learningRate": 0.01},
    {"pattern": "2.bias", "weightDecay": 0},
]
optim, utils = torch.optim, torch.nn.utils
# our optimizer, our options, PyTorch's, its options, clipping
cases = [
    ("SGD", {"learningRate": 0.1}, optim.SGD, {"lr": 0.1}, None),
    ("SGD", {"learningRate": 0.1, "weightDecay": 0.05}, optim.SGD, {"lr": 0.1, "weight_decay": 0.05}, None),
    ("SGD", {"learningRate": 0.1, "weightDecay": 0.1, "groups": our_groups}, optim.SGD, groups, None),
    ("SGD", {"learningRate": 0.1, "clipValue": 0.2}, optim.SGD, {"lr": 0.1}, lambda p: utils.clip_grad_value_(p, 0.2)),
    ("SGD", {"learningRate": 0.1, "clipNorm": 0.5}, optim.SGD, {"lr": 0.1}, lambda p: utils.clip_grad_norm_(p, 0.5)),
    ("Momentum", {"learningRate": 0.03}, optim.SGD, {"lr": 0.03, "momentum": 0.9}, None),
    ("Momentum", {"learningRate": 0.03, "momentum": 0.5}, optim.SGD, {"lr": 0.03, "momentum": 0.5}, None),
    ("Nesterov", {"learningRate": 0.03}, optim.SGD, {"lr": 0.03, "momentum": 0.9, "nesterov": True}, None),
    ("AdaGrad", {"learningRate": 0.1}, optim.Adagrad, {"lr": 0.1, "eps": 1e-7}, None),
    ("AdaGrad", {"learningRate": 0.1, "epsilon": 0.1}, optim.Adagrad, {"lr": 0.1, "eps": 0.1}, None),
    ("RMSProp", {"learningRate": 0.01}, optim.RMSprop, {"lr": 0.01, "alpha": 0.9, "eps": 1e-8}, None),
    ("RMSProp", {"learningRate": 0.01, "rho": 0.99, "epsilon": 0.1}, optim.RMSprop, {"lr": 0.01, "alpha": 0.99, "eps": 0.1}, None),
    ("Adam", {"learningRate": 0.03}, optim.Adam, {"lr": 0.03}, None),
    ("Adam", {"learningRate": 0.03, "beta1": 0.8, "beta2": 0.99, "epsilon": 0.1}, optim.Adam, {"lr": 0.03, "betas": (0.8, 0.99), "eps": 0.1}, None),
    ("Adam", {"learningRate": 0.03, "weightDecay": 0.05}, optim.Adam, {"lr": 0.03, "weight_decay": 0.05}, None),
    ("Adam", {"learningRate": 0.1, "beta2": 0.8, "amsgrad": True}, optim.Adam, {"lr": 0.1, "betas": (0.9, 0.8), "amsgrad": True}, None),
    ("AdamW", {"learningRate": 0.03}, optim.AdamW, {"lr": 0.03, "weight_decay": 0.01}, None),
    ("AdamW", {"learningRate": 0.03, "weightDecay": 0.5}, optim.AdamW, {"lr": 0.03, "weight_decay": 0.5}, None),
    ("AdamW", {"learningRate": 0.1, "weightDecay": 0.1, "groups": our_groups}, optim.AdamW, groups, None),
]
runs = [
    {
        "optimizer": name,
        "options": options,
        "after": {str(steps): train(torch_class, torch_options, steps, clip) for steps in (1, 20)},
    }
    for name, options, torch_class, torch_options, clip in cases
]

losses = [5, 4, 4.1, 4, 4, 4, 3.9999, 3.9, 3.95, 3.94, 3.93, 3.95, 3.92, 3.91, 3.9, 3, float("nan"), 3.1, 3, 3, 3, 3, 3, 2, 1, 1, 1, 1, 1, 1]


def rates(make):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5)
    scheduler = make(optimizer)
    found = []
    for loss in losses:
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step(*([loss] if isinstance(scheduler, lr_scheduler.ReduceLROnPlateau) else []))
    return found


schedules = {
    "stepDecay": {"options": {"every": 7, "factor": 0.3}, "rates": rates(lambda o: lr_scheduler.StepLR(o, 7, 0.3))},
    "exponentialDecay": {"options": {"factor": 0.9}, "rates": rates(lambda o: lr_scheduler.ExponentialLR(o, 0.9))},
    "cosineDecay": {
        "options": {"steps": 30, "final": 0.1},
        "rates": rates(lambda o: lr_scheduler.CosineAnnealingLR(o, 30, 0.1)),
    },
    "reduceOnPlateau": {
        "options": {"factor": 0.5, "patience": 3, "threshold": 0.001, "minimum": 0.04},
        "rates": rates(lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=0.5, patience=3, threshold=0.001, min_lr=0.04)),
    },
}

golden = {"x": x.tolist(), "y": y.tolist(), "start": {name: value.tolist() for name, value in start.items()}}
golden["runs"] = runs
golden["schedules"] = {"initial": 0.5, "losses": [None if loss != loss else loss for loss in losses], **schedules}
file = Path(__file__).with_suffix(".json")
file.write_text("{\n" + ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in golden.items()) + "\n}\n")
