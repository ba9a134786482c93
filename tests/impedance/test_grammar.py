"""Circuits as text: what is read, what is refused and where, and that writing is the way back."""

import math
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limetal.errors import BadInputError
from limetal.impedance.circuit import Circuit, Leaf, Parallel, Series
from limetal.impedance.element import ELEMENTS, Parameter, element
from limetal.impedance.grammar import DEEPEST, LONGEST_TEXT, parse, write

INF = math.inf


def names(text):
    return [leaf.name for leaf in parse(text).leaves]


def shape(node):
    """A tree as nested text, independent of the writer."""
    if isinstance(node, Leaf):
        return node.name
    sign = "+" if isinstance(node, Series) else "|"
    return f"<{sign.join(shape(part) for part in node.parts)}>"


@pytest.fixture
def diffusion():
    """An element with a parameter of another convention that runs the other way: 1/Y."""

    @element(
        "Xd",
        "admittance",
        [Parameter("Y", "S", "admittance", ohm=-1), Parameter("n", "1", "nothing", low=0.1, high=0.9)],
        equation="1/Y",
        limits=("1/Y", "1/Y"),
        source="made for this test",
        aliases={"Z": ("Y", lambda z: 1.0 / z), "m": ("n", lambda m: 1.0 - m), "double": ("Y", lambda y: 2.0 * y)},
    )
    def made(omega, p, z, dz):
        for i in range(omega.size):
            z[i] = p[1] / p[0]
            dz[0, i] = -p[1] / p[0] ** 2
            dz[1, i] = 1.0 / p[0]

    yield made
    del ELEMENTS["Xd"]


# ---- structure and names -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("R", "R0"),
        ("Q", "Q1"),
        ("RR", "<R0+R1>"),
        ("(RQ)", "<R1|Q1>"),
        ("LR", "<L1+R1>"),
        ("R(RQ)(RQ)W", "<R0+<R1|Q1>+<R2|Q2>+W1>"),
        ("[R(RQ)(R[QW])]", "<R0+<R1|Q1>+<R2|<Q2+W1>>>"),
        ("R(C[RW])", "<R0+<C1|<R1+W1>>>"),
        ("R0-p(R1,CPE1)-p(R2-W2,CPE2)-Wo1", "<R0+<R1|Q1>+<<R2+W2>|Q2>+Wo1>"),
        ("p(R1,C1)", "<R1|C1>"),
        ("p(p(R1,C1)-R2,C2)", "<<<R1|C1>+R2>|C2>"),
        (" R0 - p ( R1 , CPE1 )\n W ", "<R0+<R1|Q1>+W1>"),
        # mixtures
        ("R-(RQ)-p(R,CPE)W", "<R0+<R1|Q1>+<R2|Q2>+W1>"),
        ("(R,[RW],Q)", "<R1|<R2+W1>|Q1>"),
        ("p([RW],Q-(RC))", "<<R1+W1>|<Q1+<R2|C1>>>"),
        # groups nobody needs
        ("[[R][(R[Q])]]", "<R0+<R1|Q1>>"),
        ("(R(LC))", "<R1|L1|C1>"),
        ("[R[L][CQ]]", "<R0+L1+C1+Q1>"),
        ("p(R,p(C,L))", "<R1|C1|L1>"),
        # symbols by their longest match
        ("RLaL", "<R0+La1+L1>"),
        ("CPECQ", "<Q1+C1+Q2>"),
        ("WsWoW", "<Ws1+Wo1+W1>"),
        # names
        ("R1(RQ)R", "<R1+<R2|Q1>+R3>"),
        ("R(R0Q)", "<R1+<R0|Q1>>"),
        ("RR2RR", "<R0+R2+R1+R3>"),
        ("CPE2Q", "<Q2+Q1>"),
        ("R_s-p(R_SEI,CPE_SEI)-p(R_ct2,CPE_dl)", "<R_s+<R_SEI|Q_SEI>+<R_ct2|Q_dl>>"),
        ("R_0-p(R_1,C_1)", "<R_0+<R_1|C_1>>"),
        ("(R_CT C_DL)R", "<<R_CT|C_DL>+R1>"),
        ("R007", "R007"),
        ("!V=1!R(RC)", "<R0+<R1|C1>>"),
    ],
)
def test_tree_and_names(text, wanted):
    assert shape(parse(text).root) == wanted


