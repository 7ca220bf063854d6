# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .major_common import MajorCommon


@tagged("post_install", "-at_install")
class TestMajorUnit(MajorCommon):
    """Head office and units (INC-40): the company of the tests is the unit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.office = cls.env["res.company"].create({"name": "Head Office"})
        cls.company.itsm_head_office_id = cls.office
        cls.office_manager = cls._create_user(
            "itsm-office",
            "itsm_base.itsm_group_agent",
            company_id=cls.office.id,
            company_ids=[(6, 0, cls.office.ids)],
        )
        cls._hold(
            "itsm_base.itsm_role_incident_manager", cls.office_manager, cls.office
        )

    def _raise(self, major, reason="All units are concerned"):
        major.with_user(self.incident_manager)._raise_to_head(reason)
        return major.sudo().raised_to_id

    def test_raise(self):
        """INC-40: the head office gets a proposal and a ticket of its own, without the
        unit's requesters; its incident manager is told, and decides; the unit is told
        and sees words only."""
        major = self._declared(name="Mail is down")
        head = self._raise(major)
        mine = head.with_user(self.office_manager)
        self.assertEqual(mine.state, "proposed")
        self.assertEqual(mine.company_id, self.office)
        self.assertEqual(mine.manager_id, self.office_manager)
        ticket = head.ticket_id
        self.assertEqual(ticket.company_id, self.office)
        self.assertFalse(ticket.partner_id)
        self.assertIn("Mail is down", ticket.name)
        self.assertIn("No mail for anybody", ticket.description)
        told = self._told("major_proposed", head)
        self.assertIn(self.office_manager.partner_id.id, [row[1] for row in told])
        self.assertEqual(mine.unit_text, f"{self.company.name}: Declared, 1 tickets")
        unit = major.with_user(self.incident_manager)
        self.assertEqual(unit.head_text, "Head Office: Proposed")
        mine.action_declare()
        unit.invalidate_recordset()
        self.assertEqual(unit.head_text, "Head Office: Declared")
        answers = self._told("major_head_answer", major)
        self.assertIn(self.incident_manager.partner_id.id, [row[1] for row in answers])

    def test_walls(self):
        """INC-40: neither reads or leads the record of the other."""
        major = self._proposed()
        head = self._raise(major)
        with self.assertRaises(AccessError):
            head.with_user(self.incident_manager).read(["name"])
        with self.assertRaises(AccessError):
            major.with_user(self.office_manager).read(["name"])
        with self.assertRaises(AccessError):
            major.with_user(self.office_manager).action_declare()
        with self.assertRaises(AccessError):
            head.with_user(self.manager)._refuse("No")

    def test_bad_input(self):
        """INC-40: raised once, with a reason, by who leads it, to a head office."""
        major = self._proposed()
        with self.assertRaises(AccessError):
            major.with_user(self.agent)._raise_to_head("Large")
        with self.assertRaises(UserError):
            self._raise(major, " ")
        self._raise(major)
        with self.assertRaises(UserError):
            self._raise(major)
        self.company.itsm_head_office_id = False
        other = self._proposed()
        self.assertFalse(other.with_user(self.incident_manager).can_raise)
        with self.assertRaises(UserError):
            self._raise(other)
        self.company.itsm_head_office_id = self.office
        with self.assertRaises(ValidationError):
            self.office.itsm_head_office_id = self.company

    def test_merge_of_units(self):
        """INC-40: what two units raise becomes one at the head office; both are told
        of it."""
        one, two = self._proposed(), self._proposed()
        head, other = self._raise(one), self._raise(two)
        head.with_user(self.office_manager).write({"impact_text": "No mail at all"})
        head.with_user(self.office_manager).action_declare()
        other.with_user(self.office_manager)._merge_into(
            head.with_user(self.office_manager)
        )
        self.assertEqual((one | two).sudo().raised_to_id, head)
        self.assertEqual(other.ticket_id.parent_id, head.ticket_id)
