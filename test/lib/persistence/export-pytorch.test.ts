/** examples/export_pytorch.py with real PyTorch: what it writes is loaded here, and what it cannot export it refuses. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { loadModel } from "../../../lib/persistence/model.js";
import { loadTensors } from "../../../lib/persistence/tensors.js";
import { predict } from "../../../lib/training/evaluate.js";
import { temporaryFolder } from "../../helpers/folder.js";
import { needing, root } from "../../helpers/needs.js";
import { pythonVenv } from "../../helpers/python-venv.js";
import { relativeError } from "../../helpers/tensors.js";

const script = `
import json, os, sys
sys.path.append(os.path.join(${JSON.stringify(root)}, "examples"))
import torch
from torch import nn
from safetensors.torch import save_file
from export_pytorch import export

seed = int.from_bytes(os.urandom(4), "big")
print("seed", seed, file=sys.stderr)
torch.manual_seed(seed)
good = nn.Sequential(nn.Linear(6, 5), nn.BatchNorm1d(5), nn.Softplus(), nn.Linear(5, 3))
good(torch.randn(9, 6) + 1)
good[1].eval()  # a frozen layer in a model that trains
export(good, torch.randn(2, 6), "model.safetensors")
x = torch.randn(7, 6)
modes = [m.training for m in good.modules()]
with torch.no_grad():
    save_file({"x": x, "y": good.eval()(x)}, "more.safetensors")
good.train()
before = open("model.safetensors", "rb").read()


class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 3)

    def forward(self, x):
        return self.fc(x), x


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(6, 6), nn.Linear(6, 6)
        self.b.weight = self.a.weight

    def forward(self, x):
        return self.b(self.a(x))


class Nothing(nn.Module):
    def forward(self, x):
        return x


def spoiled():
    model = nn.Sequential(nn.Linear(6, 3))
    model[0].weight.data[0, 0] = float("nan")
    return model


def conv(**options):
    return nn.Sequential(nn.Conv2d(2, 4, **{"kernel_size": 3, **options}))


x, pictures = torch.randn(2, 6), torch.randn(2, 2, 8, 8)
cases = {
    "a state dict": (good.state_dict(), x),
    "a class": (Two, x),
    "a list for x": (good, [[1.0] * 6]),
    "one input without a batch": (good, x[0]),
    "no inputs": (good, x[:0]),
    "inputs that are not finite": (good, x / 0),
    "inputs of another shape": (good, torch.randn(2, 7)),
    "inputs of another type": (good, torch.ones(2, 6, dtype=torch.int64)),
    "several outputs": (Two(), x),
    "predictions that are not finite": (spoiled(), x),
    "a module that is not known": (nn.Sequential(nn.Linear(6, 3), nn.GELU()), x),
    "a model without modules": (Nothing(), x),
    "a dilated convolution": (conv(dilation=2), pictures),
    "groups": (conv(groups=2), pictures),
    "a window that is not square": (conv(kernel_size=(3, 5)), pictures),
    "a BatchNorm without momentum": (nn.Sequential(nn.BatchNorm2d(2, momentum=None)), pictures),
    "shared weights": (Tied(), x),
}
said = {}
for name, (model, inputs) in cases.items():
    try:
        export(model, inputs, "model.safetensors")
        said[name] = "nothing"
    except Exception as error:
        said[name] = type(error).__name__ + ": " + str(error)
    if open("model.safetensors", "rb").read() != before or not good.training:
        said[name] += " (and the older file or the model is another)"
try:
    export(good, x, os.path.join("absent", "model.safetensors"))
except Exception as error:
    said["an absent folder"] = type(error).__name__
print(json.dumps({"said": said, "modes": modes}))
`;

needing("Python", "all")("export_pytorch.py with real PyTorch: one loop, and every refusal", async () => {
  const { python, env } = await pythonVenv("torch==2.13.0", "safetensors==0.8.0", "numpy", "packaging");
  const { path } = temporaryFolder();
  const { stdout, stderr, status } = spawnSync(python, ["-c", script], { cwd: path, env, encoding: "utf8" });
  expect(status, stderr).toBe(0);
  const { said, modes } = JSON.parse(stdout) as { said: Record<string, string>; modes: boolean[] };

  const { x, y } = loadTensors(join(path, "more.safetensors"));
  const model = loadModel(join(path, "model.safetensors"));
  expect(relativeError(predict(model, x!), y!), stderr).toBeLessThan(1e-5);
  // The model is left as it was: in training, but for the frozen layer.
  expect(modes).toEqual([true, true, false, true, true]);

  const expected: Record<string, string> = {
    "a state dict":
      "TypeError: Expected a torch.nn.Module, received OrderedDict: build the model, model.load_state_dict(…)",
    "a class": "TypeError: Expected a torch.nn.Module, received type: give the model itself.",
    "a list for x": "ValueError: Expected x as a tensor of some finite inputs, [batch, ...], received list.",
    "one input without a batch":
      "ValueError: Expected x as a tensor of some finite inputs, [batch, ...], received shape [6].",
    "no inputs": "ValueError: Expected x as a tensor of some finite inputs, [batch, ...], received shape [0, 6].",
    "inputs that are not finite": "ValueError: Expected x as a tensor of some finite inputs",
    "inputs of another shape":
      "ValueError: Expected inputs that the model takes, received x of shape [2, 7], torch.float32: ",
    "inputs of another type":
      "ValueError: Expected inputs that the model takes, received x of shape [2, 6], torch.int64: ",
    "several outputs": "ValueError: Expected finite predictions in one tensor, received (tensor(",
    "predictions that are not finite": "ValueError: Expected finite predictions in one tensor, received tensor([[",
    "a module that is not known": "ValueError: 1: expected one of Linear, Conv2d, ",
    "a model without modules": "ValueError: the model: expected one of Linear, Conv2d, ",
    "a dilated convolution": "ValueError: 0: expected Conv2d with dilation=1, received (2, 2).",
    groups: "ValueError: 0: expected Conv2d with groups=1, received 2.",
    "a window that is not square": "ValueError: 0: expected the same number in both directions, received (3, 5).",
    "a BatchNorm without momentum": "ValueError: 0: expected BatchNorm with a number as momentum, received None.",
    "shared weights": "ValueError: Expected weights that no two modules share, received a.weight as b.weight too.",
  };
  expect(Object.keys(said)).toEqual([...Object.keys(expected), "an absent folder"]);
  for (const [name, message] of Object.entries(expected)) {
    expect(said[name]).toContain(message);
    expect(said[name]).not.toContain("is another");
  }
  // What was begun beside the file is gone.
  expect(readdirSync(path).sort()).toEqual(["model.safetensors", "more.safetensors"]);
});
