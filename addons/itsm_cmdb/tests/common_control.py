# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command

from .common import CmdbCommon


class ControlCommon(CmdbCommon):
    """One class that refuses, one that records, one that is free; items of an owner."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.class_base.control = "refuse"
        cls.class_leaf_2.control = "record"
        mine = {"owner_id": cls.ci_owner.id}
        first = cls._authorise(classes=cls.class_base, name="First load")
        cls.strict = cls._ci("strict", serial="S1", attributes={"t_int": 1}, **mine)
        cls.strict_2 = cls._ci("strict 2", **mine)
        cls.noted = cls._ci("noted", cls.class_leaf_2, serial="N1", **mine)
        cls.free = cls._ci("free", cls.class_other, **mine)
        cls.relation = cls._relate(cls.strict, cls.strict_2)
        cls.env.flush_all()
        first.with_user(cls.ci_manager).action_withdraw()
        cls.strict = cls.strict.with_user(cls.ci_owner)
        cls.noted = cls.noted.with_user(cls.ci_owner)
        cls.env.flush_all()

    @classmethod
    def _authorise(cls, items=None, classes=None, user=None, **vals):
        """An authorisation in its window, approved."""
        now = fields.Datetime.now()
        manager = user or cls.ci_manager
        record = (
            cls.env["itsm.ci.authorisation"]
            .with_user(manager)
            .create(
                {
                    "name": "Planned",
                    "reason": "As agreed.",
                    "ci_ids": [Command.set(items.ids if items else [])],
                    "class_ids": [Command.set(classes.ids if classes else [])],
                    "date_start": now - timedelta(hours=1),
                    "date_end": now + timedelta(hours=1),
                    **vals,
                }
            )
        )
        record.action_approve()
        return record

    def _refused(self, act, *words):
        """*act* is refused with *words*, and leaves nothing behind."""
        self.env.flush_all()
        before = self._stored()
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            act()
            self.env.flush_all()
        self.env.invalidate_all()
        for word in words:
            self.assertIn(word, str(caught.exception))
        self.assertEqual(self._stored(), before)

    def _stored(self):
        """All that is under control, as the tables have it."""
        self.cr.execute("SELECT to_jsonb(t) - 'write_date' FROM itsm_ci t ORDER BY id")
        rows = self.cr.fetchall()
        self.cr.execute("SELECT to_jsonb(t) FROM itsm_ci_relation t ORDER BY id")
        rows += self.cr.fetchall()
        self.cr.execute("SELECT to_jsonb(t) FROM itsm_ci_redundancy t ORDER BY id")
        return rows + self.cr.fetchall()

    def _unauthorised(self, item=None):
        """``[(attribute, before, after)]`` of unauthorised changes, oldest first."""
        self.env.flush_all()
        changes = self.env["itsm.ci.unauthorised"].sudo()
        domain = [("ci_id", "=", item.id)] if item else []
        return [
            (change.attribute, change.old_value, change.new_value)
            for change in changes.search(domain, order="id")
        ]

    def _changes(self, item):
        self.env.flush_all()
        changes = self.env["itsm.ci.unauthorised"]
        return changes.search([("ci_id", "=", item.id)], order="id")
