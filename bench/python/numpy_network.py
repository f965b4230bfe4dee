"""A network by hand in numpy: forward, backward and update in place, in memory that is kept from step to step.

It is built from the library's own description of a model. With `stack`, every array has that axis in front: as many
networks of one shape are trained at once by batched products.
"""

import numpy as np


class Memory:
    """Arrays that are written again at each step."""

    def __init__(self):
        self.arrays = {}

    def __call__(self, name, shape, dtype=np.float32):
        array = self.arrays.get((name, shape))
        if array is None:
            array = self.arrays[name, shape] = np.empty(shape, dtype)
        return array


class Dense:
    def __init__(self, weight, bias, d_weight, d_bias):
        self.weight, self.bias, self.d_weight, self.d_bias = weight, bias, d_weight, d_bias
        self.memory = Memory()

    def forward(self, x, training):
        self.x = x
        lead = self.weight.shape[:-2]
        y = self.memory("y", (*lead, x.shape[-2], self.weight.shape[-1]))
        np.matmul(x, self.weight, out=y)
        y += self.bias
        return y

    def backward(self, dy, first):
        np.matmul(self.x.swapaxes(-1, -2), dy, out=self.d_weight)
        np.add.reduce(dy, axis=-2, keepdims=True, out=self.d_bias)
        if first:
            return None
        return np.matmul(dy, self.weight.swapaxes(-1, -2), out=self.memory("dx", (*dy.shape[:-1], self.weight.shape[-2])))


class ReLU:
    def __init__(self):
        self.memory = Memory()

    def forward(self, x, training):
        self.positive = np.greater(x, 0, out=self.memory("positive", x.shape, bool))
        return np.maximum(x, 0, out=x)

    def backward(self, dy, first):
        return np.multiply(dy, self.positive, out=dy)


class Dropout:
    def __init__(self, rate, random):
        self.rate, self.random, self.mask = rate, random, None
        self.memory = Memory()

    def forward(self, x, training):
        if not training:
            return x
        self.factor = self.memory("factor", x.shape)
        if self.mask is not None:
            np.copyto(self.factor, self.mask)
        else:
            drawn = self.random.random(dtype=np.float32, out=self.memory("drawn", x.shape))
            np.greater_equal(drawn, self.rate, out=self.factor, casting="unsafe")
        self.factor *= np.float32(1 / (1 - self.rate))
        return np.multiply(x, self.factor, out=x)

    def backward(self, dy, first):
        return np.multiply(dy, self.factor, out=dy)


class BatchNorm:
    def __init__(self, gamma, beta, d_gamma, d_beta, running_mean, running_var, momentum, epsilon):
        self.gamma, self.beta, self.d_gamma, self.d_beta = gamma, beta, d_gamma, d_beta
        self.running_mean, self.running_var = running_mean, running_var
        self.momentum, self.epsilon = np.float32(momentum), np.float32(epsilon)
        self.memory = Memory()

    def forward(self, x, training):
        n = np.float32(x.shape[-2])
        normalized = self.memory("normalized", x.shape)
        y = self.memory("y", x.shape)
        if training:
            mean = np.add.reduce(x, axis=-2, keepdims=True)
            mean /= n
            np.subtract(x, mean, out=normalized)
            np.multiply(normalized, normalized, out=y)
            variance = np.add.reduce(y, axis=-2, keepdims=True)
            variance /= n
            for running, now in ((self.running_mean, mean), (self.running_var, variance)):
                running *= self.momentum
                running += (1 - self.momentum) * now
        else:
            np.subtract(x, self.running_mean, out=normalized)
            variance = self.running_var
        self.inverse_std = 1 / np.sqrt(variance + self.epsilon)
        normalized *= self.inverse_std
        self.normalized = normalized
        np.multiply(normalized, self.gamma, out=y)
        y += self.beta
        return y

    def backward(self, dy, first):
        n = np.float32(dy.shape[-2])
        product = np.multiply(dy, self.normalized, out=self.memory("product", dy.shape))
        np.add.reduce(product, axis=-2, keepdims=True, out=self.d_gamma)
        np.add.reduce(dy, axis=-2, keepdims=True, out=self.d_beta)
        np.multiply(self.normalized, self.d_gamma / n, out=product)
        product += self.d_beta / n
        dy -= product
        dy *= self.gamma * self.inverse_std
        return dy


class SGD:
    def __init__(self, weights, gradients, learning_rate):
        self.weights, self.gradients, self.rate = weights, gradients, np.float32(learning_rate)

    def step(self):
        self.gradients *= self.rate
        self.weights -= self.gradients


