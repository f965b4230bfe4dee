"""Makes losses-torch.json: values and gradients of PyTorch 2.13's losses, for test/lib/losses.test.ts.

Run: python losses-torch.py (needs torch 2.13 and numpy). Inputs are decimals that float32 rounds the same way everywhere.
"""
import json
from pathlib import Path

import numpy
import torch
from torch.nn import functional as f

random = numpy.random.default_rng(3)


def draw(*shape, scale=1.0):
    return numpy.round(scale * random.standard_normal(shape), 3)


logits, extreme = draw(6, 4, scale=2), draw(6, 4, scale=300)
classes = numpy.array([0, 3, 1, 1, 2, 0])
soft = numpy.round(random.dirichlet(numpy.ones(4), 6), 2)
soft[:, 3] = numpy.round(1 - soft[:, :3].sum(1), 2)
bits = random.integers(0, 2, (6, 4))
values = draw(6, 4, scale=2)

cases = [
    ("meanSquaredError", {}, logits, values, f.mse_loss),
    ("halfSquaredError", {}, logits, values, lambda p, t, reduction: 0.5 * f.mse_loss(p, t, reduction=reduction)),
    ("meanAbsoluteError", {}, logits, values, f.l1_loss),
    ("huber", {}, logits, values, f.huber_loss),
    ("huber", {"delta": 2.5}, logits, values, lambda p, t, reduction: f.huber_loss(p, t, reduction=reduction, delta=2.5)),
    ("binaryCrossEntropy", {}, logits, bits, f.binary_cross_entropy_with_logits),
    ("binaryCrossEntropy", {}, extreme, bits, f.binary_cross_entropy_with_logits),
    ("binaryCrossEntropy", {}, logits, soft, f.binary_cross_entropy_with_logits),
    ("softmaxCrossEntropy", {}, logits, classes, f.cross_entropy),
    ("softmaxCrossEntropy", {}, extreme, classes, f.cross_entropy),
    ("softmaxCrossEntropy", {}, logits, soft, f.cross_entropy),
]

golden = []
for name, options, predictions, targets, loss in cases:
    for reduction in ("mean", "sum"):
        p = torch.tensor(predictions, dtype=torch.float32, requires_grad=True)
        whole = targets.ndim == 1
        t = torch.tensor(targets, dtype=torch.int64 if whole else torch.float32)
        value = loss(p, t, reduction=reduction)
        value.backward()
        golden.append(
            {
                "loss": name,
                "options": {**options, "reduction": reduction},
                "predictions": predictions.tolist(),
                "targets": targets.tolist(),
                "value": value.item(),
                "gradient": p.grad.tolist(),
            }
        )

# Each term of the sum times its example's weight, and divided by n as without weights: Keras's sample_weight.
weights = numpy.array([0.5, 2.0, 0.0, 1.0, 3.25, 0.125])
for name, options, predictions, targets, loss in cases:
    p = torch.tensor(predictions, dtype=torch.float32, requires_grad=True)
    whole = targets.ndim == 1
    terms = loss(p, torch.tensor(targets, dtype=torch.int64 if whole else torch.float32), reduction="none")
    value = (terms * torch.tensor(weights, dtype=torch.float32).reshape(-1, *[1] * (terms.ndim - 1))).mean()
    value.backward()
    given = {"predictions": predictions.tolist(), "targets": targets.tolist(), "weights": weights.tolist()}
    golden.append({"loss": name, "options": options, **given, "value": value.item(), "gradient": p.grad.tolist()})

file = Path(__file__).with_suffix(".json")
file.write_text("[\n" + ",\n".join(json.dumps(case) for case in golden) + "\n]\n")
