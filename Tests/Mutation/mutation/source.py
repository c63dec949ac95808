"""A Swift file as text, with enough known of it to find where mistakes can be put."""

import re

_COMMENT_OR_STRING = re.compile(r"//[^\n]*|\"(?:[^\"\\\n]|\\.)*\"")


class Source:
    """`text` is the file, `code` the same with comments and strings blanked out: every offset is that of `text`."""

    def __init__(self, name, text):
        self.name, self.text = name, text
        self.code = _COMMENT_OR_STRING.sub(_blank, text)

    def line_number(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def line(self, offset):
        """The line around an offset, without its indentation."""
        begin = self.text.rfind("\n", 0, offset) + 1
        return self.text[begin : self.text.find("\n", offset)].strip()

    def depth(self, offset):
        """How many parentheses and brackets are open at an offset."""
        before = self.code[:offset]
        return sum(map(before.count, "([")) - sum(map(before.count, ")]"))

    def end(self, begin, stop):
        """The first offset from `begin` where one of the characters in `stop` stands outside of any bracket."""
        depth = 0
        for offset in range(begin, len(self.code)):
            character = self.code[offset]
            if depth == 0 and character in stop:
                return offset
            depth += (character in "([{") - (character in ")]}")
        return len(self.code)


def _blank(match):
    found = match.group()
    return '"' + "_" * (len(found) - 2) + '"' if found[0] == '"' else " " * len(found)
