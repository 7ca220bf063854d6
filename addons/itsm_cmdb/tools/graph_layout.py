# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Where the nodes of a picture stand, and how the lines between them run.

Lengths are pixels at full size; x grows to the right, y downwards.
"""

from collections import defaultdict

import igraph

#: Size of a node, of a redundancy, and the room around them.
WIDTH, HEIGHT = 192, 42
ROUND = 40
#: Room for what is written under a redundancy.
CAPTION = 104
GAP_X, GAP_Y = 72, 16
#: Between the columns into which a long level is broken.
GAP_COLUMN = 18
ROW = HEIGHT + GAP_Y
#: A level of no more than this stands in one column.
ROWS = 24
#: Width of the picture in heights that is aimed at.
ASPECT = 1.8
#: Rounds in which crossings are reduced.
ROUNDS = 24
#: Lines over more levels than this do not pull at the nodes.
SPAN = 3


def lay_out(layers, edges):
    """Places by the layered layout of Sugiyama, broken into columns where it is long.

    :param list layers: layer of each vertex; even ones hold nodes, odd ones
        redundancies
    :param list edges: ``(from, to)`` by index, in any direction
    :return: centres ``[(x, y), …]``, the smallest at half a node from 0
    """
    if not layers:
        return []
    used = {layer: place for place, layer in enumerate(sorted(set(layers)))}
    places = [used[layer] for layer in layers]
    order = _order(places, edges)
    members = defaultdict(list)
    for vertex, place in enumerate(places):
        members[place].append(vertex)
    for vertices in members.values():
        vertices.sort(key=lambda vertex: (order[vertex], vertex))
    longest = max(len(vertices) for vertices in members.values())
    extent = max(order) - min(order) + 1
    is_round = {place: bool(layer % 2) for layer, place in used.items()}
    if longest <= ROWS and extent <= 2 * longest:
        return _in_columns(members, is_round, order)
    return _broken(members, is_round)


def _order(places, edges):
    """Position of each vertex in its layer.

    igraph 1.0.0 ends the whole process (segmentation fault) over a graph of which a
    part does not begin at the first layer or leaves one out. So one vertex before all
    holds the first layer together, and a vertex that nothing leads to hangs on the
    first one of the layer before.
    """
    forward = {
        (one, two) if places[one] < places[two] else (two, one)
        for one, two in edges
        if 0 < abs(places[one] - places[two]) <= SPAN
    }
    led_to = {two for _one, two in forward}
    first = {}
    for vertex, place in enumerate(places):
        first.setdefault(place, vertex)
    before_all = len(places)
    for vertex, place in enumerate(places):
        if vertex not in led_to:
            forward.add((first[place - 1] if place else before_all, vertex))
    graph = igraph.Graph(len(places) + 1, sorted(forward), directed=True)
    layout = graph.layout_sugiyama(
        layers=[*(place + 1 for place in places), 0], maxiter=ROUNDS
    )
    return [layout[vertex][0] for vertex in range(len(places))]


def _in_columns(members, is_round, order):
    """Each level one column, as the layout has it."""
    result = {}
    left = 0
    lowest = min(order)
    for place in sorted(members):
        width = CAPTION if is_round[place] else WIDTH
        last = None
        for vertex in members[place]:
            row = order[vertex] - lowest
            row = row if last is None else max(row, last + 1)
            result[vertex] = (left + width / 2, HEIGHT / 2 + row * ROW)
            last = row
        left += width + GAP_X
    return [result[vertex] for vertex in range(len(order))]


def _broken(members, is_round):
    """Long levels in several columns, row by row, so that neighbours stay near."""
    rows = _rows(members, is_round)
    height = rows * ROW
    result = {}
    left = 0
    for place in sorted(members):
        vertices = members[place]
        width = CAPTION if is_round[place] else WIDTH
        columns = -(-len(vertices) // rows)
        lines = -(-len(vertices) // columns)
        step = max(min(height / lines, 3 * ROW), ROW)
        top = (height - step * lines) / 2 + step / 2
        for number, vertex in enumerate(vertices):
            row, column = divmod(number, columns)
            x = left + column * (width + GAP_COLUMN) + width / 2
            result[vertex] = (x, top + row * step)
        left += columns * (width + GAP_COLUMN) - GAP_COLUMN + GAP_X * 1.5
    lowest = min(y for _x, y in result.values()) - HEIGHT / 2
    return [(x, y - lowest) for _vertex, (x, y) in sorted(result.items())]


def _rows(members, is_round):
    """So many rows that the picture is about as wide as a screen."""
    longest = max(len(vertices) for vertices in members.values())
    rows = ROWS
    while rows < longest:
        width = sum(
            -(-len(vertices) // rows)
            * ((CAPTION if is_round[place] else WIDTH) + GAP_COLUMN)
            + GAP_X * 1.5
            for place, vertices in members.items()
        )
        if width <= ASPECT * rows * ROW:
            break
        rows += 4
    return rows


def line(start, end, widths, bottom):
    """The line between two centres: leaves to the right, arrives from the left.

    :param tuple start: centre of the cause
    :param tuple end: centre of what is affected
    :param tuple widths: of both
    :param float bottom: of the picture; what leads far back passes below it
    :return: the ``d`` of an SVG path
    """
    x1, y1 = start[0] + widths[0] / 2, start[1]
    # the line ends where its point begins
    x2, y2 = end[0] - widths[1] / 2 - 6, end[1]
    if x2 > x1:
        pull = max(GAP_X / 2, min((x2 - x1) / 2, 2 * GAP_X))
        curves = [(x1 + pull, y1, x2 - pull, y2, x2, y2)]
    else:
        # back or straight up or down: around what stands there
        is_near = x1 - x2 < 2 * WIDTH
        pass_y = max(y1, y2) + ROW / 2 if is_near else bottom + GAP_Y
        turn = GAP_X / 2
        curves = [
            (x1 + turn, y1, x1 + turn, pass_y, x1, pass_y),
            (x1, pass_y, x2, pass_y, x2, pass_y),
            (x2 - turn, pass_y, x2 - turn, y2, x2, y2),
        ]
    text = f"M{x1:.0f} {y1:.0f}"
    for curve in curves:
        text += "C{} {} {} {} {} {}".format(*(f"{value:.0f}" for value in curve))
    return text
