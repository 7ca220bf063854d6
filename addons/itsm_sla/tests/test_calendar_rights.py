# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.itsm_base.tests.calendar_rights import CalendarRights

from .common import SlaCommon


@tagged("post_install", "-at_install")
class TestCalendarRights(CalendarRights, SlaCommon):
    """Manners: the service level manager keeps his companies' working time, and the
    shared templates stay with the ITSM manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCalendars()
        cls.keeper = cls.sla_manager
        cls.sla_manager_2 = new_test_user(
            cls.env,
            login="itsm-sla-manager-2",
            groups="itsm_sla.itsm_group_sla_manager",
            company_id=cls.company_2.id,
            company_ids=[Command.set(cls.company_2.ids)],
        )
        cls.template = cls.env.ref("itsm_sla.itsm_agreement_template_default")

    def test_shared_template(self):
        """SLM-01, Manners: a template without company is not one company's."""
        self.assertFalse(self.template.company_id)
        for user in (self.sla_manager, self.sla_manager_2):
            with self.subTest(user=user.login):
                template = self.template.with_user(user)
                targets = template.target_ids
                self.assertTrue(targets)
                self._refused(template.write, {"name": "Mine"})
                self._refused(
                    template.write, {"target_ids": [Command.delete(targets[0].id)]}
                )
                self._refused(template.write, {"company_id": user.company_id.id})
                self._refused(template.unlink)
                self._refused(
                    template.create,
                    {"name": "New", "is_template": True, "company_id": False},
                )
                self._refused(targets.write, {"minutes": 1})
                self._refused(targets.unlink)
                vals = targets[0].copy_data()[0]
                self.template.target_ids[0].unlink()
                self._refused(targets.create, {"agreement_id": template.id, **vals})

    def test_shared_template_of_the_manager(self):
        """SLM-01, Manners: the ITSM manager keeps shared templates."""
        template = self.template.with_user(self.manager)
        template.name = "Changed"
        template.target_ids[0].minutes += 1
        template.target_ids[0].unlink()
        new = template.create({"name": "New", "is_template": True, "company_id": False})
        self.env.flush_all()
        new.unlink()

    def test_template_is_copied(self):
        """SLM-01: every service level manager copies it into his company."""
        for user in (self.sla_manager, self.sla_manager_2):
            with self.subTest(user=user.login):
                action = self.template.with_user(user).action_new_from_template()
                copy = self.env["itsm.agreement"].browse(action["res_id"])
                self.assertEqual(copy.company_id, user.company_id)
                self.assertEqual(len(copy.target_ids), len(self.template.target_ids))
                copy = copy.with_user(user)
                copy.name = "Ours"
                copy.target_ids[0].minutes = 7
                copy.target_ids[1].unlink()

    def test_foreign_agreement(self):
        """SLM-01, Manners: nor does anybody change another company's agreement."""
        agreement = self._draft_agreement()
        for records, vals in (
            (agreement, {"name": "Mine"}),
            (agreement.target_ids, {"minutes": 1}),
        ):
            theirs = records.with_user(self.sla_manager_2)
            self._refused(theirs.write, vals)
            self._refused(theirs.unlink)
            records.with_user(self.sla_manager).write(vals)
