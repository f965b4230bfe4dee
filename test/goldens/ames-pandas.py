"""Makes ames-pandas.json and ames-pandas.f64.gz: what pandas 2 makes of the house-price tables in data/ames.

    python -m venv VENV && VENV/bin/pip install "pandas==2.3.3" && VENV/bin/python test/goldens/ames-pandas.py

Two ways: "together", with statistics and categories of train and test together, as the original pipeline does it; "train",
with those of the train rows alone, a category that only test has becoming zeros. Both give the rows of train, then those of
test. The matrices are float64, little endian, column after column, the first way before the second.
"""
import gzip
import json
import sys
from pathlib import Path

import pandas as pd

here = Path(__file__).parent
data = Path(sys.argv[1]) if len(sys.argv) > 1 else here / "../../data/ames"


def read(name):
    return pd.read_csv(data / name, keep_default_na=False, na_values=["NA", ""])


train, test = read("train.csv"), read("test.csv")
features = pd.concat((train.drop(columns=["Id", "SalePrice"]), test.drop(columns=["Id"])), ignore_index=True)
numeric = features.columns[features.dtypes != "object"]
categorical = features.columns[features.dtypes == "object"]


def preprocess(known):
    """Standardises, fills and encodes all rows with what the rows `known` tell."""
    statistics = features[numeric].iloc[known]
    scaled = ((features[numeric] - statistics.mean()) / statistics.std()).fillna(0)
    dummies = pd.get_dummies(features[categorical], dummy_na=True)
    columns = pd.get_dummies(features[categorical].iloc[known], dummy_na=True).columns
    return pd.concat((scaled, dummies[columns]), axis=1).astype("float64")


ways = {"together": preprocess(slice(None)), "train": preprocess(slice(0, len(train)))}
matrices = b"".join(table.to_numpy().astype("<f8").tobytes("F") for table in ways.values())
(here / "ames-pandas.f64.gz").write_bytes(gzip.compress(matrices, 9, mtime=0))
summary = {
    "pandas": pd.__version__,
    "rows": len(features),
    "columns": {way: list(table.columns) for way, table in ways.items()},
}
(here / "ames-pandas.json").write_text(json.dumps(summary, indent=1) + "\n")
