"""Makes evaluation-sklearn.json: splits, scalers, labels and scores by scikit-learn 1.9.

    python -m venv VENV && VENV/bin/pip install scikit-learn && VENV/bin/python test/goldens/evaluation-sklearn.py

Of splits only the numbers of rows are kept, in all and for each label: which rows they are is another generator's choice, and so
is the label that gets one more of equal rests (no case has these).
"""
import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, MinMaxScaler

random = np.random.default_rng(16)


def counts(labels):
    return {str(label): int(count) for label, count in zip(*np.unique(labels, return_counts=True))}


def splits():
    cases = [(10, 0.25), (11, 0.25), (7, 0.5), (100, 0.1), (3, 0.34), (10, 3), (1000, 0.333)]
    return [
        {"count": count, "testSize": size, "train": len(train), "test": len(test)}
        for count, size in cases
        for train, test in [train_test_split(np.arange(count), test_size=size)]
    ]


def stratified():
    cases = [([91, 10], 0.25), ([50, 30, 21], 0.2), ([5, 2, 2], 0.4), ([333, 334, 332], 100), ([1000, 7], 0.1), ([9, 8, 6], 0.25)]
    found = []
    for sizes, size in cases:
        labels = random.permutation(np.repeat([f"l{k}" for k in range(len(sizes))], sizes))
        train, test = train_test_split(labels, test_size=size, stratify=labels, random_state=0)
        found.append({"labels": labels.tolist(), "testSize": size, "train": counts(train), "test": counts(test)})
    return found


def scalers():
    table = np.round(random.normal(size=(9, 3)) * [1, 100, 1e-3] + [0, 5, 7], 6)
    table[:, 2] = 7.25
    table[2, 0] = np.nan
    other = table * 1.5 - 1
    found = []
    for options in [{}, {"feature_range": (-1, 1)}, {"feature_range": (2, 5), "clip": True}]:
        scaler = MinMaxScaler(**options).fit(table)
        named = {"featureRange": list(options.get("feature_range", (0, 1))), "clip": options.get("clip", False)}
        found.append({"options": named, "fitted": cells(scaler.transform(table)), "other": cells(scaler.transform(other))})
    return {"table": cells(table), "other": cells(other), "cases": found}


def cells(table):
    return [[None if value != value else float(value) for value in row] for row in table]


def labels():
    found = []
    for values in [["b", "a", "c", "a", "B"], [3, -1, 20, 3], [True, False, True]]:
        encoder = LabelEncoder().fit(values)
        found.append({"labels": values, "classes": encoder.classes_.tolist(), "numbers": encoder.transform(values).tolist()})
    return found


def matrices():
    found = []
    for names, count in [(["cat", "dog", "eel"], 60), ([0, 1], 40), ([0, 1, 2, 3, 9], 12)]:
        actual = random.choice(names, count)
        predicted = np.where(random.random(count) < 0.6, actual, random.choice(names, count))
        predicted[predicted == names[-1]] = names[0]  # a class that is never predicted
        order = sorted({*actual.tolist(), *predicted.tolist()})
        precision, recall, f1, support = metrics.precision_recall_fscore_support(actual, predicted, labels=order, zero_division=0)
        macro = metrics.precision_recall_fscore_support(actual, predicted, labels=order, average="macro", zero_division=0)
        found.append(
            {
                "actual": actual.tolist(),
                "predicted": predicted.tolist(),
                "labels": order,
                "counts": metrics.confusion_matrix(actual, predicted, labels=order).tolist(),
                "precision": precision.tolist(),
                "recall": recall.tolist(),
                "f1": f1.tolist(),
                "support": support.tolist(),
                "accuracy": metrics.accuracy_score(actual, predicted),
                "macro": [float(value) for value in macro[:3]],
            }
        )
    return found


def curves():
    found = []
    for count, digits in [(30, 6), (200, 1), (50, 0), (2, 3)]:
        actual = np.r_[0, 1, random.integers(0, 2, count - 2)]
        scores = np.round(random.normal(size=count) + actual, digits)
        found.append({"actual": actual.tolist(), "scores": scores.tolist(), "auc": metrics.roc_auc_score(actual, scores)})
    return found


file = Path(__file__).with_name("evaluation-sklearn.json")
parts = [splits, stratified, scalers, labels, matrices, curves]
found = ",\n".join(f'"{part.__name__}": {json.dumps(part(), allow_nan=False)}' for part in parts)
file.write_text(f'{{"sklearn": "{sklearn.__version__}",\n{found}}}\n')
