# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The chart of a trend as inline SVG: bars for numbers, a line for a share.

Pure Python, for paper as for the screen: no script, no font or image to fetch. Figures
stand beside colours, so that the chart can be read without seeing them.
"""

from markupsafe import Markup, escape

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 46, 46, 34, 28
COLORS = {"reported": "#8fa7bf", "solved": "#1c4068", "share": "#8a5a00"}


def nice_top(value):
    """The top of an axis that holds *value*: 1, 2 or 5 times a power of ten.

    :rtype: int
    """
    step = 1
    while True:
        for factor in (1, 2, 5):
            if factor * step >= value:
                return factor * step
        step *= 10


def trend_chart(rows, reported, solved, share):
    """Draw a trend.

    :param list rows: ``(label, reported, solved, share)``; the share is in per cent,
        None where there is no data
    :param str reported: name of the first bars
    :param str solved: name of the second bars
    :param str share: name of the line
    :rtype: markupsafe.Markup
    """
    top = nice_top(max((max(row[1], row[2]) for row in rows), default=1))
    inner = HEIGHT - TOP - BOTTOM
    slot = (WIDTH - LEFT - RIGHT) / max(len(rows), 1)
    bar = slot * 0.28
    parts = []

    def text(x, y, words, anchor="middle", size=11, color="#3e4c59"):
        parts.append(
            Markup(
                '<text x="%.1f" y="%.1f" font-size="%s" text-anchor="%s" fill="%s">'
                "%s</text>"
            )
            % (x, y, size, anchor, color, escape(words))
        )

    for fraction in (0, 0.5, 1):
        y = TOP + inner * (1 - fraction)
        parts.append(
            Markup('<line x1="%s" x2="%s" y1="%.1f" y2="%.1f" stroke="#d5dbe1"/>')
            % (LEFT, WIDTH - RIGHT, y, y)
        )
        if top * fraction == int(top * fraction):
            text(LEFT - 6, y + 4, str(int(top * fraction)), "end")
        text(WIDTH - RIGHT + 6, y + 4, f"{int(100 * fraction)} %", "start")
    points = []
    for index, (label, first, second, percent) in enumerate(rows):
        middle = LEFT + slot * (index + 0.5)
        for value, x, color in (
            (first, middle - bar - 1, COLORS["reported"]),
            (second, middle + 1, COLORS["solved"]),
        ):
            height = inner * value / top
            y = TOP + inner - height
            parts.append(
                Markup('<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>')
                % (x, y, bar, height, color)
            )
            text(x + bar / 2, y - 3, str(value), size=9)
        text(middle, HEIGHT - 10, label)
        if percent is not None:
            points.append((middle, TOP + inner * (1 - percent / 100)))
        elif points:
            parts.append(_line(points))
            points = []
    parts.append(_line(points))
    x = LEFT
    for name, words in (("reported", reported), ("solved", solved), ("share", share)):
        parts.append(
            Markup('<rect x="%.1f" y="6" width="10" height="10" fill="%s"/>')
            % (x, COLORS[name])
        )
        text(x + 15, 15, words, "start")
        x += 40 + 9 * len(words)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="100%%" '
        'role="img">%s</svg>'
    ) % (WIDTH, HEIGHT, Markup("").join(parts))


def _line(points):
    """A line through points, with a dot at each."""
    if not points:
        return Markup("")
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = Markup("").join(
        Markup('<circle cx="%.1f" cy="%.1f" r="3.5" fill="%s"/>')
        % (x, y, COLORS["share"])
        for x, y in points
    )
    return (
        Markup('<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>')
        % (path, COLORS["share"])
        + dots
    )
