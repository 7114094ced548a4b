"""A small Salesforce: formula fields from their Metadata API files, evaluated as Salesforce Help describes the functions
("Formula Operators and Functions by Context"). Formulas become Python expressions, so that many leads take little time.

An empty field is None. No formula may compare or add None: what Salesforce makes of that is not relied on.
"""

import re
from datetime import date
from fractions import Fraction

from lxml import etree

NAMESPACE = {"m": "http://soap.sforce.com/2006/04/metadata"}
TOKEN = re.compile(r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>"(?:[^"\\]|\\["\\])*")|(?P<name>[A-Za-z][A-Za-z0-9_.]*)|(?P<sign><>|>=|<=|[-+*&(),<>=]))""")


def read(folder):
    """The fields of a folder by API name: label, type, formula or None, and what the field is a copy of or None."""
    fields = {}
    for file in sorted(folder.glob("*.field-meta.xml")):
        root = etree.parse(file).getroot()
        text = lambda tag: root.findtext(f"m:{tag}", namespaces=NAMESPACE)
        assert etree.QName(root) == etree.QName(NAMESPACE["m"], "CustomField")
        assert file.name == text("fullName") + ".field-meta.xml"
        copy = re.fullmatch(r"A flow keeps it equal to (\w+)\.", text("description"))
        fields[text("fullName")] = {key: text(key) for key in ["label", "type", "scale", "precision", "formula"]} | {
            "copies": copy and copy[1],
            "blanks": text("formulaTreatBlanksAs"),
        }
    return fields


class Org:
    """An organisation with these fields: makes records whose formula fields compute themselves."""

    def __init__(self, fields):
        self.copies = {name: field["copies"] for name, field in fields.items() if field["copies"]}
        self.formulas = {name: compiled(field["formula"]) for name, field in fields.items() if field["formula"]}
        self.inputs = fields.keys() - self.copies.keys() - self.formulas.keys()

    def record(self, values):
        return Record(self, values)


class Record(dict):
    def __init__(self, org, values):
        super().__init__(values)
        self.org = org

    def __missing__(self, name):
        if name in self.org.formulas:
            value = self.org.formulas[name](self)
        elif name in self.org.copies:
            # What a flow would have copied.
            value = self[self.org.copies[name]]
        else:
            assert name in self.org.inputs, f"no field {name}"
            value = None
        self[name] = value
        return value


def compiled(formula):
    parser = Parser(formula)
    expression = parser.comparison()
    assert parser.next() is None, f"more behind the end: {formula}"
    names = {"F": Fraction, "date": date, "cases": parser.cases, "rounded": rounded}
    return eval(f"lambda v: {expression}", names)


def rounded(x, digits):
    """Halves away from zero: ROUND(-1.5, 0) is -2."""
    assert digits == 0
    whole = int(abs(x) + Fraction(1, 2))
    return whole if x >= 0 else -whole


class Parser:
    def __init__(self, formula):
        self.tokens, at = [], 0
        while at < len(formula):
            found = TOKEN.match(formula, at)
            assert found, f"no token at {formula[at : at + 20]!r}"
            self.tokens.append((found.lastgroup, found[found.lastgroup]))
            at = found.end()
        self.tokens.reverse()
        self.cases = []

    def next(self):
        return self.tokens[-1] if self.tokens else None

    def take(self, *signs):
        if self.tokens and self.tokens[-1][0] == "sign" and self.tokens[-1][1] in signs:
            return self.tokens.pop()[1]
        return None

    def comparison(self):
        left = self.sum()
        sign = self.take("<>", ">=", "<=", "<", ">", "=")
        return f"({left} {({'<>': '!=', '=': '=='}).get(sign, sign)} {self.sum()})" if sign else left

    def sum(self):
        parts = [self.product()]
        while sign := self.take("+", "-", "&"):
            parts += ["+" if sign == "&" else sign, self.product()]
        return f"({' '.join(parts)})" if len(parts) > 1 else parts[0]

    def product(self):
        factors = [self.unary()]
        while self.take("*"):
            factors.append(self.unary())
        return " * ".join(factors)

    def unary(self):
        return f"(-{self.unary()})" if self.take("-") else self.primary()

    def primary(self):
        if self.take("("):
            inner = self.comparison()
            assert self.take(")")
            return inner
        kind, text = self.tokens.pop()
        if kind == "number":
            return text if "." not in text else f"F({text!r})"
        if kind == "text":
            return repr(re.sub(r"\\(.)", r"\1", text[1:-1]))
        assert kind == "name", text
        if not self.take("("):
            return f"v[{text!r}]"
        arguments = [self.comparison()]
        while self.take(","):
            arguments.append(self.comparison())
        assert self.take(")")
        return getattr(self, f"call_{text}")(*arguments)

    def call_IF(self, condition, yes, no):
        return f"({yes} if {condition} else {no})"

    def call_AND(self, *conditions):
        return f"({' and '.join(conditions)})"

    def call_NOT(self, condition):
        return f"(not {condition})"

    def call_ISBLANK(self, value):
        return f"({value} is None)"

    def call_BLANKVALUE(self, value, instead):
        return f"({instead} if {value} is None else {value})"

    def call_CASE(self, value, *rest):
        results = {eval(key): eval(result, {"F": Fraction}) for key, result in zip(rest[:-1:2], rest[1::2])}
        assert len(results) == len(rest) // 2, "no value twice"
        self.cases.append(results)
        return f"cases[{len(self.cases) - 1}].get({value}, {rest[-1]})"

    def call_DATE(self, year, month, day):
        return f"date({year}, {month}, {day})"

    def call_TEXT(self, picklist):
        return picklist

    def call_ROUND(self, value, digits):
        return f"rounded({value}, {digits})"

    def call_MIN(self, *values):
        return f"min({', '.join(values)})"

    def call_MAX(self, *values):
        return f"max({', '.join(values)})"


def value(found):
    """A lead's value as Salesforce keeps it: numbers are decimals."""
    if isinstance(found, float):
        return int(found) if found.is_integer() else Fraction(repr(found))
    return found