def test_both_notations_are_one_circuit():
    assert parse("R(RQ)(R[QW])") == parse("R0-p(R1,CPE1)-p(R2,CPE2-W1)")
    assert parse("R(RQ)(R[QW])") != parse("R0-p(R1,CPE1)-p(R2,CPE2,W1)")


def test_the_text_is_kept_as_written():
    assert parse(" R ( RQ ) ").text == " R ( RQ ) "


# ---- circuits of other programs' documentation -------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        # pyimpspec, guide "Equivalent circuits": Randles, with values, fixed, bounds, percent, labels, and serialised
        "R(C[RW])",
        "R{R=20f:sol}(C{C=25e-6//1e-3:dl}[R{R=100/50/200:ct}W{Y=2.357e-3/inf/150%:diff}])",
        "!V=1![R{R=2.000000000000E+01F/0.000000000000E+00/inf:sol}(C{C=2.500000000000E-05/1.000000000000E-24/"
        "1.000000000000E-03:dl}[R{R=1.000000000000E+02/5.000000000000E+01/1.000000000000E+02:ct}W{Y=2.357000000000E-03/"
        "inf/3.535500000000E-03:diff}])]",
        "R{R=50/50%/150%}",
        # its test circuit after Boukamp 1995, doi:10.1149/1.2044210
        "R{R=100}(R{R=200}C{C=0.8e-6})(R{R=500}W{Y=4e-4})",
        # impedance.py, README and examples
        "R0-p(R1,C1)-p(R2-Wo1,C2)",
        "R0-p(R1,C1)-p(R2,C2)-W1",
        "R0-p(R1,C1)-p(R2-W1,C2)",
        "R_0-p(R_1, C_1)-p(R_2, C_2)",
        "R0-p(R1,CPE)",
        "p(p(R_1, C_1)-R_2, C_2)",
    ],
)
def test_circuits_of_other_programs(text):
    circuit = parse(text)
    assert parse(write(circuit)) == circuit
    assert parse(write(circuit, "dash")) == circuit


# ---- braces ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "values", "fixed", "low", "high", "label"),
    [
        ("R{50}", (50.0,), (False,), (0.0,), (INF,), ""),
        ("R{R=50}", (50.0,), (False,), (0.0,), (INF,), ""),
        ("R{R=50f}", (50.0,), (True,), (0.0,), (INF,), ""),
        ("R{R=5F/0/10}", (5.0,), (True,), (0.0,), (10.0,), ""),
        ("R{R=5f/0/10:SEI}", (5.0,), (True,), (0.0,), (10.0,), "SEI"),
        ("R{:SEI}", (None,), (False,), (0.0,), (INF,), "SEI"),
        ("R { 5 f / 1 / 10 : outer SEI }", (5.0,), (True,), (1.0,), (10.0,), "outer SEI"),
        ("R{5/1}", (5.0,), (False,), (1.0,), (INF,), ""),
        ("R{5/1/}", (5.0,), (False,), (1.0,), (INF,), ""),
        ("R{5//10}", (5.0,), (False,), (0.0,), (10.0,), ""),
        ("R{5//}", (5.0,), (False,), (0.0,), (INF,), ""),
        ("R{/1/10}", (None,), (False,), (1.0,), (10.0,), ""),
        ("R{5/inf/inf}", (5.0,), (False,), (0.0,), (INF,), ""),
        ("R{5/-inf/10}", (5.0,), (False,), (0.0,), (10.0,), ""),
        ("R{50/50%/150%}", (50.0,), (False,), (25.0,), (75.0,), ""),
        ("R{10/5/10}", (10.0,), (False,), (5.0,), (10.0,), ""),
        ("Q{1e-3}", (1e-3, None), (False, False), (0.0, 0.3), (INF, 1.0), ""),
        ("Q{1E-3, .9}", (1e-3, 0.9), (False, False), (0.0, 0.3), (INF, 1.0), ""),
        ("Q{+1.e+3f, n=1}", (1e3, 1.0), (True, False), (0.0, 0.3), (INF, 1.0), ""),
        ("Q{n=0.9, Y=2}", (2.0, 0.9), (False, False), (0.0, 0.3), (INF, 1.0), ""),
        ("Q{n=/0.5/0.9}", (None, None), (False, False), (0.0, 0.5), (INF, 0.9), ""),
        # wider than the element allows: the element's own bounds
        ("Q{n=0.9f/0/1}", (None, 0.9), (False, True), (0.0, 0.3), (INF, 1.0), ""),
        ("Q{n=0.9/0.5/2}", (None, 0.9), (False, False), (0.0, 0.5), (INF, 1.0), ""),
    ],
)
def test_braces(text, values, fixed, low, high, label):
    (leaf,) = parse(text).leaves
    assert leaf == Leaf(leaf.kind, leaf.name, values, fixed, low, high, label)


