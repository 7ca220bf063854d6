# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime

from odoo.tests import BaseCase, tagged

from ..tools.roster import Slot, clip, merge, plan, seconds, subtract


def at(day, hour):
    return datetime(2026, 3, day, hour)


@tagged("post_install", "-at_install")
class TestRosterTool(BaseCase):
    """Intervals and turns, by hand."""

    def test_intervals(self):
        """DSK-04: neighbours are joined; what is left between them is a gap."""
        joined = merge(
            [(at(2, 13), at(2, 18)), (at(2, 9), at(2, 12)), (at(2, 12), at(2, 13))]
        )
        self.assertEqual(joined, [(at(2, 9), at(2, 18))])
        self.assertEqual(merge([(at(2, 9), at(2, 9))]), [])
        gaps = subtract(
            [(at(2, 9), at(2, 18))], [(at(2, 8), at(2, 10)), (at(2, 12), at(2, 16))]
        )
        self.assertEqual(gaps, [(at(2, 10), at(2, 12)), (at(2, 16), at(2, 18))])
        self.assertEqual(subtract([(at(2, 9), at(2, 10))], [(at(2, 9), at(2, 10))]), [])
        self.assertEqual(subtract([(at(2, 9), at(2, 10))], []), [(at(2, 9), at(2, 10))])
        self.assertEqual(
            clip([(at(1, 22), at(2, 6))], at(2, 0), at(3, 0)), [(at(2, 0), at(2, 6))]
        )
        self.assertEqual(
            seconds([(at(2, 9), at(2, 12)), (at(2, 13), at(2, 14))]), 4 * 3600
        )

    def test_turns(self):
        """DSK-08: least hours first, then in turn; busy people are passed over."""
        slots = [
            Slot("early", at(d, 8), at(d, 16), None, 1, ("a", "b", "c"))
            for d in (2, 3, 4, 5)
        ]
        given, missing = plan(slots, {"b": [(at(3, 0), at(4, 0))]})
        self.assertEqual([person for _slot, person in given], ["a", "c", "b", "a"])
        self.assertFalse(missing)

    def test_week_is_kept(self):
        """DSK-08: who has the first shift of a week keeps it, as far as he can."""
        slots = [
            Slot("call", at(d, 18), at(d, 22), d // 8, 1, ("a", "b"))
            for d in (2, 3, 4, 9, 10)
        ]
        given, _missing = plan(slots, {"a": [(at(3, 0), at(4, 0))]})
        self.assertEqual([person for _slot, person in given], ["a", "b", "a", "b", "b"])

    def test_missing(self):
        """DSK-04: what nobody can take is said, not given twice."""
        slots = [Slot("early", at(2, 8), at(2, 16), None, 3, ("a", "b"))]
        given, missing = plan(slots, {})
        self.assertEqual([person for _slot, person in given], ["a", "b"])
        self.assertEqual([(slot.people, count) for slot, count in missing], [(3, 1)])
