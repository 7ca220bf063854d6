# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import ItsmCommon

#: A shipped record of each kind that companies share, and a field to change.
SHARED = (
    ("itsm_base.itsm_role_desk_lead", "name"),
    ("itsm_base.itsm_document_kind_d45", "name"),
    ("itsm_base.itsm_closing_code_solved", "name"),
)


@tagged("post_install", "-at_install")
class TestShared(ItsmCommon):
    """What companies share is changed by who works in all of them (MS-60)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unit = cls.env["res.company"].create({"name": "Unit"})
        cls.unit_manager = new_test_user(
            cls.env,
            "shared-unit",
            "itsm_base.itsm_group_manager",
            company_id=cls.unit.id,
            company_ids=[Command.set(cls.unit.ids)],
        )
        cls.group_manager = new_test_user(
            cls.env,
            "shared-group",
            "itsm_base.itsm_group_manager",
            company_ids=[Command.set(cls.env["res.company"].search([]).ids)],
        )

    def _records(self, user):
        records = [(self.env.ref(xmlid), field) for xmlid, field in SHARED]
        kpi = self.env["itsm.kpi"].create(
            {"name": "Shared", "code": "SH1", "formula": "x", "source": "manual"}
        )
        kind = self.env["itsm.meeting.kind"].create({"name": "Shared", "code": "sh1"})
        kind.company_id = False
        reason = self.env["itsm.pause.reason"].create({"name": "Shared"})
        reason.company_id = False
        records += [(kpi, "name"), (kind, "name"), (reason, "name")]
        return [(record.with_user(user), field) for record, field in records]

    def test_denied(self):
        """MS-60: the manager of a unit neither renames nor removes them, nor makes
        one for everybody."""
        for record, field in self._records(self.unit_manager):
            with self.subTest(record=record._name):
                with self.assertRaises(AccessError):
                    record[field] = "hijacked"
                with self.assertRaises(AccessError):
                    record.unlink()
        with self.assertRaisesRegex(AccessError, "holds for all companies"):
            self.env["itsm.closing.code"].with_user(self.unit_manager).create(
                {"name": "For all"}
            )

    def test_own(self):
        """MS-60: what is of his company he makes and changes, but not for all."""
        reasons = self.env["itsm.pause.reason"].with_user(self.unit_manager)
        reason = reasons.create({"name": "Ours", "company_id": self.unit.id})
        reason.name = "Ours indeed"
        with self.assertRaisesRegex(AccessError, "holds for all companies"):
            reason.company_id = False

    def test_holders(self):
        """MS-60: who holds a role in his company is his to say."""
        role = self.env.ref("itsm_base.itsm_role_desk_lead")
        role.with_user(self.unit_manager).holder_ids = [
            Command.create(
                {"company_id": self.unit.id, "user_id": self.unit_manager.id}
            )
        ]
        self.assertIn(self.unit_manager, role._holders(self.unit))

    def test_granted(self):
        """MS-60: who works in all companies changes what they share."""
        for record, field in self._records(self.group_manager):
            with self.subTest(record=record._name):
                record[field] = "Better"
                self.assertEqual(record[field], "Better")
