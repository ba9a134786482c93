"""The places of keys agree with what tomllib reads."""

import re
import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.study.load import bundled_studies, find_study
from limetal.study.positions import Path, Position, key_positions


def paths(value: object, above: Path = ()) -> Iterator[Path]:
    """Paths of all keys and array elements of what tomllib reads."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        yield (*above, key)
        yield from paths(below, (*above, key))


def lookup(value: object, path: Path) -> object:
    for part in path:
        value = value[part]
    return value


def text_at(text: str, place: Position) -> str:
    return text.split("\n")[place.line - 1][place.column - 1 :][: place.length]


def check(text: str) -> dict[Path, Position]:
    """Every written key is found where its text stands, and nothing else is found."""
    found = key_positions(text)
    read = set(paths(tomllib.loads(text)))
    assert set(found) <= read, "a place of a key that is not in the file"
    for path in read - set(found):  # only tables that no line names: [a.b] without [a], a.b = 1
        assert any(other[: len(path)] == path and len(other) > len(path) for other in found), path
        assert isinstance(lookup(tomllib.loads(text), path), dict), path
    for path, place in found.items():
        if isinstance(path[-1], str):
            written = [*paths(tomllib.loads(f"{text_at(text, place)} = 0"))][-1]
            assert tuple(k for k in path if isinstance(k, str))[-len(written) :] == written, (path, place)
    taken: dict[Position, Path] = {}
    for path, place in found.items():
        other = taken.setdefault(place, path)
        assert other == path or other == path[:-1], "only [[a]] stands for two: a and a.0"
    return found


CASES = {
    "pairs": "a = 1\nb = 'x'\n  c = true\n",
    "comments": "# a = 1\na = 2 # b = 3\n#[c]\n[d] # [e]\nf = '#' # g\n",
    "no newline at the end": "a = 1",
    "comment at the end": "a = 1\n# end",
    "quoted keys": "\"a b\" = 1\n'c.d' = 2\n\"e=f\" = 3\n'[g]' = 4\n'#h' = 5\n\"\" = 6\n",
    "quoted headers": '["a b"]\nx = 1\n[\'c.d\'.e]\nx = 2\n[["f]"]]\nx = 3\n["g#h"]\nx = 4\n',
    "dotted keys": "a.b.c = 1\na.b.d = 2\n[t]\nx.y = 1\nx . z = 2\n'q r'.s = 3\n",
    "tables": "[a]\nx = 1\n[a.b]\nx = 2\n[a.b.c]\nx = 3\n",
    "table before its parent": "[a.b.c]\nx = 1\n[a]\ny = 2\n",
    "space in headers": "[a . b]\nx = 1\n[[c . d]]\nx = 2\n",
    "multi-line strings": 'a = """\nb = 1\n[c]\n"x"\n\\""" \n"""\nd = \'\'\'\ne = 2\n[[f]]\n\'\'\'\n[g]\nh = 3\n',
    "quotes at the end of a multi-line string": 'a = """x""""\nb = """x"""""\nc = \'\'\'y\'\'\'\'\nd = 1\n',
    "empty strings": "a = ''\nb = \"\"\nc = ''''''\nd = \"\"\"\"\"\"\ne = 1\n",
    "escapes": r'a = "x\" = 1"' + "\n" + r'b = "\\"' + "\n" + r"c = '\'" + "\n" + r'd = "\\\""' + "\ne = 1\n",
    "escaped quotes in a multi-line string": 'a = """x\\"""" \nb = """\\\\"""\nc = 1\n'.replace('"""" \n', '""""""\n'),
    "arrays": "a = [1, 2, 3]\nb = [ [1], ['x', 'y'], [] ]\nc = 1\n",
    "arrays over lines": "a = [\n  1, # one, [x]\n  # 2,\n  'three',\n]\nb = 1\n",
    "inline tables": "a = { b = 1, c = { d = 2, 'e f' = 3 }, g.h = 4 }\ni = {}\nj = 5\n",
    "inline tables in arrays": "a = [ { b = 1 }, { b = 2, c = [ { d = 3 } ] } ]\ne = 1\n",
    "inline tables over array lines": "[t]\np = [\n  { x = 1, y = [1,\n 2] }, # { z = 1 }\n  { x = 3 },\n]\nq = 1\n",
    "arrays of tables": "[[a]]\nx = 1\n[[a]]\nx = 2\n[[a]]\n",
    "tables in arrays of tables": "[[a]]\n[a.b]\nx = 1\n[[a]]\n[a.b]\nx = 2\n[a.b.c]\ny = 3\n",
    "arrays of tables in arrays of tables": (
        "[[a]]\n[[a.b]]\nx = 1\n[[a.b]]\nx = 2\n[[a]]\n[[a.b]]\nx = 3\n[[c.d]]\ny = 1\n"
    ),
    "values of every kind": (
        "a = 1979-05-27T07:32:00Z\nb = 07:32:00\nc = 1_000\nd = 0xff\ne = -inf\nf = 1e3\n"
        "g = 1979-05-27 07:32:00\nh = 1\n"
    ),
    "Windows line ends": "# c\r\n[a]\r\nb = 1\r\nc = [\r\n 1,\r\n]\r\nd = '''\r\ne = 1\r\n'''\r\nf = 1\r\n",
    "tabs": "[a]\n\tb\t=\t1\n\t[a.c]\n\td = 2\n",
    "letters of other alphabets": "'µm' = 1\n\"Å\" = 2\n[\"Li₃N\"]\n'ε' = { 'φ' = 3 }\n",
    "equal keys in different tables": "[a]\nx = 1\n[b]\nx = 1\n[c]\nx = 1\n",
    "digits": "1 = 1\n2.3 = 4\n[5]\n6-7 = 8\n[[9]]\n0 = 1\n",
    "empty": "",
    "blank": "\n\n  \n",
}


