# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .restriction_common import RestrictionCommon


@tagged("post_install", "-at_install")
class TestRestrictionPeople(RestrictionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.itsm_portal_own_tickets = True
        cls.colleague = cls._create_user("p9-colleague", "base.group_portal")
        cls.colleague.partner_id.parent_id = cls.customer
        cls.firm = cls.env["res.partner"].create({"name": "Firm", "is_company": True})
        cls.external, cls.external_2, cls.external_other = (
            cls._create_user(f"p9-external-{n}", "itsm_desk.itsm_group_external")
            for n in range(3)
        )
        (cls.external | cls.external_2).partner_id.write({"parent_id": cls.firm.id})

    def _seen(self, user, tickets):
        """Those of the tickets that a user finds; reading agrees with searching."""
        mine = self.tickets.with_user(user)
        self.env.flush_all()
        self.env.invalidate_all()
        found = mine.search([("id", "in", tickets.ids)])
        self.assertEqual(mine.browse(tickets.ids)._filtered_access("read"), found)
        return found.with_env(self.env)

    # === Customers ===

    def test_portal_sees_own_tickets(self):
        """Issue 5, People: one's own, those one follows; the organisation's if marked;
        never those of others, and never a colleague's restricted one."""
        own = self._report("2026-03-23 10:00")
        theirs = self._report(
            "2026-03-23 10:00", partner_id=self.colleague.partner_id.id
        )
        followed = self._report(
            "2026-03-23 10:00", partner_id=self.colleague.partner_id.id
        )
        followed.message_subscribe(self.requester.ids)
        foreign = self._report("2026-03-23 10:00", partner_id=self.requester_2.id)
        secret = self._secret(partner_id=self.colleague.partner_id.id)
        tickets = own | theirs | followed | foreign | secret
        self.assertEqual(self._seen(self.portal_user, tickets), own | followed)
        self.requester.itsm_sees_company_tickets = True
        self.assertEqual(self._seen(self.portal_user, tickets), own | theirs | followed)
        self.requester.itsm_sees_company_tickets = False
        self.assertEqual(self._seen(self.portal_user, tickets), own | followed)
        self.company.itsm_portal_own_tickets = False
        self.assertEqual(self._seen(self.portal_user, tickets), own | theirs | followed)
        self.assertEqual(self._seen(self.colleague, secret), secret)
        self.assertEqual(self._seen(self.portal_user_2, tickets), foreign)

    def test_portal_cannot_mark_himself(self):
        """Issue 5, bad input: the mark is the provider's."""
        self.assertFalse(
            self.requester.with_user(self.portal_user).has_access("write")
            and self.requester.with_user(self.portal_user)._has_field_access(
                self.requester._fields["itsm_sees_company_tickets"], "write"
            )
        )

    def test_existing_companies_keep_their_habits(self):
        """Issue 5, design: installing changes no right; companies without tickets and
        new ones start strict."""
        self._report("2026-03-23 10:00")
        fresh = self.env["res.company"].create({"name": "Fresh"})
        self.assertTrue(fresh.itsm_portal_own_tickets)
        companies = self.company | fresh
        companies.itsm_portal_own_tickets = False
        self.env["res.company"]._itsm_portal_start_strict()
        self.assertFalse(self.company.itsm_portal_own_tickets)
        self.assertTrue(fresh.itsm_portal_own_tickets)

    # === Departments ===

    def test_department_approver(self):
        """REQ-05, table 3: reads the tickets of the department's people, changes none,
        sees no restricted one and no other department."""
        department = self.env["itsm.department"].create(
            {"name": "Sales", "approver_ids": [Command.set(self.employee.ids)]}
        )
        member, other = self.env["res.partner"].create(
            [{"name": "M", "itsm_department_id": department.id}, {"name": "O"}]
        )
        own = self._report("2026-03-23 10:00", partner_id=member.id)
        foreign = self._report("2026-03-23 10:00", partner_id=other.id)
        secret = self._secret(partner_id=member.id)
        tickets = own | foreign | secret
        self.assertEqual(self._seen(self.employee, tickets), own)
        with self.assertRaises(AccessError):
            own.with_user(self.employee).name = "Mine"
        approver = self.colleague
        department.approver_ids = approver
        own.partner_id.parent_id = self.customer
        self.assertEqual(self._seen(approver, tickets), own)
        self.assertFalse(self._seen(self.employee, tickets))

    # === External engineers ===

    def test_external_engineer(self):
        """Table 3: what is assigned to people of his firm or held by it; also if he has
        other groups; no other ticket, clock or log."""
        self._create_agreement()
        mine = self._report("2026-03-23 10:00", user_id=self.external.id)
        colleague = self._report("2026-03-23 10:00", user_id=self.external_2.id)
        held = self._report("2026-03-23 10:00", supplier_id=self.firm.id)
        unassigned = self._report("2026-03-23 10:00", user_id=False)
        other = self._report("2026-03-23 10:00", user_id=self.external_other.id)
        tickets = mine | colleague | held | unassigned | other
        allowed = mine | colleague | held
        self.assertEqual(self._seen(self.external, tickets), allowed)
        self.external.group_ids += self.env.ref("itsm_base.itsm_group_agent")
        self.team.user_ids += self.external
        self.assertEqual(self._seen(self.external, tickets), allowed)
        for name in ("itsm.clock", "itsm.ticket.event"):
            seen = self.env[name].with_user(self.external).search([])
            self.assertEqual(seen.ticket_id & tickets, allowed, name)
        self._write("2026-03-23 11:00", mine, user=self.external, name="Fixed")
        secret = self._secret(user_id=self.external_2.id)
        self.assertFalse(self._seen(self.external, secret))
        self.assertEqual(self._seen(self.external_2, secret), secret)

    def test_external_engineer_takes_nothing_out(self):
        """Table 3: no export, no configuration."""
        mine = self._report("2026-03-23 10:00", user_id=self.external.id)
        group = self.env.ref("base.group_allow_export")
        (self.external | self.agent).write({"group_ids": [Command.link(group.id)]})
        with self.assertRaisesRegex(AccessError, "cannot export"):
            mine.with_user(self.external).export_data(["name"])
        mine.with_user(self.agent).export_data(["name"])
        for name in ("helpdesk.ticket.team", "itsm.pause.reason", "itsm.ticket.nature"):
            self.assertFalse(
                self.env[name].with_user(self.external).has_access("write")
            )

    # === Supervision ===

    def test_supervisor_reads(self):
        """DSK-10: reads tickets, clocks and logs, changes nothing."""
        self._create_agreement()
        ticket = self._report("2026-03-23 10:00")
        self.assertEqual(self._seen(self.supervisor, ticket), ticket)
        for name in ("itsm.clock", "itsm.ticket.event", "itsm.clock.report"):
            model = self.env[name].with_user(self.supervisor)
            self.assertTrue(model.search_count([("ticket_id", "=", ticket.id)]), name)
        for operation in ("write", "create", "unlink"):
            self.assertFalse(
                self.tickets.with_user(self.supervisor).has_access(operation)
            )
        with self.assertRaises(AccessError):
            ticket.with_user(self.supervisor).name = "Mine"

    # === Their screens ===

    def test_screens_open(self):
        """Table 3: form, list and search of tickets open for each of the groups."""
        self._create_agreement()
        ticket = self._secret(
            user_id=self.external.id, partner_id=self.employee.partner_id.id
        )
        plain = self._report("2026-03-23 10:00")
        for user, record in (
            (self.officer, ticket),
            (self.external, ticket),
            (self.employee, ticket),
            (self.agent, ticket),
            (self.supervisor, plain),
        ):
            with self.subTest(user=user.login):
                mine = record.with_user(user)
                names = set()
                for kind in ("form", "list"):
                    arch = etree.fromstring(mine.get_view(view_type=kind)["arch"])
                    names |= set(arch.xpath("//field[not(ancestor::field)]/@name"))
                self.assertGreater(len(names), 20)
                fields = mine.fields_get(list(names), ["type"])
                self.env.flush_all()
                self.env.invalidate_all()
                values = mine.web_read(
                    {
                        name: {"fields": {"display_name": {}}}
                        if field["type"] in ("many2one", "one2many", "many2many")
                        else {}
                        for name, field in fields.items()
                    }
                )
                self.assertEqual(values[0]["id"], record.id)