@pytest.mark.parametrize(
    ("text", "value", "low", "high"),
    [
        ("Xd{Y=4/2/8}", 4.0, 2.0, 8.0),
        ("Xd{double=4/2/8}", 8.0, 4.0, 16.0),
        ("Xd{Z=4/2/8}", 0.25, 0.125, 0.5),
        ("Xd{Z=4/2/}", 0.25, 0.0, 0.5),
        ("Xd{Z=4//8}", 0.25, 0.125, INF),
        ("Xd{Z=4/0/8}", 0.25, 0.125, INF),
        ("Xd{Z=4/50%/200%}", 0.25, 0.125, 0.5),
    ],
)
@pytest.mark.usefixtures("diffusion")
def test_parameters_of_another_convention(text, value, low, high):
    (leaf,) = parse(text).leaves
    assert (leaf.values[0], leaf.low[0], leaf.high[0]) == (value, low, high)


@pytest.mark.usefixtures("diffusion")
def test_another_convention_of_an_exponent_keeps_its_limits():
    (leaf,) = parse("Xd{m=0.25/0.2/0.4}").leaves
    assert (leaf.values[1], leaf.low[1], leaf.high[1]) == (0.75, 0.6, 0.8)
    with pytest.raises(BadInputError, match=re.escape("column 6: found n = 0.95, want a number between 0.1 and 0.9")):
        parse("Xd{m=0.05}")


@pytest.mark.parametrize(
    "kind", sorted(set(ELEMENTS.values()), key=lambda kind: kind.symbol), ids=lambda kind: kind.symbol
)
def test_bounds_in_every_other_convention_are_those_of_the_values_at_their_ends(kind):
    """Which way a convention runs is seen at 0.25 and 0.5, so each must be a number there."""
    assert kind.parameters
    for alias, (parameter, convert) in kind.aliases.items():
        k = [p.name for p in kind.parameters].index(parameter)
        (leaf,) = parse(f"{kind.symbol}{{{alias}=/0.35/0.5}}").leaves
        assert [leaf.low[k], leaf.high[k]] == sorted([convert(0.35), convert(0.5)])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Xd{Y=1,Z=1}", "column 8: found Y of Xd a second time"),
        ("Xd{Z=0}", "column 6: found a number that cannot be converted"),
        ("Xd{Z=-4}", "column 6: found Y = -0.25, want a number above 0"),
        ("Xd{Zz=4}", "column 4: found the unknown parameter 'Zz' of Xd, want one of Y, Z, double, m, n; did you mean"),
    ],
)
@pytest.mark.usefixtures("diffusion")
def test_another_convention_is_refused(text, message):
    with pytest.raises(BadInputError, match=re.escape(message)):
        parse(text)


