"""Writes all mistakes into the sources at once. A number in the environment switches one of them on."""

_PRECEDENCE = {"&&": "LogicalConjunction", "||": "LogicalDisjunction", "+": "Addition", "-": "Addition",
    "+=": "Assignment", "-=": "Assignment"}  # fmt: skip
_FUNCTIONS = """\
internal import Glibc

let mistake = getenv("BEARERD_MISTAKE").flatMap { Int(String(cString: $0)) } ?? 0

package func flipped(_ number: Int, _ value: Bool) -> Bool { mistake == number ? !value : value }
package func constant<T>(_ number: Int, _ value: T, _ other: T) -> T { mistake == number ? other : value }
package func always(_ number: Int, _ condition: @autoclosure () -> Bool) -> Bool { mistake == number || condition() }
package func never(_ number: Int, _ condition: @autoclosure () -> Bool) -> Bool { mistake != number && condition() }
package func keeps(_ number: Int) -> Bool { mistake != number }
"""
_DECLARATIONS = {
    "!": """\
prefix operator NAME
package prefix func NAME (value: Bool) -> Bool { mistake == NUMBER ? value : !value }
""",
    "extreme": """\
package func NAME<T: Comparable>(_ first: T, _ second: T, _ more: T...) -> T {
    let values = [first, second] + more
    return (mistake == NUMBER ? values.OTHER() : values.SAME()) ?? first
}
""",
    "comparison": """\
infix operator NAME: ComparisonPrecedence
package func NAME <T: KIND>(left: T, right: T) -> Bool { mistake == NUMBER ? left OTHER right : left SAME right }
""",
    "logic": """\
infix operator NAME: PRECEDENCEPrecedence
package func NAME (left: Bool, right: @autoclosure () -> Bool) -> Bool {
    mistake == NUMBER ? left OTHER right() : left SAME right()
}
""",
    "sum": """\
infix operator NAME: PRECEDENCEPrecedence
package func NAME <T: AdditiveArithmetic>(left: T, right: T) -> T {
    mistake == NUMBER ? left OTHER right : left SAME right
}
""",
    "lists": """\
package func NAME <T>(left: [T], right: [T]) -> [T] { mistake == NUMBER ? left : left + right }
package func NAME (left: String, right: String) -> String { mistake == NUMBER ? left : left + right }
""",
    "change": """\
infix operator NAME: AssignmentPrecedence
package func NAME <T: AdditiveArithmetic>(left: inout T, right: T) {
    if mistake == NUMBER { left OTHER right } else { left SAME right }
}
""",
}


def functions(mistakes):
    """The Swift text that the switches need."""
    return _FUNCTIONS + "".join(_declaration(mistake) for mistake in mistakes if mistake.declared)


def switchable(source, mistakes):
    """The text of a source with the mistakes in it, line for line the same."""
    edits = []
    for mistake in mistakes:
        begin, end, number = mistake.begin, mistake.end, mistake.number
        if mistake.replaced:
            edits.append(((begin, 2, 0, 0), end - begin, _name(mistake)))
        else:
            # Where two begin or end at the same place, the outer one is opened first and closed last.
            edits.append(((begin, 1, -end, number), 0, mistake.before.replace("NUMBER", str(number))))
            edits.append(((end, 0, -begin, -number), 0, mistake.after))
    result, offset = [], 0
    for (place, *_), length, text in sorted(edits):
        result += [source.text[offset:place], text]
        offset = place + length
    return "".join(result) + source.text[offset:]


def _name(mistake):
    if mistake.declared in ("min", "max"):
        return f"{mistake.declared}{mistake.number}"
    # Operators have no digits; the 256 patterns of Braille may be part of one.
    return mistake.declared + "".join(chr(0x2800 + byte) for byte in mistake.number.to_bytes(2, "big"))


def _declaration(mistake):
    same = mistake.declared
    other = mistake.what.split()[-1]
    kinds = {"!": ["!"], "min": ["extreme"], "max": ["extreme"], "&&": ["logic"], "||": ["logic"], "-": ["sum"],
        "+": ["sum", "lists"], "+=": ["change"], "-=": ["change"]}.get(same, ["comparison"])  # fmt: skip
    text = "".join(_DECLARATIONS[kind] for kind in kinds)
    for word, value in {
        "NAME": _name(mistake), "NUMBER": str(mistake.number), "OTHER": other, "SAME": same,
        "KIND": "Equatable" if same in ("==", "!=") else "Comparable", "PRECEDENCE": _PRECEDENCE.get(same, ""),
    }.items():  # fmt: skip
        text = text.replace(word, value)
    return text
