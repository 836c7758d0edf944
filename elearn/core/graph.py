"""Circles among things that ask for one another. Pure, no recursion."""

from collections.abc import Iterable, Mapping


def cycles(needs: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """Each circle once, from its first name in order; names that are not keys lead nowhere."""
    found: list[tuple[str, ...]] = []
    done: set[str] = set()
    for start in needs:
        path: list[str] = []
        stack = [(start, False)]
        while stack:
            name, leaving = stack.pop()
            if leaving:
                path.pop()
                done.add(name)
            elif name in path:
                found.append(tuple(path[path.index(name) :]))
            elif name in needs and name not in done:
                path.append(name)
                stack.append((name, True))
                stack.extend((need, False) for need in needs[name])
    return found
