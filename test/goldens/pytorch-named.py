"""PyTorch models whose modules have names of their own, for the tests of what comes from PyTorch and goes back.

    python test/goldens/pytorch-named.py          writes named-*.safetensors, by examples/export_pytorch.py
    node test/goldens/gradbook-named.mjs          (after a build) writes trained-*.safetensors: the models, trained on here
    python test/goldens/pytorch-named.py check    loads those into PyTorch and writes trained-predictions.safetensors

Needs torch 2.13 and safetensors 0.8.
"""
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn

here = Path(__file__).parent
sys.path.append(str(here.parent.parent / "examples"))
from export_pytorch import export  # noqa: E402


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.act1 = nn.Linear(6, 8), nn.ReLU()
        self.fc2, self.act2 = nn.Linear(8, 8), nn.Tanh()
        self.fc3 = nn.Linear(8, 3)

    def forward(self, x):
        return self.fc3(self.act2(self.fc2(self.act1(self.fc1(x)))))


class CNN(nn.Module):
    """Stride 2 and padding 1 on even sizes, BatchNorm before and after what is flattened, average pooling."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1, self.relu1 = nn.Conv2d(2, 4, 3, 2, 1), nn.BatchNorm2d(4), nn.LeakyReLU(0.1)
        self.pool = nn.AvgPool2d(3, 2, 1)
        self.flatten, self.bn2 = nn.Flatten(), nn.BatchNorm1d(4 * 2 * 3)
        self.fc = nn.Linear(4 * 2 * 3, 3)

    def forward(self, x):
        return self.fc(self.bn2(self.flatten(self.pool(self.relu1(self.bn1(self.conv1(x)))))))


class Residual(nn.Sequential):
    def __init__(self, *layers, projection=None):
        super().__init__(*layers)
        self.projection = projection

    def forward(self, x):
        y = x
        for name, layer in self.named_children():
            if name != "projection":
                y = layer(y)
        return y + (x if self.projection is None else self.projection(x))


class BasicBlock(nn.Module):
    """As in torchvision's ResNets."""

    def __init__(self, inputs, outputs, stride=1):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU()
        self.conv2, self.bn2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        short = stride != 1 or inputs != outputs
        self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)) if short else None

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    """Small, but put together as torchvision's are."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1, self.relu = nn.Conv2d(2, 4, 5, 2, 2, bias=False), nn.BatchNorm2d(4), nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = nn.Sequential(BasicBlock(4, 4), BasicBlock(4, 4))
        self.layer2 = nn.Sequential(BasicBlock(4, 6, 2))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(6, 3)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        return self.fc(torch.flatten(self.avgpool(self.layer2(self.layer1(x))), 1))


class Hidden(nn.Module):
    """An activation that is no module: nothing but its predictions tells."""

    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(6, 8), nn.Linear(8, 3)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))


def residual():
    projection = nn.Conv2d(2, 4, 1, 2)
    return nn.Sequential(Residual(nn.Conv2d(2, 4, 3, 2, 1), nn.ReLU(), projection=projection), Residual(nn.Conv2d(4, 4, 3, 1, 1)), nn.Flatten(), nn.Linear(4 * 4 * 5, 3))


models = {"mlp": MLP, "cnn": CNN, "resnet": ResNet, "residual": residual, "hidden": Hidden}
shapes = {name: (6,) if name in ("mlp", "hidden") else (2, 16, 20) if name == "resnet" else (2, 8, 10) for name in models}
RATE, STEPS = 0.05, 5

if sys.argv[1:] == ["check"]:
    predictions = {}
    for name in ("mlp", "cnn", "resnet", "residual"):
        model = models[name]()
        state = load_file(here / f"trained-{name}.safetensors")
        missing, unknown = model.load_state_dict(state, strict=False)
        assert not unknown and all(key.endswith("num_batches_tracked") for key in missing), (missing, unknown)
        with torch.no_grad():
            predictions[name] = model.eval()(load_file(here / f"named-{name}-training.safetensors")["x"])
    save_file(predictions, here / "trained-predictions.safetensors")
else:
    torch.manual_seed(3)
    for name, make in models.items():
        model = make()
        for _ in range(3):  # moves the running statistics
            model.train()(torch.randn(8, *shapes[name]) * 2 + 1)
        export(model, torch.randn(2, *shapes[name]), here / f"named-{name}.safetensors")
        if name == "hidden":
            continue
        # Trained on: the same steps are taken by Gradbook.
        x = torch.randn(8, *shapes[name])
        y = torch.randn(8, 3)
        optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
        model.train()
        for _ in range(STEPS):
            optimizer.zero_grad()
            nn.functional.mse_loss(model(x), y).backward()
            optimizer.step()
        after = {f"after.{key}": value for key, value in model.state_dict().items() if value.dtype == torch.float32}
        with torch.no_grad():
            predictions = model.eval()(x)
        save_file({"x": x, "y": y, "predictions": predictions, **after}, here / f"named-{name}-training.safetensors")
    torch.save(MLP().state_dict(), here / "named-mlp.pth")
