# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Every form of the app opens for a new record, before anything is entered."""

from odoo.tests import Form, TransactionCase, new_test_user, tagged

#: Opens for an agreement only, which its action gives.
GIVEN = ["itsm.agreement.activate"]


@tagged("post_install", "-at_install")
class TestForms(TransactionCase):
    """What a new form computes copes with fields that are empty as yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = ["base.group_system"]
        groups += [
            "itsm_base.itsm_group_manager",
            "itsm_desk.itsm_group_complaint",
            "itsm_desk.itsm_group_security",
        ]
        cls.user = new_test_user(cls.env, "t_forms", ",".join(groups))

    def test_new(self):
        """Manners: each form of what a manager may create opens empty."""
        opened = []
        views = self.env["ir.ui.view"].search(
            [
                ("type", "=", "form"),
                ("mode", "=", "primary"),
                ("model", "=like", "itsm.%"),
            ]
        )
        for view in views:
            if view.model not in self.env or view.model in GIVEN:
                continue
            model = self.env[view.model].with_user(self.user)
            if not model.has_access("create"):
                continue
            with self.subTest(view=view.xml_id), self.cr.savepoint():
                Form(model, view=view.xml_id)
            opened.append(view.model)
        self.assertIn("itsm.service", opened)
