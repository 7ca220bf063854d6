# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""The picture of an impact as a file of its own, for paper and for others."""

import re

from lxml import etree

from .graph_layout import HEIGHT, ROUND, WIDTH

NAMESPACE = "http://www.w3.org/2000/svg"
#: Room for lines that lead back around the picture.
MARGIN = 44
#: Characters that XML cannot hold.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LINES = {
    "plain": {"stroke": "#7b8794"},
    "standby": {"stroke": "#9aa5b1", "stroke-dasharray": "6 4"},
    "past": {"stroke": "#7b8794", "stroke-dasharray": "2 4"},
}
FONTS = "'Noto Sans', 'Noto Sans CJK SC', Helvetica, Arial, sans-serif"


def _element(parent, tag, text=None, **attributes):
    """Append an element; whatever it says stays a text."""
    values = {
        name.rstrip("_").replace("_", "-"): str(value)
        for name, value in attributes.items()
    }
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}", values)
    if text is not None:
        element.text = _FORBIDDEN.sub("", text)
    return element


def svg(graph, room=None):
    """The picture as an SVG document that needs nothing else.

    :param dict graph: see ``read_graph``
    :param tuple room: width and height into which it must fit; None: full size
    :rtype: str
    """
    width, height = graph["size"]
    scale = 1.0
    if room:
        full = (width + 2 * MARGIN, height + 2 * MARGIN)
        scale = min(1.0, room[0] / full[0], room[1] / full[1])
    root = etree.Element(
        f"{{{NAMESPACE}}}svg",
        {
            "viewBox": f"{-MARGIN} {-MARGIN} {width + 2 * MARGIN} "
            f"{height + 2 * MARGIN}",
            "width": f"{(width + 2 * MARGIN) * scale:.0f}",
            "height": f"{(height + 2 * MARGIN) * scale:.0f}",
            "font-family": FONTS,
        },
        nsmap={None: NAMESPACE},
    )
    _lines(root, graph)
    colours = {row["id"]: row for row in graph["classes"]}
    for redundancy in graph["redundancies"]:
        _redundancy(root, redundancy)
    for node in graph["nodes"]:
        _node(root, node, colours[node["class"]])
    return etree.tostring(root, encoding="unicode")


def _lines(root, graph):
    """All lines of a kind as one path, their points as another."""
    vertices = graph["nodes"] + graph["redundancies"]
    half = [WIDTH / 2] * len(graph["nodes"]) + [ROUND / 2] * len(graph["redundancies"])
    for style, attributes in LINES.items():
        edges = [edge for edge in graph["edges"] if edge[2] == style]
        if not edges:
            continue
        path = _element(root, "path", d="".join(edge[3] for edge in edges), fill="none")
        path.attrib.update(attributes)
        ends = dict.fromkeys(edge[1] for edge in edges)
        points = "".join(
            f"M{vertices[end]['x'] - half[end]:.0f} {vertices[end]['y']}l-8 -4v8z"
            for end in ends
        )
        _element(root, "path", d=points, fill=attributes["stroke"])


def _redundancy(root, redundancy):
    group = _element(
        root, "g", transform=f"translate({redundancy['x']} {redundancy['y']})"
    )
    _element(group, "title", redundancy["title"])
    colour = "#b3261e" if redundancy["lost"] else "#1b6e3c"
    _element(
        group,
        "circle",
        r=ROUND / 2,
        fill="#ffffff",
        stroke=colour,
        stroke_width=2,
    )
    _element(
        group,
        "text",
        redundancy["label"],
        y=4,
        text_anchor="middle",
        font_size=10.5,
        fill="#1f2933",
    )
    if redundancy["caption"]:
        _element(
            group,
            "text",
            redundancy["caption"],
            y=32,
            text_anchor="middle",
            font_size=10.5,
            fill="#52606d",
        )


def _node(root, node, ci_class):
    left, top = -WIDTH / 2, -HEIGHT / 2
    group = _element(root, "g", transform=f"translate({node['x']} {node['y']})")
    _element(group, "title", f"{ci_class['name']}: {node['name']}")
    if node["count"] > 1:
        _element(
            group,
            "rect",
            x=left + 4,
            y=top + 4,
            width=WIDTH,
            height=HEIGHT,
            rx=6,
            fill="#ffffff",
            stroke="#9aa5b1",
        )
    _element(
        group,
        "rect",
        x=left,
        y=top,
        width=WIDTH,
        height=HEIGHT,
        rx=6,
        fill="#fff7e0" if node["root"] else "#ffffff",
        stroke="#b3261e" if node["root"] else "#9aa5b1",
        stroke_width=3 if node["root"] else 1,
    )
    _element(
        group,
        "rect",
        x=left + 5,
        y=top + 6,
        width=32,
        height=HEIGHT - 12,
        rx=4,
        fill=ci_class["colour"],
    )
    _element(
        group,
        "text",
        ci_class["label"],
        x=left + 21,
        y=4,
        text_anchor="middle",
        font_size=10.5,
        font_weight="bold",
        fill="#ffffff",
    )
    _element(
        group, "text", node["label"], x=left + 43, y=-2, font_size=12.5, fill="#1f2933"
    )
    if node["count"] == 1:
        # of a group it says what a click does
        _element(
            group,
            "text",
            node["note"],
            x=left + 43,
            y=13,
            font_size=10.5,
            fill="#52606d",
        )
    if node["tickets"]:
        badge = _element(
            group, "g", transform=f"translate({WIDTH / 2 - 6} {-HEIGHT / 2})"
        )
        _element(badge, "circle", r=10, fill="#b3261e")
        _element(
            badge,
            "text",
            str(len(node["tickets"])),
            y=4,
            text_anchor="middle",
            font_size=11,
            font_weight="bold",
            fill="#ffffff",
        )
