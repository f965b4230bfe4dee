"""Writes notebook.ipynb as Jupyter itself writes it: one cell and one output of every kind. Made with nbformat 5.11.1.

    python -m venv venv && venv/bin/pip install nbformat==5.11.1 && venv/bin/python test/goldens/notebook.py
"""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

bundle = {
    "text/plain": "two\nlines",
    "text/html": "<b>é</b>\n",
    "image/svg+xml": "<svg>\n</svg>",
    "image/png": "aGVsbG8=\n",
    "application/json": {"b": [1, "two\nlines"], "a": None},
    "application/vnd.plotly.v1+json": {"data": [], "layout": {"title": "t"}},
}
notebook = new_notebook(
    metadata={"language_info": {"name": "typescript"}, "kernelspec": {"name": "gradbook", "display_name": "G"}},
    cells=[
        new_markdown_cell("# Title\n\nText with é, 漢 and 😀.", id="title"),
        new_raw_cell("raw", id="raw"),
        new_code_cell("", id="empty"),
        new_code_cell(
            "let a = 1;\na\n",
            id="code",
            execution_count=1,
            metadata={"tags": ["summary"], "collapsed": True},
            outputs=[
                new_output("stream", name="stdout", text="one\ntwo\n"),
                new_output("display_data", data=bundle, metadata={"image/png": {"width": 3}}),
                new_output("execute_result", data={"text/plain": "1"}, execution_count=1),
                new_output("error", ename="Error", evalue="no", traceback=["Error: no", "  at cell-1.ts:1:1"]),
            ],
        ),
    ],
)
nbformat.validate(notebook)
nbformat.write(notebook, Path(__file__).with_suffix(".ipynb"))
