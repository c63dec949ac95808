"""The mistakes that can be put into a source: each a piece of text, and the text that switches the mistake on and off."""

import re
from dataclasses import dataclass, field

_OPPOSITES = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||", "||": "&&", "+": "-", "-": "+",
    "+=": "-=", "-=": "+=",
}  # fmt: skip
_OPERATOR = re.compile(r"(?<=\s)(?:[<>=!]=|[<>]|&&|\|\||[+-]=?)(?=\s)")
_NOT = re.compile(r"(?<=[\s(\[{])!(?=[\w(.$])")
_EXTREME = re.compile(r"(?<![\w.])(min|max)(?=\()")
_BOOL = re.compile(r"(?<![\w.])(?:true|false)\b")
_NUMBER = re.compile(r"(?<![\w$])(?<![^.]\.)(0x[\dA-F]+|\d[\d_]*(?:\.\d[\d_]*)?)\b(?!\.\w)")
_BYTE = re.compile(r"UInt8\(ascii: \"(?:[^\"\\]|\\.)\"\)")
_CONDITIONS = re.compile(r"(?<![\w.])(guard|if) ")
_BINDING = re.compile(r"\s*(?:let|var|case) ")
_BOOL_FUNCTION = re.compile(r"^( *)[^\n]*(?:->|:) Bool \{(?=[ \n])", re.MULTILINE)
_NO_EXPRESSION = re.compile(r"\s*(?:if|switch)\b|(?s:.*)\breturn\b")
_FUNCTION = re.compile(r"\b(func|init|deinit)\b\W")
_RETURN = re.compile(r"\breturn (?!true\b|false\b)")
_PLACE = r"(?:self\.)?[a-z]\w*(?:[?!]?\.\w+|\[[^\]\n]*\])*[?!]?"
_STATEMENT = re.compile(
    rf"^ +(?:case \.\w+: |default: )?(?!(?:return|guard|if|while|for|switch|case|throw|let|var)\b)"
    rf"((?:{_PLACE}|\([\w, ]+\)) (?:[-+|^]?=) |{_PLACE}\()",
    re.MULTILINE,
)


@dataclass
class Mistake:
    """One deliberate mistake, from `begin` to `end` of a source. `switch` makes the text that has it switchable."""

    source: object
    begin: int
    end: int
    what: str
    # What goes before and after the text that stays; or, if `replaced`, in the place of the text.
    before: str
    after: str = ""
    replaced: bool = False
    # A declaration that this needs.
    declared: str = ""
    number: int = 0
    # The same as one in another place of its line: they are told apart by a number.
    repeated: int = field(default=1)

    @property
    def place(self):
        return f"{self.source.name}:{self.source.line_number(self.begin)}"

    @property
    def key(self):
        """How the list of equivalent mistakes names it: it does not move with the lines above."""
        which = f" #{self.repeated}" if self.repeated > 1 else ""
        return f"{self.source.name} | {self.source.line(self.begin)} | {self.what}{which}"


def numbered(sources):
    """All mistakes in the sources, numbered from 1."""
    found, seen = [], {}
    for source in sources:
        for mistake in sorted(_all(source), key=lambda mistake: (mistake.begin, -mistake.end)):
            key = mistake.key
            mistake.repeated = seen[key] = seen.get(key, 0) + 1
            mistake.number = len(found) + 1
            found.append(mistake)
    return found


def _all(source):
    yield from _operators(source)
    yield from _constants(source)
    yield from _conditions(source)
    yield from _results(source)
    yield from _statements(source)


def _operators(source):
    for match in _OPERATOR.finditer(source.code):
        if "func " not in source.line(match.start()):
            operator = match.group()
            what = f"{operator} becomes {_OPPOSITES[operator]}"
            yield Mistake(source, *match.span(), what, operator, replaced=True, declared=operator)
    for match in _NOT.finditer(source.code):
        yield Mistake(source, *match.span(), "a ! is dropped", "!", replaced=True, declared="!")
    for match in _EXTREME.finditer(source.code):
        name = match.group()
        what = f"{name} becomes {'max' if name == 'min' else 'min'}"
        yield Mistake(source, *match.span(), what, name, replaced=True, declared=name)


def _constants(source):
    for match in _BOOL.finditer(source.code):
        yield _wrapped(source, match.span(), f"{match.group()} becomes its opposite", "flipped")
    for match in _NUMBER.finditer(source.code):
        text = match.group()
        for other in _neighbours(text):
            yield _wrapped(source, match.span(), f"{text} becomes {other}", "constant", other)
    for match in _BYTE.finditer(source.text):
        for other in ("+", "-"):
            what = f"{match.group()} {other} 1"
            yield _wrapped(source, match.span(), what, "constant", f"{match.group()} {other} 1")


def _neighbours(text):
    if "." in text:
        value = float(text)
        return [repr(value * 2), repr(value / 2)] if value else []
    value = int(text.replace("_", ""), 0)
    return [str(value + 1)] + ([str(value - 1)] if value else [])


def _conditions(source):
    for match in _CONDITIONS.finditer(source.code):
        begin = match.end()
        while True:
            end = source.end(begin, ",{")
            text = source.code[begin:end]
            if match.group(1) == "guard":
                text = re.sub(r"\s+else\s*$", "", text)
            begin += len(text) - len(text.lstrip())
            if not _BINDING.match(text):
                span = (begin, begin + len(text.strip()))
                yield _wrapped(source, span, f"the condition “{source.text[slice(*span)]}” always holds", "always")
                if match.group(1) == "if":
                    yield _wrapped(source, span, f"the condition “{source.text[slice(*span)]}” never holds", "never")
            if end >= len(source.code) or source.code[end] != ",":
                break
            begin = end + 1


def _results(source):
    for match in _BOOL_FUNCTION.finditer(source.code):
        begin = match.end()
        end = source.end(begin, "}")
        body = source.code[begin:end]
        if not _NO_EXPRESSION.match(body):
            begin += len(body) - len(body.lstrip())
            yield _wrapped(source, (begin, begin + len(body.strip())), "the opposite is returned", "flipped")
            continue
        for result in _RETURN.finditer(source.code, begin, end):
            stop = source.end(result.end(), "\n}")
            span = (result.end(), result.end() + len(source.code[result.end() : stop].rstrip()))
            yield _wrapped(source, span, "the opposite is returned", "flipped")


def _statements(source):
    for match in _STATEMENT.finditer(source.code):
        begin = match.start(1)
        end = source.end(begin, "\n}")
        is_call = match.group(1).endswith("(")
        if source.depth(begin) or _is_initial(source, match.group(1), begin) or is_call and source.code[source.end(match.end(1), ")") + 1 : end].strip():
            continue
        text = " ".join(source.text[begin:end].split())
        yield Mistake(source, begin, end, f"“{text}” is deleted", "if keeps(NUMBER) { ", " }")


def _is_initial(source, statement, offset):
    """Whether a statement is what an initializer cannot do without: the first value of a property that has no other."""
    function = [match.group(1) for match in _FUNCTION.finditer(source.code, 0, offset)]
    if statement != "self.init(" and (not function or function[-1] != "init"):
        return False
    name = re.match(r"(?:self\.)?(\w+)", statement).group(1)
    return not re.search(rf"\bvar {name}\b[^\n]*(?:\?$| = )", source.code, re.MULTILINE)


def _wrapped(source, span, what, function, *others):
    return Mistake(source, *span, what, f"{function}(NUMBER, ", "".join(f", {other}" for other in others) + ")")