# ---- errors, each with a twin that is read -----------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "good", "message"),
    [
        ("", "R", 'circuit "", column 1: found no element, want a circuit, such as'),
        ("  ", " R ", "column 3: found no element"),
        # elements
        ("RX1", "RC1", "column 2: found the unknown element 'X', want one of C, "),
        ("rQ", "RQ", "column 1: found the unknown element 'rQ'"),
        ("CPe", "CPE", "column 2: found the unknown element 'Pe', want one of C, CPE,"),
        ("CPe", "CPE", "did you mean 'CPE'?"),
        ("R 1", "R1", "column 3: found '1', want an element"),
        ("R0.5", "R05", "column 3: found '.5', want an element"),
        ("R1234567", "R123456", "column 1: found a number of 7 digits, want at most 6 behind R"),
        ("RΩ", "R", "column 2: found 'Ω', want an element"),
        # groups
        ("R(RQ", "R(RQ)", "column 5: found the end of the text, want ')' for the '(' of column 2"),
        ("[R(RQ)", "[R(RQ)]", "column 7: found the end of the text, want ']' for the '[' of column 1"),
        ("(RQ]", "(RQ)", "column 4: found ']', want ')' for the '(' of column 1"),
        ("RQ)", "(RQ)", "column 3: found ')' without an opening bracket"),
        ("R(RQ))Q", "R(RQ)Q", "column 6: found ')' without an opening bracket"),
        ("R()", "R(RQ)", "column 3: found nothing inside the '(' of column 2"),
        ("R[]", "R[R]", "column 3: found nothing inside the '[' of column 2"),
        ("p()", "p(R,Q)", "column 3: found nothing inside the '(' of column 2"),
        ("R(R)", "R(RR)", "column 2: found a parallel with one branch"),
        ("R0-p(R1)", "R0-p(R1,R2)", "column 5: found a parallel with one branch"),
        ("R0-p(R1-C1)", "R0-p(R1,C1)", "column 5: found a parallel with one branch"),
        ("p(R1C1)", "p(R1,C1)", "column 5: found parts that nothing separates"),
        ("p(RL,Q)", "p(R-L,Q)", "column 4: found parts that nothing separates"),
        ("(RL,Q)", "([RL],Q)", "column 3: found parts that nothing separates"),
        ("(R-LQ)", "([R-L]Q)", "column 3: found '-' between branches in parallel"),
        ("R,Q", "R-Q", "column 2: found ',' between parts in series"),
        ("[R,Q]", "(R,Q)", "column 3: found ',' between parts in series"),
        # joints
        ("R-", "R-Q", "column 3: found the end of the text, want an element after '-'"),
        ("-R", "R", "column 1: found '-', want an element"),
        ("R--Q", "R-Q", "column 3: found '-', want an element"),
        ("p(R,)", "p(R,Q)", "column 5: found ')', want an element after ','"),
        ("p(,R)", "p(R,Q)", "column 3: found ',', want an element"),
        ("p(R,,Q)", "p(R,Q)", "column 5: found ',', want an element"),
        ("R0-W1/W2", "R0-W1", "column 6: found '/', want an element"),
        # names
        ("R0R0", "R0R1", "column 3: found the name R0 a second time (first in column 1)"),
        ("CPE1Q1", "CPE1Q2", "column 5: found the name Q1 a second time"),
        ("R_aR_a", "R_a R_b", "column 2: found 'R_aR', which may be R_a and R"),
        ("R_Aa_a", "R_Aa R_a", "column 5: found '_a', want an element"),
        ("R_a R_a", "R_a R_b", "column 5: found the name R_a a second time"),
        ("R_", "R_a", "column 3: found no word after 'R_'"),
        ("Q[R_ctL]", "Q[R_ct L]", "column 4: found 'R_ctL', which may be R_ct and L"),
        ("R_SEIQ", "R_SEI Q", "column 2: found 'R_SEIQ', which may be R_SEI and Q"),
        ("R_1L2", "R_1 L2", "column 2: found 'R_1L2', which may be R_1 and L2"),
        ("R_" + "a" * 25, "R_" + "a" * 24, "column 2: found a word of 25 characters"),
        # braces
        ("R{}", "R{5}", "column 2: found empty braces"),
        ("R{5", "R{5}", "column 4: found the end of the text, want '}' for the '{' of column 2"),
        ("R{", "R{5}", "column 3: found the end of the text, want '}' for the '{' of column 2"),
        ("R{5}}", "R{5}", "column 5: found '}', want an element"),
        ("{5}", "R{5}", "column 1: found '{', want an element"),
        ("R{5,}", "R{5}", "column 5: found '}', want a parameter after ','"),
        ("R{,5}", "R{5}", "column 3: found ',', want a number for R"),
        ("R{5:}", "R{5}", "column 5: found no label after ':'"),
        ("R{:a{b}", "R{:ab}", "column 5: found '{', want '}' for the '{' of column 2"),
        ("R{:a\nb}", "R{:a b}", "column 4: found a label with a line break"),
        ("R{:" + "a" * 81 + "}", "R{:" + "a" * 80 + "}", "column 4: found a label of 81 characters"),
        ("R{S=5}", "R{R=5}", "column 3: found the unknown parameter 'S' of R, want one of R"),
        (
            "Q1{Y=1,N=1}",
            "Q1{Y=1,n=1}",
            "column 8: found the unknown parameter 'N' of Q1, want one of Y, n; did you mean",
        ),
        ("R{R}", "R{R=5}", "column 3: found 'R' without a value, want R=number"),
        ("R{R=}", "R{R=5}", "column 5: found '}', want a number for R"),
        ("R{=5}", "R{5}", "column 3: found '=', want a number for R"),
        ("R{R=f}", "R{R=5f}", "column 5: found 'f', want a number for R"),
        ("R{R=//}", "R{R=5//}", "column 5: found neither value nor bounds of R"),
        ("R{5,6}", "R{5}", "column 5: found more than 1 parameter of R"),
        ("Q{1,0.9,2}", "Q{1,0.9}", "column 9: found more than 2 parameters of Q"),
        ("Q{n=0.9,2}", "Q{n=0.9,Y=2}", "column 9: found a number without a name after one with a name"),
        ("Q{n=0.5,n=0.9}", "Q{n=0.5}", "column 9: found n of Q a second time"),
        ("Q{1 0.9}", "Q{1,0.9}", "column 5: found '0.9', want ',' or '}'"),
        ("R{5m}", "R{5}", "column 4: found 'm', want ',' or '}' (numbers have no units and no prefixes here)"),
        ("R{5ff}", "R{5f}", "column 4: found 'ff', want ','"),
        ("R{5/1/9/10}", "R{5/1/9}", "column 8: found '/', want ','"),
        # a constant that another program writes: read where it is the one the element means
        ("Tlmbs{Y=1,L=2F}", "Tlmbs{Y=1,L=1F}", "column 13: found L = 2 of Tlmbs, want L = 1"),
        ("Tlmbs{L=/1/2}", "Tlmbs{L=1/0/2}", "column 9: found bounds of Tlmbs, want L = 1"),
        # numbers
        ("R{nan}", "R{1}", "column 3: found 'nan', want a number for R"),
        ("R{inf}", "R{1}", "column 3: found 'inf', want a number for R that is finite"),
        ("R{5/nan/9}", "R{5/1/9}", "column 5: found 'nan', want a bound of R"),
        ("R{1e999}", "R{1e99}", "column 3: found a number too large"),
        ("R{1e308//200%}", "R{1e308//150%}", "column 10: found a bound too large"),
        ("R{-5}", "R{5}", "column 3: found R = -5, want a number above 0"),
        ("R{0}", "R{1e-300}", "column 3: found R = 0, want a number above 0"),
        ("R{1e-999}", "R{1e-300}", "column 3: found R = 0, want a number above 0"),
        ("Q{1,1.2}", "Q{1,1}", "column 5: found n = 1.2, want a number between 0.3 and 1"),
        ("Q{n=0.2}", "Q{n=0.3}", "column 5: found n = 0.2, want a number between 0.3 and 1"),
        # bounds
        ("R{5/6}", "R{5/5}", "column 3: found R = 5 outside its bounds, want a number of at least 6"),
        ("R{5//4}", "R{5//5}", "column 3: found R = 5 outside its bounds, want a number between 0 and 4"),
        ("R{5/9/1}", "R{5/1/9}", "column 5: found bounds of R from 9 to 1, want the lower one first"),
        ("R{5/5/5}", "R{5/4/5}", "column 5: found bounds of R from 5 to 5"),
        ("R{5/-1/9}", "R{5/0/9}", "column 5: found the bound -1 of R, want a bound that is not negative"),
        ("R{//0}", "R{//1}", "column 5: found the bound 0 of R, want one above 0"),
        ("Q{n=/0/0.2}", "Q{n=/0/0.4}", "column 8: found the bound 0.2 of n, want one between 0.3 and 1"),
        ("Q{n=/1/2}", "Q{n=/0.9/2}", "column 6: found the bound 1 of n, want one between 0.3 and 1"),
        ("R{/50%}", "R{8/50%}", "column 4: found a bound in percent without a value"),
        ("R{50%}", "R{50}", "column 5: found '%', want ','"),
        # mark and size
        ("!V=2!R", "!V=1!R", "column 1: found '!', want a circuit, or the mark '!V=1!'"),
        ("R!V=1!", "!V=1!R", "column 2: found '!', want an element"),
    ],
)
def test_errors_name_place_and_remedy(bad, good, message):
    parse(good)
    with pytest.raises(BadInputError, match=re.escape(message)):
        parse(bad)