class Adam:
    beta1, beta2, epsilon = 0.9, 0.999, 1e-8

    def __init__(self, weights, gradients, learning_rate):
        self.weights, self.gradients, self.rate = weights, gradients, learning_rate
        self.m, self.v, self.work = (np.zeros_like(weights) for _ in range(3))
        self.t = 0

    def step(self):
        m, v, g, work = self.m, self.v, self.gradients, self.work
        self.t += 1
        correction = (1 - self.beta2**self.t) ** 0.5
        m *= np.float32(self.beta1)
        np.multiply(g, np.float32(1 - self.beta1), out=work)
        m += work
        v *= np.float32(self.beta2)
        g *= g
        g *= np.float32(1 - self.beta2)
        v += g
        np.sqrt(v, out=g)
        g += np.float32(self.epsilon * correction)
        np.divide(m, g, out=work)
        work *= np.float32(self.rate * correction / (1 - self.beta1**self.t))
        self.weights -= work


def squared_error(predictions, y, divisor, memory, half):
    """The loss of each network and the gradient."""
    n = divisor or predictions.shape[-2] * predictions.shape[-1]
    e = np.subtract(predictions, y, out=memory("e", predictions.shape))
    loss = np.einsum("...ij,...ij->...", e, e) / n
    e *= np.float32((1 if half else 2) / n)
    return loss / 2 if half else loss, e


def softmax_cross_entropy(logits, labels, memory):
    """The loss of each network and the gradient; `labels` are class numbers, the same for all networks of a stack."""
    n = len(labels)
    rows = np.arange(n)
    logits -= np.maximum.reduce(logits, axis=-1, keepdims=True)
    right = logits[..., rows, labels]
    np.exp(logits, out=logits)
    total = np.add.reduce(logits, axis=-1, keepdims=True)
    loss = (np.log(total[..., 0]) - right).sum(axis=-1) / n
    logits /= total
    logits[..., rows, labels] -= 1
    logits *= np.float32(1 / n)
    return loss, logits


class Network:
    """The model with `config` and `tensors` (its state, by name); `stack` is the number of networks, () for a single one."""

    def __init__(self, config, tensors, loss, optimizer, stack=()):
        self.random = np.random.default_rng(0)
        self.memory = Memory()
        self.loss_name, self.divisor = loss["name"], loss.get("divisor")
        parts = config["layers"] if config["type"] == "Sequential" else [config]
        names = [f"{i}." if config["type"] == "Sequential" else "" for i in range(len(parts))]

        # All parameters are views of one array, so that an update is a few operations on it.
        slots = [
            name + kind
            for part, name in zip(parts, names)
            for kind in {"Dense": ("weight", "bias"), "BatchNorm": ("gamma", "beta")}.get(part["type"], ())
        ]
        size = sum(tensors[slot].size for slot in slots)
        self.weights, self.gradients = np.empty(size, np.float32), np.empty(size, np.float32)
        views, start = {}, 0
        for slot in slots:
            given = tensors[slot]
            shape = given.shape if slot.endswith("weight") else (*given.shape[:-1], 1, given.shape[-1])
            views[slot] = [flat[start : start + given.size].reshape(shape) for flat in (self.weights, self.gradients)]
            views[slot][0][...] = given.reshape(shape)
            start += given.size

        def layer(part, name):
            kind = part["type"]
            if kind == "Dense":
                (weight, d_weight), (bias, d_bias) = views[name + "weight"], views[name + "bias"]
                return Dense(weight, bias, d_weight, d_bias)
            if kind == "BatchNorm":
                (gamma, d_gamma), (beta, d_beta) = views[name + "gamma"], views[name + "beta"]
                running = [
                    tensors[name + slot].reshape(gamma.shape).copy() for slot in ("runningMean", "runningVar")
                ]
                return BatchNorm(gamma, beta, d_gamma, d_beta, *running, part["momentum"], part["epsilon"])
            if kind == "Dropout":
                return Dropout(part["rate"], self.random)
            return {"ReLU": ReLU}[kind]()

        self.layers = [layer(part, name) for part, name in zip(parts, names)]
        rule = {"SGD": SGD, "Adam": Adam}[optimizer["name"]]
        self.optimizer = rule(self.weights, self.gradients, optimizer["learningRate"])

    def predict(self, x, training=False):
        for layer in self.layers:
            x = layer.forward(x, training)
        return x

    def step(self, x, y):
        """One training step; the loss of each network."""
        predictions = self.predict(x, True)
        if self.loss_name == "softmaxCrossEntropy":
            loss, dy = softmax_cross_entropy(predictions, y, self.memory)
        else:
            loss, dy = squared_error(predictions, y, self.divisor, self.memory, self.loss_name == "halfSquaredError")
        for i in range(len(self.layers) - 1, -1, -1):
            dy = self.layers[i].backward(dy, i == 0)
        self.optimizer.step()
        return loss

    def set_masks(self, masks):
        """Fixed masks for the next step, by the position of their layer; none: drawn ones."""
        for i, layer in enumerate(self.layers):
            if isinstance(layer, Dropout):
                layer.mask = masks.get(i)
