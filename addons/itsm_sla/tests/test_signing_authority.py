# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .signing_common import SigningCommon


@tagged("post_install", "-at_install")
class TestSigningAuthority(SigningCommon):
    """Nobody gives himself authority to sign (SLM-74; segregation of duties)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager_2 = cls._create_user(
            "itsm-manager-2", "itsm_base.itsm_group_manager"
        )
        cls.admin = cls.env.ref("base.user_admin")
        cls.admin.company_ids = [Command.link(cls.company.id)]
        cls.admin.group_ids = [
            Command.link(cls.env.ref("itsm_base.itsm_group_manager").id)
        ]

    def _grant(self, by, user, **vals):
        authorities = self.env["itsm.signing.authority"].with_user(by)
        return authorities.create(self._authority_vals(user, **vals))

    def _refused(self, call, text="Nobody gives himself"):
        with self.assertRaisesRegex(AccessError, text), self.cr.savepoint():
            call()
        self.env.invalidate_all()

    def _mine(self, user):
        return self.env["itsm.signing.authority"]._of(user, self.agreement, "provider")

    def test_own(self):
        """SLM-74: a manager and an administrator are refused, in sudo as well; for
        somebody else they may, and it says who granted it."""
        for user in (self.manager, self.admin):
            authorities = self.env["itsm.signing.authority"].with_user(user)
            for records in (authorities, authorities.sudo()):
                self._refused(
                    lambda records=records, user=user: records.create(
                        self._authority_vals(user)
                    )
                )
        with self.at("2026-03-23 10:00"):
            granted = self._grant(self.manager, self.admin)
        self.assertRecordValues(
            granted,
            [
                {
                    "granted_by_id": self.manager.id,
                    "granted_at": self.utc("2026-03-23 10:00"),
                    "confirmed_by_id": False,
                }
            ],
        )
        self.assertEqual(self._mine(self.admin), granted.sudo())

    def test_own_by_write(self):
        """SLM-74: by writing the person, and by giving more by one's own."""
        granted = self._grant(self.manager, self.director)
        self._refused(lambda: granted.write({"user_id": self.manager.id}))
        granted.with_user(self.manager_2).user_id = self.manager
        self.assertEqual(granted.granted_by_id, self.manager_2)
        for vals in (
            {"amount_max": 1000000},
            {"is_unlimited": True},
            {"kind": "uc"},
            {"side": "proxy"},
            {"date_start": "2019-01-01"},
            {"user_id": self.agent.id, "amount_max": 5},
        ):
            with self.subTest(vals=vals):
                self._refused(
                    lambda vals=vals: granted.with_user(self.manager).write(vals)
                )
        # Less by one's own is allowed, more again is not.
        granted.with_user(self.manager).date_end = "2030-12-31"
        for vals in ({"date_end": "2031-01-01"}, {"date_end": False}):
            self._refused(lambda vals=vals: granted.with_user(self.manager).write(vals))
        granted.with_user(self.manager).active = False
        self._refused(lambda: granted.with_user(self.manager).action_unarchive())
        self.assertEqual(granted.granted_by_id, self.manager_2)

    def test_batch(self):
        """SLM-74: one's own among others: none of them is made."""
        authorities = self.env["itsm.signing.authority"].with_user(self.manager)
        before = authorities.search_count([])
        self._refused(
            lambda: authorities.create(
                [
                    self._authority_vals(self.director, kind="uc"),
                    self._authority_vals(self.manager),
                ]
            )
        )
        self.assertEqual(authorities.search_count([]), before)
        some = self._grant(self.manager, self.director, kind="uc")
        some |= self._grant(self.manager, self.seller, kind="uc")
        self._refused(lambda: some.write({"user_id": self.manager.id}))

    def test_who_granted_is_not_written(self):
        """Manners: who granted and confirmed is written by the code alone."""
        granted = self._grant(self.manager, self.director, kind="uc")
        for name in ("granted_by_id", "confirmed_by_id"):
            with self.assertRaises(UserError):
                granted.write({name: self.manager_2.id})
            with self.assertRaises(UserError):
                self._grant(self.manager, self.seller, **{name: self.manager_2.id})

    def test_own_role(self):
        """SLM-74: authority of a role counts for its holders, but for who granted it
        or made himself a holder only by another person's hand."""
        role = self.env.ref("itsm_base.itsm_role_service_level_manager")
        role.holder_ids = [Command.clear()]
        role.with_user(self.manager_2).holder_ids = [
            Command.create({"user_id": user.id, "company_id": self.company.id})
            for user in (self.manager, self.agent)
        ]
        granted = self.env["itsm.signing.authority"].with_user(self.manager)
        granted = granted.create(
            {
                "role_id": role.id,
                "company_id": self.company.id,
                "is_unlimited": True,
                "date_start": "2020-01-01",
            }
        )
        self.assertEqual(self._mine(self.agent), granted.sudo())
        self.assertFalse(self._mine(self.manager))
        self._put()
        own = self.agreement.with_user(self.manager)
        self._refused(lambda: own._check_authority("provider"), "given yourself")
        self._refused(granted.action_confirm, "let another manager")
        with self.assertRaises(AccessError):
            granted.with_user(self.sla_manager).action_confirm()
        granted.with_user(self.manager_2).action_confirm()
        self.assertEqual(granted.confirmed_by_id, self.manager_2)
        self.assertEqual(self._mine(self.manager), granted.sudo())
        # Changed once more, it is confirmed once more.
        granted.amount_max = 5
        self.assertFalse(granted.confirmed_by_id)
        # Who names himself to the role signs nothing by it.
        self.assertFalse(self._mine(self.manager_2))
        role.with_user(self.manager_2).holder_ids = [
            Command.create(
                {"user_id": self.manager_2.id, "company_id": self.company.id}
            )
        ]
        self.assertFalse(self._mine(self.manager_2))
        holder = role.holder_ids.filtered(lambda h: h.user_id == self.agent)
        with self.assertRaises(UserError):
            holder.with_user(self.manager).named_by_id = self.manager_2
        holder.with_user(self.manager).user_id = self.admin
        self.assertEqual(holder.named_by_id, self.manager)
        self.assertEqual(self._mine(self.admin), granted.sudo())
