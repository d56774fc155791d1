"""robots.txt, as RFC 9309 has it, with the customary Crawl-delay.

Our own, for urllib.robotparser knows no `*` and `$` in a path, and a pattern that is turned into a
regular expression can be written so that it never ends; here each star is looked for once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

SIZE_LIMIT = 500 * 1024
"""What RFC 9309 asks a crawler to read at least."""


@dataclass(slots=True)
class Rules:
    """What a host asks of one reader."""

    paths: list[tuple[str, bool]] = field(default_factory=list)
    delay: float = 0.0

    def allows(self, path: str) -> bool:
        """Tell whether a path, with its query, may be fetched: the longest rule wins, then the kinder."""
        path = _plain(path)
        if path == "/robots.txt":
            return True
        best = max(((len(rule), allow) for rule, allow in self.paths if _fits(rule, path)), default=(0, True))
        return best[1]


def parse(text: str, name: str) -> Rules:
    """Read the rules for the reader of this name, or those for all."""
    own, everyone = Rules(), Rules()
    named = False
    into: list[Rules] = []
    in_rules = True
    for line in re.split(r"[\r\n]+", text.lstrip("\ufeff")):
        key, _, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if key == "user-agent":
            if in_rules:
                into, in_rules = [], False
            if value == "*":
                into.append(everyone)
            elif value.partition("/")[0].strip().lower() == name.lower():
                into.append(own)
                named = True
        elif key in ("allow", "disallow", "crawl-delay"):
            in_rules = True
            for rules in into:
                _put(rules, key, value)
    return own if named else everyone


def _put(rules: Rules, key: str, value: str) -> None:
    if key == "crawl-delay":
        if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", value):
            rules.delay = float(value)
    elif value:  # an empty Disallow forbids nothing
        rules.paths.append((_plain(value), key == "allow"))


def _plain(path: str) -> str:
    return quote(unquote(path), safe="/?&=*$:;,@!+~'()[]%#")


def _fits(rule: str, path: str) -> bool:
    """Match a rule from the start of the path; * is any characters, $ at the end is the end."""
    ends = rule.endswith("$")
    first, *rest = rule.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    last = rest.pop() if rest and ends else None
    for part in rest:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    if last is not None:
        return path.endswith(last) and len(path) - len(last) >= at
    return not ends or at == len(path)