def test_depth_is_limited():
    parse("[" * DEEPEST + "R" + "]" * DEEPEST)
    with pytest.raises(BadInputError, match=f"column {DEEPEST + 1}: found more than {DEEPEST} brackets"):
        parse("[" * (DEEPEST + 1) + "R" + "]" * (DEEPEST + 1))
    with pytest.raises(BadInputError, match="brackets inside each other"):
        parse("p(" * (LONGEST_TEXT // 2))


def test_length_is_limited():
    assert len(parse("R" * 2000).leaves) == 2000
    with pytest.raises(BadInputError, match=f"found {LONGEST_TEXT + 1} characters, want at most {LONGEST_TEXT}"):
        parse("R" + " " * LONGEST_TEXT)


def test_only_text_is_read():
    with pytest.raises(BadInputError, match="circuit: found a NoneType, want text"):
        parse(None)


def test_a_long_or_dangerous_text_is_shown_in_part_and_without_control_characters():
    with pytest.raises(BadInputError) as caught:
        parse("(RQ)" * 100 + "\x1b[31m")
    assert len(str(caught.value)) < 250
    assert "column 401" in str(caught.value)
    assert str(caught.value).isprintable()


# ---- anything at all ---------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *ELEMENTS,
        *"RQCLW0123456789_.[](){},-/:=%!fF+e \n",
        "p(",
        "inf",
        "nan",
        "R{R=5f/0/10:SEI}",
        "Q{1e-3,0.9}",
        "!V=1!",
        "Ω",
    ]
)
SAMPLES = st.sampled_from(
    [
        "R(RQ)(RQ)W",
        "R0-p(R1,CPE1)-p(R2-W2,CPE2)-Wo1",
        "[R{R=5f/0/10:SEI}(R{80/50%/150%}Q{Y=1e-3, n=/0.5/0.9})]",
        "R_SEI-p(R_ct{:ct},C_dl{1e-6//1})-[L(RC)]",
    ]
)


