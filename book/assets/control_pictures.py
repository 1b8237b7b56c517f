"""Draws the control pictures of Unicode, ␀ to ␡, as a small monospaced font.

    pip install fonttools brotli
    python3 book/assets/control_pictures.py

The book shows the ends of HTTP's lines as ␍␊. Few fonts have these characters,
and a browser that takes them from elsewhere takes another width with them, so
that the columns of a transcript no longer stand under each other. Each glyph is
600 of 1000 units wide, as those of mdBook's Source Code Pro are.

A letter is a list of strokes on a grid 4 wide and 6 high, (0, 0) at the lower
left. A picture is the ASCII name of its byte, written from the upper left to the
lower right.
"""

import math
import pathlib

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

NAMES = """NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4
           NAK SYN ETB CAN EM SUB ESC FS GS RS US SP DEL""".split()

LETTERS = {
    "A": [[(0, 0), (2, 6), (4, 0)], [(0.8, 2.2), (3.2, 2.2)]],
    "B": [[(0, 0), (0, 6), (3, 6), (3.7, 4.6), (3, 3.2), (0, 3.2)], [(3, 3.2), (4, 1.6), (3, 0), (0, 0)]],
    "C": [[(4, 5), (3, 6), (1, 6), (0, 5), (0, 1), (1, 0), (3, 0), (4, 1)]],
    "D": [[(0, 0), (0, 6), (2.6, 6), (4, 4.6), (4, 1.4), (2.6, 0), (0, 0)]],
    "E": [[(4, 6), (0, 6), (0, 0), (4, 0)], [(0, 3.2), (3, 3.2)]],
    "F": [[(4, 6), (0, 6), (0, 0)], [(0, 3.2), (3, 3.2)]],
    "G": [[(4, 5), (3, 6), (1, 6), (0, 5), (0, 1), (1, 0), (3, 0), (4, 1), (4, 2.8), (2.4, 2.8)]],
    "H": [[(0, 0), (0, 6)], [(4, 0), (4, 6)], [(0, 3.2), (4, 3.2)]],
    "I": [[(2, 0), (2, 6)], [(0.8, 0), (3.2, 0)], [(0.8, 6), (3.2, 6)]],
    "K": [[(0, 0), (0, 6)], [(4, 6), (0, 2.6)], [(1.4, 3.8), (4, 0)]],
    "L": [[(0, 6), (0, 0), (4, 0)]],
    "M": [[(0, 0), (0, 6), (2, 2.6), (4, 6), (4, 0)]],
    "N": [[(0, 0), (0, 6), (4, 0), (4, 6)]],
    "O": [[(1, 6), (0, 5), (0, 1), (1, 0), (3, 0), (4, 1), (4, 5), (3, 6), (1, 6)]],
    "P": [[(0, 0), (0, 6), (3, 6), (4, 5), (4, 3.8), (3, 2.8), (0, 2.8)]],
    "Q": [[(1, 6), (0, 5), (0, 1), (1, 0), (3, 0), (4, 1), (4, 5), (3, 6), (1, 6)], [(2.6, 1.6), (4.2, -0.4)]],
    "R": [[(0, 0), (0, 6), (3, 6), (4, 5), (4, 3.8), (3, 2.8), (0, 2.8)], [(2, 2.8), (4, 0)]],
    "S": [[(4, 5), (3, 6), (1, 6), (0, 5), (0, 4), (1, 3.2), (3, 2.8), (4, 2), (4, 1), (3, 0), (1, 0), (0, 1)]],
    "T": [[(0, 6), (4, 6)], [(2, 6), (2, 0)]],
    "U": [[(0, 6), (0, 1), (1, 0), (3, 0), (4, 1), (4, 6)]],
    "V": [[(0, 6), (2, 0), (4, 6)]],
    "X": [[(0, 0), (4, 6)], [(0, 6), (4, 0)]],
    "Y": [[(0, 6), (2, 3), (4, 6)], [(2, 3), (2, 0)]],
    "1": [[(0.8, 4.8), (2, 6), (2, 0)]],
    "2": [[(0, 5), (1, 6), (3, 6), (4, 5), (4, 4), (0, 0), (4, 0)]],
    "3": [[(0, 6), (4, 6), (1.8, 3.6), (3, 3.6), (4, 2.6), (4, 1), (3, 0), (1, 0), (0, 1)]],
    "4": [[(3, 0), (3, 6), (0, 2), (4, 2)]],
}

WIDTH = 600
STROKE = 66


def segment(pen, start, end):
    """A straight stroke, a little longer than its ends so that corners close."""
    (x0, y0), (x1, y1) = start, end
    length = math.hypot(x1 - x0, y1 - y0)
    along = ((x1 - x0) / length * STROKE / 2, (y1 - y0) / length * STROKE / 2)
    across = (-along[1], along[0])
    corners = [
        (x0 - along[0] + across[0], y0 - along[1] + across[1]),
        (x1 + along[0] + across[0], y1 + along[1] + across[1]),
        (x1 + along[0] - across[0], y1 + along[1] - across[1]),
        (x0 - along[0] - across[0], y0 - along[1] - across[1]),
    ]
    pen.moveTo(tuple(round(v) for v in corners[0]))
    for corner in corners[1:]:
        pen.lineTo(tuple(round(v) for v in corner))
    pen.closePath()


def picture(name):
    """The glyph of one name: its letters from the upper left to the lower right."""
    pen = TTGlyphPen(None)
    high = 345 if len(name) == 2 else 250
    wide = 228 if len(name) == 2 else 155
    top, bottom, left, right = 730, -60, 62, 538
    for index, letter in enumerate(name):
        share = index / (len(name) - 1)
        x = left + share * (right - left - wide)
        y = top - high - share * (top - high - bottom)
        for stroke in LETTERS[letter]:
            points = [(x + px / 4 * wide, y + py / 6 * high) for px, py in stroke]
            for start, end in zip(points, points[1:]):
                segment(pen, start, end)
    return pen.glyph()


def main():
    glyphs = {".notdef": TTGlyphPen(None).glyph()}
    glyphs |= {f"control.{name}": picture(name) for name in NAMES}
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder(list(glyphs))
    font.setupCharacterMap({0x2400 + index: f"control.{name}" for index, name in enumerate(NAMES)})
    font.setupGlyf(glyphs)
    font.setupHorizontalMetrics({name: (WIDTH, 0) for name in glyphs})
    font.setupHorizontalHeader(ascent=984, descent=-273)
    font.setupNameTable({"familyName": "Control Pictures", "styleName": "Regular"})
    font.setupOS2(sTypoAscender=984, sTypoDescender=-273, usWinAscent=984, usWinDescent=273)
    font.setupPost(isFixedPitch=1)
    # The same file each time: 2026-01-01, in seconds since 1904.
    font.font["head"].created = font.font["head"].modified = 3_850_070_400
    font.font.recalcTimestamp = False
    font.font.flavor = "woff2"
    out = pathlib.Path(__file__).parent.parent / "src/fonts/control-pictures.woff2"
    font.save(out)
    print(f"{out}: {out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
