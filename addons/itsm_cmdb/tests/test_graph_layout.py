# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random

from odoo.tests import BaseCase, tagged

from ..tools import graph_layout
from ..tools.graph_layout import CAPTION, HEIGHT, WIDTH, lay_out


@tagged("post_install", "-at_install")
class TestGraphLayout(BaseCase):
    """Pictures: where nodes stand."""

    def _check(self, layers, places):
        """No two overlap; farther levels stand farther to the right."""
        self.assertEqual(len(layers), len(places))
        boxes = sorted(
            (x, y, layer) for (x, y), layer in zip(places, layers, strict=True)
        )
        for number, (x, y, layer) in enumerate(boxes):
            for other_x, other_y, other in boxes[number + 1 :]:
                if other_x - x >= WIDTH:
                    break
                widths = [CAPTION if one % 2 else WIDTH for one in (layer, other)]
                self.assertTrue(
                    other_x - x >= sum(widths) / 2 or abs(other_y - y) >= HEIGHT,
                    ((x, y), (other_x, other_y)),
                )
        for layer in set(layers):
            mine = [p[0] for p, at in zip(places, layers, strict=True) if at == layer]
            after = [p[0] for p, at in zip(places, layers, strict=True) if at > layer]
            if after:
                self.assertLess(max(mine), min(after))

    def test_no_overlap(self):
        """Small and large, dense and loose, with redundancies, alone and in circles."""
        rng = random.Random(7)
        for count, levels, dense in (
            *((1, 1, 0), (2, 1, 1), (30, 5, 2), (120, 6, 3)),
            *((700, 8, 1), (400, 3, 0)),
        ):
            layers = [0] + [
                rng.choice([2 * level, 2 * level, 2 * level - 1])
                for level in (rng.randint(1, levels) for _n in range(count - 1))
            ]
            edges = [
                (rng.randrange(count), rng.randrange(count))
                for _n in range(count * dense)
            ]
            edges = [(one, two) for one, two in edges if one != two]
            self._check(layers, lay_out(layers, edges))

    def test_empty(self):
        """Nothing has no place."""
        self.assertEqual(lay_out([], []), [])

    def test_long_level(self):
        """A long level is broken, so that the picture is about as wide as a screen."""
        layers = [0] + [2] * 1000
        places = lay_out(layers, [(0, number) for number in range(1, 1001)])
        self._check(layers, places)
        width = max(x for x, _y in places) + WIDTH / 2
        height = max(y for _x, y in places) + HEIGHT / 2
        self.assertTrue(1 < width / height < 2.5, width / height)

    def test_line_back(self):
        """A line back passes below the picture, a line on does not."""
        line = graph_layout.line
        self.assertNotIn(" 516", line((0, 0), (400, 100), (WIDTH, WIDTH), 500))
        self.assertIn(" 516", line((1400, 0), (0, 100), (WIDTH, WIDTH), 500))