@pytest.mark.parametrize("text", CASES.values(), ids=CASES)
def test_every_key_is_found_where_it_stands(text):
    check(text)


@pytest.mark.parametrize("name", bundled_studies())
def test_bundled_studies(name):
    found = check(find_study(name).read_text(encoding="utf-8"))
    assert len(found) > 300
    assert ("claims", 0, "value") in found


@pytest.mark.parametrize("text", [r'"a\"b" = 1', r'"\u00b5m" = 1', r'["a\\b"]' + "\nx = 1"])
def test_quoted_key_with_an_escape(text):
    check(text)


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("x = 1\n[a.b]\ny = 2\n", ("a",), 2),
        ("x = 1\n[a.b.c]\ny = 2\n", ("a", "b"), 2),
        ("x = 1\na.b = 2\n", ("a",), 2),
        ("x = 1\nt = { a.b = 2 }\n", ("t", "a"), 2),
    ],
)
def test_implied_table_stands_where_it_is_first_named(text, path, line):
    assert key_positions(text)[path].line == line


@pytest.mark.parametrize(
    ("text", "path", "place"),
    [
        ("a = 1\n  bcd = 2\n", ("bcd",), Position(2, 3, 3)),
        ("[cells.coin]\n", ("cells", "coin"), Position(1, 2, 10)),
        ("[[claims]]\n[[claims]]\n", ("claims", 1), Position(2, 3, 6)),
        ("[[claims]]\n[[claims]]\n", ("claims",), Position(1, 3, 6)),
        ("a = { b = 1, cc = 2 }\n", ("a", "cc"), Position(1, 14, 2)),
        ("a = [\n 10,\n   20]\n", ("a", 1), Position(3, 4, 1)),
        ("a.b  = 1\n", ("a", "b"), Position(1, 1, 3)),
        ("'a b' = 1\n", ("a b",), Position(1, 1, 5)),
        ("µ = 1\n".replace("µ", "'µ'") + "b = 2\n", ("b",), Position(2, 1, 1)),
        ("'µ' = {x = 1}\n", ("µ", "x"), Position(1, 8, 1)),
    ],
)
def test_line_column_and_length(text, path, place):
    assert key_positions(text)[path] == place


# --------------------------------------------------------------------------------------------- made texts

BARE = st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True)
QUOTED = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\"'\\"), max_size=6)
KEYS = BARE | QUOTED
STRINGS = st.text(st.sampled_from("ab =[]{}#.,'\"\\\n"), max_size=12)


def key_text(key: str, single: bool) -> str:
    if re.fullmatch(r"[A-Za-z0-9_-]+", key):
        return key
    return f"'{key}'" if single else f'"{key}"'


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


@st.composite
def values(draw, depth: int = 2) -> str:
    kind = draw(st.integers(0, 7 if depth else 4))
    if kind == 0:
        return str(draw(st.integers()))
    if kind == 1:
        return '"' + escaped(draw(STRINGS)).replace("\n", "\\n") + '"'
    if kind == 2:
        return '"""' + escaped(draw(STRINGS)) + '"""'
    if kind == 3:
        return "'" + draw(STRINGS).replace("'", "").replace("\n", "") + "'"
    if kind == 4:
        return "'''" + draw(STRINGS).replace("'", "") + "'''"
    if kind in {5, 6}:
        inner = draw(st.lists(values(depth - 1), max_size=3))
        gap = draw(st.sampled_from([", ", ",", " ,\n  ", ", # x = [1]\n\t"]))
        return "[" + gap.join(inner) + ("\n]" if "#" in gap else "]")
    keys = draw(st.lists(KEYS, max_size=3, unique=True))
    pairs = [f"{key_text(k, draw(st.booleans()))} = {draw(values(depth - 1))}" for k in keys]
    return "{ " + ", ".join(pairs) + " }"


@st.composite
def documents(draw) -> str:
    lines = []
    table = draw(st.lists(KEYS, max_size=3, unique=True))
    headers = ["", *(f"[{key_text(k, True)}]" for k in table)]
    if draw(st.booleans()):
        headers += ["[[' list']]"] * 2
    for header in headers:
        lines.append(f"{draw(st.sampled_from(['', ' ', chr(9)]))}{header} # [x]" if header else "# y = 1")
        for key in draw(st.lists(KEYS.filter(lambda k: k not in table), max_size=3, unique=True)):
            equals = draw(st.sampled_from(["=", " = ", "\t="]))
            note = draw(st.sampled_from(["", " # z = 2", "  "]))
            lines.append(f"{key_text(key, draw(st.booleans()))}{equals}{draw(values())}{note}")
    return draw(st.sampled_from(["\n", "\n\n"])).join(lines) + draw(st.sampled_from(["", "\n"]))


@given(documents())
@settings(max_examples=300, deadline=None)
def test_made_texts(text):
    check(text)
