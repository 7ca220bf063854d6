# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import ItsmCommon


@tagged("post_install", "-at_install")
class TestRole(ItsmCommon):
    """Design 7: duties and approvals name roles, not people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.agent_2.company_ids = [Command.link(cls.other.id)]
        cls.role, cls.vacant = cls.env["itsm.role"].create(
            [{"name": "Reporter", "code": "t_rep"}, {"name": "Free", "code": "t_free"}]
        )
        cls.env["itsm.role.holder"].create(
            [
                {
                    "role_id": cls.role.id,
                    "user_id": user.id,
                    "company_id": company.id,
                    "sequence": sequence,
                }
                for user, company, sequence in (
                    (cls.agent_2, cls.company, 2),
                    (cls.agent, cls.company, 1),
                    (cls.agent_2, cls.other, 1),
                )
            ]
        )

    def test_holders(self):
        """Design 7: active holders in order, of one company."""
        self.assertEqual(
            list(self.role._holders(self.company)), [self.agent, self.agent_2]
        )
        self.assertEqual(self.role._holders(self.other), self.agent_2)
        self.assertFalse(self.vacant._holders(self.company))
        self.agent.active = False
        self.assertEqual(self.role._holders(self.company), self.agent_2)

    def test_holders_by_role(self):
        """design.md Speed: holders of many roles and companies in three queries."""
        roles, companies = self.role | self.vacant, self.company | self.other
        self.env.flush_all()
        self.env.invalidate_all()
        # the groups, their rows, the users
        with self.assertQueryCount(3):
            holders = roles._holders_by_role(companies)
            names = [user.login for users in holders.values() for user in users]
        self.assertEqual(len(names), 3)
        self.assertEqual(
            set(holders),
            {(self.role.id, self.company.id), (self.role.id, self.other.id)},
        )

    def test_vacant(self):
        """Design 7: a role that nobody holds in the company shows."""
        roles = self.role | self.vacant
        self.assertEqual(roles.filtered("is_vacant"), self.vacant)
        found = self.env["itsm.role"].search([("is_vacant", "=", True)])
        self.assertIn(self.vacant, found)
        self.assertNotIn(self.role, found)
        self.agent.active = self.agent_2.active = False
        self.env.invalidate_all()
        self.assertTrue(self.role.is_vacant)
        self.assertIn(
            self.role, self.env["itsm.role"].search([("is_vacant", "=", True)])
        )

    def test_bad_holders(self):
        """Bad input: a portal user, somebody of another company, twice the same."""
        vals = {"role_id": self.vacant.id, "company_id": self.other.id}
        for user in (self.portal_user, self.agent):
            with self.assertRaises(ValidationError):
                self.env["itsm.role.holder"].create({**vals, "user_id": user.id})
        for model, vals in (
            ("itsm.role", {"name": "Again", "code": "t_rep"}),
            ("itsm.role.holder", {"role_id": self.role.id, "user_id": self.agent.id}),
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self.env[model].create(vals)

    def test_access(self):
        """E2: everybody reads who holds what, managers say so, each in his company."""
        holders = self.env["itsm.role.holder"]
        mine = holders.with_user(self.agent).search([("role_id", "=", self.role.id)])
        self.assertEqual(mine.company_id, self.company)
        with self.assertRaises(AccessError):
            mine[0].with_user(self.agent).sequence = 5
        with self.assertRaises(AccessError):
            self.role.with_user(self.lead).name = "Mine"
        with self.assertRaisesRegex(AccessError, "holds for all companies"):
            self.role.with_user(self.manager).name = "Renamed"
        theirs = self.role.holder_ids.filtered(lambda h: h.company_id == self.other)
        with self.assertRaises(AccessError):
            theirs.with_user(self.manager).sequence = 5

    def test_not_into_a_foreign_company(self):
        """E2: a manager moves no holder into a company that is not his."""
        holder = self.env["itsm.role.holder"].create(
            {
                "role_id": self.vacant.id,
                "company_id": self.company.id,
                "user_id": self.agent_2.id,
            }
        )
        with self.assertRaises(AccessError):
            holder.with_user(self.manager).company_id = self.other

    def test_form(self):
        """Design 7: a role is set up in one form, by who works in all companies."""
        everywhere = self.env["res.company"].search([])
        self.manager.company_ids = [Command.set(everywhere.ids)]
        with Form(self.env["itsm.role"].with_user(self.manager)) as form:
            form.name = "Capacity"
            form.code = "t_cap"
            with form.holder_ids.new() as line:
                line.user_id = self.agent
        self.assertEqual(form.record._holders(self.company), self.agent)