def outcome(text):
    try:
        return parse(text)
    except BadInputError as error:
        return error


def reads_or_refuses(text):
    made = outcome(text)
    if isinstance(made, Circuit):
        assert parse(write(made)) == made
        assert parse(write(made, "dash")) == made
        return
    column = re.search(r"column (\d+)$", made.where)
    assert column is not None
    assert 1 <= int(column[1]) <= len(text) + 1
    assert made.found
    assert made.wanted


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    reads_or_refuses(text)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_any_sequence_of_pieces_is_read_or_refused(text):
    reads_or_refuses(text)


@settings(max_examples=400, deadline=None)
@given(SAMPLES, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 3), PIECES), min_size=1, max_size=4))
def test_a_damaged_circuit_is_read_or_refused(text, changes):
    for at, length, piece in changes:
        text = text[:at] + piece + text[at + length :]
    reads_or_refuses(text)


# ---- there and back ----------------------------------------------------------------------------

KINDS = sorted({kind.symbol for kind in ELEMENTS.values()})
SIZES = st.floats(1e-12, 1e12)
LABELS = st.text(
    st.characters(categories=["L", "N", "P"], include_characters=" ", exclude_characters="{}"), max_size=12
).map(str.strip)


@st.composite
def leaves(draw, name=None):
    kind = ELEMENTS[draw(st.sampled_from(KINDS))]
    values, fixed, lows, highs = [], [], [], []
    for parameter in kind.parameters:
        sizes = st.floats(max(parameter.low, 1e-12), min(parameter.high, 1e12))
        low, value, high = sorted(draw(st.lists(sizes, min_size=3, max_size=3, unique=True)))
        lows.append(low if draw(st.booleans()) else parameter.low)
        highs.append(high if draw(st.booleans()) else parameter.high)
        values.append(value if draw(st.booleans()) else None)
        fixed.append(values[-1] is not None and draw(st.booleans()))
    return Leaf(kind, name or "", tuple(values), tuple(fixed), tuple(lows), tuple(highs), draw(LABELS))


