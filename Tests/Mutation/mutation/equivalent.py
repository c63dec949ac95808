"""The list of mistakes that change nothing that anybody can see."""

from harness.suite import expect


def listed(path, mistakes):
    """The keys of the mistakes in the list. Each line is `FILE | LINE OF CODE | MISTAKE`; a reason above it is required."""
    known, found, is_explained = {mistake.key for mistake in mistakes}, set(), False
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            is_explained = line.startswith("#")
            continue
        expect(line in known, f"{path.name}:{number}: there is no such mistake (any more): {line}")
        expect(is_explained, f"{path.name}:{number}: a reason is missing")
        found.add(line)
    return found
