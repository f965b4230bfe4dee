"""Models and tensors of PyTorch and Python's safetensors for the tests of persistence, and PyTorch's verdict on Gradbook's files.

    python test/goldens/pytorch.py            writes python-*.safetensors
    node test/goldens/gradbook-models.mjs     (after a build) writes gradbook-*.safetensors
    python test/goldens/pytorch.py check      loads those into PyTorch and writes gradbook-predictions.safetensors

Needs torch 2.13 and safetensors 0.8. Pictures are NCHW here, NHWC in Gradbook.
"""
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, safe_open, save_file
from torch import nn

here = Path(__file__).parent


def mlp():
    return nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 8, bias=False), nn.Tanh(), nn.Linear(8, 3))


def cnn():
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(4, 5, 3), nn.ReLU(), nn.Flatten(), nn.Linear(5 * 2 * 3, 7), nn.ReLU(), nn.Linear(7, 3),
    )


inputs = {"mlp": (10, 6), "cnn": (4, 2, 8, 10)}

if sys.argv[1:] == ["check"]:
    predictions = {}
    for name, make in ("mlp", mlp), ("cnn", cnn):
        model = make()
        model.load_state_dict(load_file(here / f"gradbook-{name}.safetensors"))
        x = load_file(here / f"python-{name}-predictions.safetensors")["x"]
        with torch.no_grad():
            predictions[name] = model.eval()(x)
    with safe_open(here / "gradbook-tensors.safetensors", "pt") as file:
        assert file.metadata() == {"note": "Größe"}, file.metadata()
        assert torch.equal(file.get_tensor("float"), torch.tensor([[1.5, -2, float("inf")]]))
        assert torch.equal(file.get_tensor("int"), torch.tensor([-(2**31), 2**31 - 1], dtype=torch.int32))
        assert torch.equal(file.get_tensor("bool"), torch.tensor(True))
        assert file.get_tensor("empty").shape == (0, 3)
    save_file(predictions, here / "gradbook-predictions.safetensors")
else:
    torch.manual_seed(0)
    for name, make in ("mlp", mlp), ("cnn", cnn):
        model = make()
        for _ in range(3):  # moves the running statistics
            model.train()(torch.randn(inputs[name]) * 2 + 1)
        x = torch.randn(inputs[name])
        with torch.no_grad():
            y = model.eval()(x)
        save_file(model.state_dict(), here / f"python-{name}.safetensors")
        save_file({"x": x, "y": y}, here / f"python-{name}-predictions.safetensors")
    values = torch.tensor([[0.1, -2.5, 1000], [0, 1e-6, 3]])
    floats = {str(t)[6:]: values.to(t) for t in (torch.float64, torch.float32, torch.float16, torch.bfloat16)}
    integers = {str(t)[6:]: torch.tensor([1, 2, 100], dtype=t) for t in (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)}
    others = {"bool": torch.tensor([True, False]), "scalar": torch.tensor(7.0), "empty": torch.zeros(0, 2)}
    save_file({**floats, **integers, **others}, here / "python-tensors.safetensors", {"framework": "PyTorch"})