def flat(kind, parts):
    inner = [p for part in parts for p in (part.parts if isinstance(part, kind) else [part])]
    return kind(tuple(inner))


TREES = st.recursive(
    leaves(),
    lambda inner: st.builds(flat, st.sampled_from([Series, Parallel]), st.lists(inner, min_size=2, max_size=4)),
    max_leaves=9,
)


def renamed(node, number, tagged):
    """The tree with names: numbers in order, here and there a word."""
    if isinstance(node, Leaf):
        k = next(number)
        return replace(node, name=f"{node.kind.symbol}_a{k}" if k in tagged else f"{node.kind.symbol}{k}")
    return type(node)(tuple(renamed(part, number, tagged) for part in node.parts))


@st.composite
def circuits(draw):
    tagged = draw(st.sets(st.integers(0, 9)))
    return Circuit(renamed(draw(TREES), iter(range(100)), tagged), "")


@settings(max_examples=120, deadline=None)
@given(circuits(), st.sampled_from(["boukamp", "dash"]))
def test_what_is_written_is_read_back(circuit, style):
    text = write(circuit, style)
    assert parse(text) == circuit
    bare = parse(write(circuit, style, values=False))
    assert shape(bare.root) == shape(circuit.root)
    assert not any("{" in part for part in (bare.text, write(bare, style)))


@settings(max_examples=80, deadline=None)
@given(circuits(), st.randoms(use_true_random=False))
def test_every_mixture_of_notations_is_one_circuit(circuit, random):
    """A group at a time in a notation drawn at random, with spaces."""

    def mixed(node, *, branch):
        """``branch``: inside a parallel with commas, where only '-' stands for series."""
        if isinstance(node, Leaf):
            return write(Circuit(node, "")) + random.choice(["", " "])
        if isinstance(node, Series):
            if branch:
                return " - ".join(mixed(part, branch=True) for part in node.parts)
            parts = [mixed(part, branch=False) for part in node.parts]
            return f"[{random.choice([' ', '-', ' - ']).join(parts)}]"
        if random.random() < 0.5:
            return f"({' '.join(mixed(part, branch=False) for part in node.parts)})"
        return f"{random.choice(['p', 'p ', ''])}({', '.join(mixed(part, branch=True) for part in node.parts)})"

    assert parse(mixed(circuit.root, branch=False)) == circuit


