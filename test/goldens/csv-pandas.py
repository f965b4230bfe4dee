"""Makes csv-pandas.json: CSV files of every bad habit, and what pandas 2.3.3 reads from them.

Run: python test/goldens/csv-pandas.py (needs pandas). The kinds of files are those of pandas' own tests of its parser. A case has
the file's bytes, Gradbook's options (pandas' names with capitals in the place of underscores) and the columns with their types; a
missing value is null, an infinite one is text. Where pandas fails, `fails` is true.

What differs on purpose: numbers are the nearest float64, as pandas' `round_trip` has them; columns with whole numbers beyond 2**53
are text, as the file has it. What Gradbook refuses or warns of where pandas goes on stands in the test.
"""
import base64
import io
import json
import re
from pathlib import Path

import pandas as pd

NA = ["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"]
NA += ["<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"]

CASES = [
    ("plain", "a,b,c\n1,2,3\n4,5,6\n", {}),
    ("no line end at the end", "a,b\n1,2\n3,4", {}),
    ("carriage returns and line feeds", "a,b\r\n1,x\r\n2,y\r\n", {}),
    ("carriage returns only", "a,b\r1,x\r2,y\r", {}),
    ("line ends of several systems", "a,b\n1,x\r\n2,y\r3,z\n", {}),
    ("byte order mark", b"\xef\xbb\xbfa,b\n1,2\n", {}),
    ("byte order mark before a quote", b'\xef\xbb\xbf"a","b"\n1,2\n', {}),
    ("quotes", 'a,b\n"x","y"\n"1","2"\n', {}),
    ("quoted numbers", 'a,b\n"1","2.5"\n"3",""\n', {}),
    ("separators in quotes", 'a,b\n"x,y",1\n",",2\n', {}),
    ("doubled quotes", 'a,b\n"say ""hi""",1\n"""",2\n"""""",3\n', {}),
    ("line ends in quotes", 'a,b\n"two\nlines",1\n"three\r\nmore\r",2\n', {}),
    ("blank lines in quotes", 'a,b\n"x\n\n\ny",1\n', {}),
    ("quotes within a cell", 'a,b\nx"y,1\n5"" pipe,2\n', {}),
    ("a space after a quote", 'a,b\n"1" ,"x" \n"2",y\n', {}),
    ("numbers with doubled quotes", 'a,b\n"1""",2\n3,4\n', {}),
    ("text after a quote", 'a,b\n"x"y,1\n"x"y"z,2\n', {}),
    ("a space before a quote", 'a,b\nx, "y"\nz, "w"\n', {}),
    ("spaces left out before a quote", 'a,b\nx, "y, z"\nw,   "v"\n', {"skipinitialspace": True}),
    ("a name with a line end", '"a\nb",c\n1,2\n', {}),
    ("a quote that is not closed", 'a,b\n1,"2\n3,4\n', {}),
    ("other quotes", "a,b\n'x,y',\"1\"\n'z','w'\n", {"quotechar": "'"}),
    ("no quotes", 'a,b\n"x,"y\n', {"quotechar": "\x01"}),
    ("quotes that are not doubled", 'a,b\n"x""y",1\n', {"doublequote": False}),
    ("escaped quotes", 'a,b\n"x\\"y",1\nx\\,y,2\n', {"escapechar": "\\"}),
    ("escaped escapes", 'a,b\n"x\\\\",1\n\\\\,2\n', {"escapechar": "\\"}),
    ("an escape at the end", "a,b\nx,y\\", {"escapechar": "\\"}),
    ("an escaped digit", "a,b\n\\1,\\x\n2,y\n", {"escapechar": "\\"}),
    ("an escaped line end", "a,b\nx\\\ny,1\n", {"escapechar": "\\"}),
    ("a byte 0 in a cell", b"a,b\nx\0y,1\n1\0,2\n", {}),
    ("carriage returns before line ends", b"a,b\r\r\n1,2\r\r\n", {}),
    ("blank lines", "\n\na,b\n\n1,2\n\n\n3,4\n\n", {}),
    ("lines of spaces", "a\n  \n1\n\t\n2\n", {}),
    ("blank lines that count", "a\n1\n\n2\n", {"skip_blank_lines": False}),
    ("an empty cell by itself", 'a\n1\n""\n2\n', {}),
    ("short rows", "a,b,c\n1,2,3\n4,5\n", {}),
    ("long rows", "a,b\n1,2\n3,4,5\n", {}),
    ("separators at the end of each row", "a,b,c\n1,2,\n3,4,\n", {}),
    ("a separator more in each row", "a,b\n1,2,\n3,4,\n", {}),
    ("one column", "a\nx\ny\n", {}),
    ("one number", "a\n1\n", {}),
    ("spaces around numbers", "a,b\n 1,2 \n 3 , 4\n", {}),
    ("tabs around numbers", "a,b\n\t1,2\t\n", {}),
    ("other spaces around numbers", 'a,b\n\x0b1,"2\n"\n\x0c2, 3\t\n', {}),
    ("a space that does not break", "a\n\u00a01\n2\n", {}),
    ("letters that end lines elsewhere", "a,b\nx\u2028y,1\nz\u0085,2\n", {}),
    ("spaces around text", "a,b\n x,y \n z , w\n", {}),
    ("spaces left out", "a, b\n x, 1\n y,  2\n", {"skipinitialspace": True}),
    ("missing words", "a,b\n" + "".join(f"{i},{word}\n" for i, word in enumerate(NA)), {}),
    ("missing words among numbers", "a,b\n" + "".join(f"{i},{word}\n" for i, word in enumerate([*NA, "7"])), {}),
    ("missing words among text", "a,b\n" + "".join(f"{i},{word}\n" for i, word in enumerate(["x", *NA])), {}),
    ("nearly missing words", "a,b\nna,Na\nnone,Null\n N/A,NA \n", {}),
    ("None", 'a,b\nNone,1\nx,"None"\n', {}),
    ("more missing words", "a,b\n-,NA\n2,?\n", {"na_values": ["-", "?"]}),
    ("other missing words", "a,b,c\n-,NA,\n2,?,x\n", {"na_values": ["-", "?"], "keep_default_na": False}),
    ("no missing words", "a,b\nNA,None\n,nan\n", {"keep_default_na": False}),
    ("missing words with spaces", "a,b,c\nNA ,1, NA\nx, nan,2\n", {}),
    ("missing numbers", "a,b\n-999,x\n-999.0,-999\n1,y\n", {"na_values": [-999]}),
    ("a missing word as text that is a number", "a,b\n-1,x\n2,-1\n", {"na_values": ["-1"]}),
    ("empty cells", "a,b,c\n,,\n1,,x\n,2,\n", {}),
    ("a column without values", "a,b\n1,\n2,\n", {}),
    ("signs", "a,b\n+1,-1\n+.5,-.5\n-0,+0\n", {}),
    ("signs alone", "a,b\n+,-\n1,2\n", {}),
    ("a negative zero", "a\n-0.0\n0\n", {}),
    ("dots", "a,b,c\n1.,.5,.\n2.,.25,x\n", {}),
    ("exponents", "a,b,c\n1e5,1E-5,1.5e+3\n2e0,2.E2,-.5e1\n", {}),
    ("broken exponents", "a,b\n1e,2\n1e+,3\n", {}),
    ("leading zeros", "a,b\n007,0.50\n010,00.5\n", {}),
    ("hexadecimal", "a,b\n0x10,1\n0xFF,2\n", {}),
    ("underscores", "a\n1_000\n2\n", {}),
    ("infinities", "a,b\ninf,-inf\nInfinity,-Infinity\nINF,+inf\n1,2\n", {}),
    ("spaces around infinities", "a,b,c\n inf,1,- inf\n-inf ,2,1\n", {}),
    ("nearly infinities", "a,b\ninfinit,infi\n1,2\n", {}),
    ("nearly numbers", "a,b,c,d,e,f,g\n1.2.3,1e5.5,++1,- 1,1 2,1d5,(1)\n1,2,3,4,5,6,7\n", {}),
    ("digits of other scripts", "a,b,c\n١٢,１,−1\n1,2,3\n", {}),
    ("signed nan", "a,b\n+nan,nan(0)\n1,2\n", {}),
    ("large and small", "a,b\n1e308,1e-400\n-1e308,5e-324\n1,2\n", {}),
    ("nan among fractions", "a\n1.5\nnan\nNaN\n", {}),
    ("seventeen digits", "a,b\n0.1,3.141592653589793\n0.30000000000000004,2.718281828459045\n1.7976931348623157e308,1e23\n", {}),
    ("many digits", "a\n0.1000000000000000055511151231257827\n123456789012345678.5\n9007199254740993.0\n", {}),
    ("the largest exact whole number", "a\n9007199254740992\n-9007199254740992\n", {}),
    ("whole numbers beyond 2**53", "id,x\n9007199254740993,1\n2,2\n", {}),
    ("whole numbers beyond 2**53 with a missing one", "id\n9007199254740993\nNA\n", {}),
    ("whole numbers below -2**53", "id\n-9007199254740993\n1\n", {}),
    ("whole numbers beyond 2**64", "id\n1\n100000000000000000000\n", {}),
    ("large whole numbers among infinite ones", "a\n1\nINF\n9007199254740993\n", {}),
    ("large whole numbers among fractions", "a\n0.5\n9007199254740993\n", {}),
    ("truth values", "a,b,c\nTrue,TRUE,true\nFalse,FALSE,false\n", {}),
    ("truth values with a missing one", "a\nTrue\n\nNA\nFalse\n", {"skip_blank_lines": False}),
    ("truth values and a number", "a,b\nTrue,1\n1,True\n", {}),
    ("nearly truth values", "a,b\ntRUE,T\nfALSE,F\n", {}),
    ("spaces around truth values", "a,b\n True,1\nFalse ,2\n", {}),
    ("quoted truth values", 'a\n"True"\n"False"\n', {}),
    ("truth values that are digits", "a\n1\n0\n", {"true_values": ["1"], "false_values": ["0"]}),
    ("other truth values", "a,b\nyes,no\nno,yes\n", {"true_values": ["yes"], "false_values": ["no"]}),
    ("truth values and text", "a\nTrue\nmaybe\n", {}),
    ("dates", "a,b\n2020-01-01,01/02/2020\n2020-01-02,12:30\n", {}),
    ("a number that becomes text late", "a\n" + "1\n" * 50 + "x\n", {}),
    ("letters of other scripts", "größe,名前\nß,日本\nñ,🎉\n", {}),
    ("latin-1", "a,größe\ncafé,1\n".encode("latin-1"), {"encoding": "latin-1"}),
    ("cp1252", "a,€\n“x”,1\n".encode("cp1252"), {"encoding": "cp1252"}),
    ("cp1252 with a byte that it lacks", b"a\n\x81\n", {"encoding": "cp1252"}),
    ("utf-16-le", "a,größe\n日,1\n".encode("utf-16-le"), {"encoding": "utf-16-le"}),
    ("utf-16", "a,größe\n日,1\n".encode("utf-16"), {"encoding": "utf-16"}),
    ("utf-8 taken for ascii", "a\ncafé\n".encode(), {"encoding": "ascii"}),
    ("ascii", b"a\nx\n", {"encoding": "ascii"}),
    ("iso-8859-15", "a\n€\n".encode("iso-8859-15"), {"encoding": "iso-8859-15"}),
    ("gb18030", "a\n中文\n".encode("gb18030"), {"encoding": "gb18030"}),
    ("half a letter", b"a\n\xed\xa0\x80\n", {}),
    ("utf-16 taken for utf-8", "a,b\n1,2\n".encode("utf-16"), {}),
    ("two byte order marks", b"\xef\xbb\xbf\xef\xbb\xbfa,b\n1,2\n", {}),
    ("latin-1 taken for utf-8", "a\ncafé\n".encode("latin-1"), {}),
    ("koi8-r", "a\nпривет\n".encode("koi8-r"), {"encoding": "koi8-r"}),
    ("shift_jis", "a,b\n日本,1\n".encode("shift_jis"), {"encoding": "shift_jis"}),
    ("tabs", "a\tb\n1\tx y\n2\t\n", {"sep": "\t"}),
    ("empty cells between tabs", "a\tb\tc\n\t\t\n1\t\t\n", {"sep": "\t"}),
    ("semicolons and decimal commas", "a;b\n1,5;x\n-2,25;y\n", {"sep": ";", "decimal": ","}),
    ("thousands", 'a,b\n"1,000",2\n"1,234,567.5",3\n', {"thousands": ","}),
    ("thousands in odd places", 'a,b,c\n"1,0,0","1,000e1","-1,000"\n"2,",",2","2.0,5"\n', {"thousands": ","}),
    ("European numbers", "a;b\n1.000,5;2\n1.234.567,25;3\n", {"sep": ";", "decimal": ",", "thousands": "."}),
    ("bars", "a|b\n1|x,y\n2|z\n", {"sep": "|"}),
    ("another separator in quotes", 'a;b\n"x;y";1\n', {"sep": ";"}),
    ("comments", "# said before\na,b\n1,2 # said after\n# between\n3,4\n", {"comment": "#"}),
    ("comments in quotes", 'a,b\n"#x",1\ny,2#z\n', {"comment": "#"}),
    ("names of JavaScript's", "__proto__,constructor\n1,2\n", {}),
    ("no header", "1,x\n2,y\n", {"header": None}),
    ("no header but names", "1,x\n2,y\n", {"names": ["a", "b"]}),
    ("names instead of the header", "p,q\n1,x\n2,y\n", {"names": ["a", "b"], "header": 0}),
    ("a header further down", "said,by\n\nwho,ever\na,b\n1,2\n", {"header": 2}),
    ("skipped lines", "one\ntwo,three,four\na,b\n1,2\n", {"skiprows": 2}),
    ("skipped lines by their numbers", "a,b\n1,2\n3,4\n5,6\n", {"skiprows": [1, 3]}),
    ("the first rows", "a,b\n1,2\n3,4\nx,y\n", {"nrows": 2}),
    ("some columns by name", "a,b,c\n1,2,3\n4,5,6\n", {"usecols": ["c", "a"]}),
    ("some columns by number", "a,b,c\n1,2,3\n4,5,6\n", {"usecols": [0, 2]}),
    ("a column of labels", ",a\nx,1\ny,2\n", {"index_col": 0}),
    ("a column of labels by name", "a,id\n1,7\n2,9\n", {"index_col": "id"}),
    ("text where numbers are", "a,b\n007,1\n010,2\n", {"dtype": {"a": str}}),
    ("doubled names", "a,b,a\n1,2,3\n", {}),
    ("a column without a name", ",a\n0,1\n", {}),
    ("an empty file", "", {}),
    ("a file of blank lines", "\n\n\n", {}),
    ("a header only", "a,b\n", {}),
    ("numbers as names", "1,2.5\n3,4\n", {}),
    ("names that tables use", "values,index,columns,shape,size\n1,2,3,4,5\n", {}),
    ("names with spaces", " a ,b c\n1,2\n", {}),
    ("a long cell", "a,b\n" + "x" * 2000 + ",1\n", {}),
    ("a long quoted cell", 'a,b\n"' + "x,\n" * 500 + '",1\n', {}),
    ("many columns", ",".join(f"c{j}" for j in range(300)) + "\n" + ",".join(str(j / 8) for j in range(300)) + "\n", {}),
    ("many rows", "a,b,c\n" + "".join(f"{i},{i / 7},{'xyz'[i % 3]}{i % 50}\n" for i in range(500)), {}),
]

