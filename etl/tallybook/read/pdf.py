"""PDF: the text of its pages in reading order, newspaper columns one after the other.

A PDF can hang or crash what reads it, so it is read in a process of its own, with limits on
time and memory: `python -m tallybook.read.pdf` takes the file on standard input and gives its
pages as JSON. Lines stay cut where the page cuts them; recognition joins them.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median

from tallybook.read.fields import is_blank, well_formed
from tallybook.records import Article, Rejection

PAGE_LIMIT = 2000
"""Pages of one PDF: a year of a small newspaper, or somebody's joke."""
SECONDS = 120
_MEMORY = 4 * 1024**3


def read_pdf(data: bytes, source: str, name: str, published: date | None = None) -> Article | Rejection:
    """Read a PDF as one article, a blank line between its pages."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tallybook.read.pdf"],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Rejection(source, f"takes more than {SECONDS} seconds to read: print it to a plain PDF again")
    if done.returncode != 0:
        return Rejection(source, "makes the PDF reader crash: print it to a plain PDF again")
    told = json.loads(done.stdout)
    if "fault" in told:
        return Rejection(source, told["fault"])
    text = "\n\n".join(well_formed(page) for page in told["pages"] if page.strip())
    if is_blank(text):
        return Rejection(
            source, "has no text in it, only pictures: run a text recogniser over the scan first"
        )
    return Article(name=name, text=text, published_on=published)


@dataclass(frozen=True, slots=True)
class Box:
    """A run of text on a page, in points from the lower left corner."""

    left: float
    bottom: float
    right: float
    top: float
    text: str


def in_reading_order(boxes: list[Box]) -> str:
    """Order the runs of a page: columns from left to right, each from top to bottom (an XY-cut)."""
    if not boxes:
        return ""
    height = median(b.top - b.bottom for b in boxes)
    return "\n".join(_lines(part, height) for part in _cut(boxes, height, 0))


def _cut(boxes: list[Box], height: float, depth: int) -> list[list[Box]]:
    if len(boxes) < 2 or depth > 40:
        return [boxes]
    # A gutter between columns runs beside several lines; beside two it may be chance.
    tall = max(b.top for b in boxes) - min(b.bottom for b in boxes) > 3.5 * height
    at = _widest([(b.left, b.right) for b in boxes], 0.7 * height) if tall else None
    if at is not None:
        sides = [b for b in boxes if b.left < at], [b for b in boxes if b.left >= at]
        return [part for side in sides for part in _cut(side, height, depth + 1)]
    at = _widest([(b.bottom, b.top) for b in boxes], 0.15 * height)
    if at is not None:
        sides = [b for b in boxes if b.bottom >= at], [b for b in boxes if b.bottom < at]
        return [part for side in sides for part in _cut(side, height, depth + 1)]
    return [boxes]


def _widest(spans: list[tuple[float, float]], least: float) -> float | None:
    """Give the middle of the widest gap that no span crosses, None where all are narrower than `least`."""
    best, at, edge = least, None, None
    for low, high in sorted(spans):
        if edge is not None and low - edge > best:
            best, at = low - edge, (low + edge) / 2
        edge = high if edge is None else max(edge, high)
    return at


def _lines(boxes: list[Box], height: float) -> str:
    """Put the runs of one column into lines."""
    lines: list[list[Box]] = []
    for box in sorted(boxes, key=lambda b: -(b.bottom + b.top)):
        middle = (box.bottom + box.top) / 2
        if lines and abs((lines[-1][0].bottom + lines[-1][0].top) / 2 - middle) < 0.5 * height:
            lines[-1].append(box)
        else:
            lines.append([box])
    return "\n".join(_line(sorted(line, key=lambda b: b.left), height) for line in lines)


def _line(boxes: list[Box], height: float) -> str:
    out = boxes[0].text
    for before, box in pairwise(boxes):
        gap = box.left - before.right > 0.15 * height and not (out.endswith(" ") or box.text.startswith(" "))
        out += (" " if gap else "") + box.text
    return out.strip()


def _pages(data: bytes) -> dict[str, object]:
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            return {"fault": "is locked by a password: save it without one"}
        return {"fault": "is no PDF that can be read, or cut off: fetch it again"}
    if len(document) > PAGE_LIMIT:
        return {"fault": f"has {len(document)} pages, more than {PAGE_LIMIT}: split it"}
    pages = []
    for page in document:
        text = page.get_textpage()
        boxes = []
        for i in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(i)
            words = text.get_text_bounded(left, bottom, right, top).replace("\ufffe", "-")
            if words.strip() and top > bottom and right > left:
                boxes.append(Box(left, bottom, right, top, " ".join(words.splitlines())))
        pages.append(in_reading_order(boxes))
        text.close()
        page.close()
    return {"pages": pages}


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    try:
        told = _pages(sys.stdin.buffer.read())
    except MemoryError:
        told = {"fault": "needs more memory than a newspaper does: print it to a plain PDF again"}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    _main()