def test_written_by_hand():
    circuit = parse("R{5f}-p(R_SEI{80/1/100:SEI}-W,CPE{n=0.9/0.5/})-L_a-R")
    assert write(circuit) == "R0{R=5f}([R_SEI{R=80/1/100:SEI}W1]Q1{n=0.9/0.5})L_a R1"
    assert write(circuit, "dash") == "R0{R=5f}-p(R_SEI{R=80/1/100:SEI}-W1,Q1{n=0.9/0.5})-L_a-R1"
    assert write(circuit, values=False) == "R0([R_SEI W1]Q1)L_a R1"
    assert str(circuit) == write(circuit)


def test_numbers_keep_all_their_digits():
    value = 0.1 + 0.2
    circuit = parse("R").with_values([value])
    assert parse(str(circuit)).values() == (value,)


R = parse("R").root


@pytest.mark.parametrize(
    "root",
    [
        Series((R,)),
        Parallel(()),
        Series((R, Series((replace(R, name="R1"), replace(R, name="R2"))))),
        replace(R, name="R"),
        replace(R, name="Q1"),
        replace(R, name="R_a_b"),
        replace(R, label="a}b"),
        replace(R, values=(-1.0,)),
        replace(R, fixed=(True,)),
        replace(R, low=(5.0,), high=(1.0,)),
        Series((R, R)),
    ],
)
def test_what_no_text_can_say_is_not_written(root):
    with pytest.raises(BadInputError):
        write(Circuit(root, ""))


def test_the_style_is_one_of_two():
    with pytest.raises(BadInputError, match="style of a circuit: found 'cdc', want boukamp or dash"):
        write(parse("R"), "cdc")


# ---- other values ------------------------------------------------------------------------------


def test_values_are_set_in_order_or_by_name():
    circuit = parse("R{5f}(R{80/1/100:SEI}Q)")
    new = circuit.with_values([6.0, 90.0, 1e-3, 0.9])
    assert str(new) == "R0{R=6f}(R1{R=90/1/100:SEI}Q1{Y=0.001,n=0.9})"
    assert new.text == circuit.text
    assert str(circuit) == "R0{R=5f}(R1{R=80/1/100:SEI}Q1)"
    assert new.with_values({"Q1.n": 0.8}).values() == (6.0, 90.0, 1e-3, 0.8)
    assert new.with_values(new.values()) == new
    assert new.with_values({"R1": math.nan}).leaves[1].values == (None,)


def test_a_value_that_misses_its_bound_by_rounding_is_on_it():
    circuit = parse("R{/10/100}")
    assert circuit.with_values([math.exp(math.log(100.0)) * (1 + 1e-15)]).values() == (100.0,)
    assert circuit.with_values([10.0 * (1 - 1e-15)]).values() == (10.0,)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0], "values of a circuit: found 1 numbers, want 4: R0, R1, Q1.Y, Q1.n"),
        ({"R2": 1.0}, "values of a circuit: found the name 'R2', want one of R0, R1, Q1.Y, Q1.n"),
        ({"R0": math.nan}, "values of a circuit, R0: found none, want a number for a parameter that is fixed"),
        ({"R1": 100.1}, "values of a circuit, R1: found 100.1, want a number between 1 and 100"),
        ({"Q1.Y": 0.0}, "values of a circuit, Q1.Y: found 0, want a number above 0"),
        ({"Q1.Y": INF}, "values of a circuit, Q1.Y: found inf, want a number above 0"),
        ({"Q1.n": 1.1}, "values of a circuit, Q1.n: found 1.1, want a number between 0.3 and 1"),
    ],
)
def test_values_that_do_not_fit_are_refused(values, message):
    with pytest.raises(BadInputError, match=re.escape(message)):
        parse("R{5f}(R{80/1/100:SEI}Q)").with_values(values)