DTYPES = {str: "string", float: "number", bool: "boolean"}


def ours(options):
    """The options under Gradbook's names."""
    named = {re.sub("_(.)", lambda match: match[1].upper(), name): value for name, value in options.items()}
    if named.get("quotechar") == "\x01":
        named["quotechar"] = ""
    if "dtype" in named:
        named["dtypes"] = {name: DTYPES[kind] for name, kind in named.pop("dtype").items()}
    return named


def cell(value):
    if value is None or value != value:
        return None
    return str(value) if isinstance(value, float) and abs(value) == float("inf") else value


def column(frame, name, texts):
    values = [value.item() if hasattr(value, "item") else value for value in frame[name].tolist()]
    present = [value for value in values if cell(value) is not None]
    whole = all(isinstance(text, str) and re.fullmatch(r"[+-]?\d+", text) for text in texts if text is not None)
    if present and whole and all(isinstance(value, (int, float, str)) for value in present):
        if any(abs(int(text)) > 2**53 for text in texts if text is not None):
            return {"name": str(name), "type": "string", "values": texts}
    if all(isinstance(value, bool) for value in present) and present:
        kind = "boolean"
    elif any(isinstance(value, str) for value in present):
        kind = "string"
    else:
        kind = "number"
    return {"name": str(name), "type": kind, "values": [cell(value) for value in values]}


def read(data, options):
    given = {"float_precision": "round_trip", **options}
    frame = pd.read_csv(io.BytesIO(data), **given)
    texts = pd.read_csv(io.BytesIO(data), **{**given, "dtype": str})
    columns = [column(frame, name, [cell(text) for text in texts[name].tolist()]) for name in frame.columns]
    index = {"index": frame.index.tolist()} if "index_col" in options else {}
    return {"columns": columns, **index}


def main():
    cases = []
    for name, text, options in CASES:
        data = text if isinstance(text, bytes) else text.encode()
        try:
            found = read(data, options)
        except Exception as error:  # whatever pandas refuses it with
            found = {"fails": type(error).__name__}
        cases.append({"name": name, "bytes": base64.b64encode(data).decode(), "options": ours(options), **found})
    file = Path(__file__).with_name("csv-pandas.json")
    lines = ",\n".join(json.dumps(case, ensure_ascii=False, allow_nan=False) for case in cases)
    file.write_text(f'{{"pandas": "{pd.__version__}", "cases": [\n{lines}\n]}}\n')
    print(len(cases), "cases,", sum("fails" in case for case in cases), "refused")


main()
