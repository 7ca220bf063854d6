# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard


class HelpdeskTicket(models.Model):
    """A restricted ticket that nobody can read must not lie unseen (BRM-29)."""

    _inherit = "helpdesk.ticket"

    def _itsm_after_restricted(self):
        result = super()._itsm_after_restricted()
        unhandled = self.filtered(
            lambda ticket: not ticket.is_history and not ticket._itsm_able_handlers()
        )
        if unhandled and not guard.is_silent(self) and self.env.registry.ready:
            unhandled._itsm_tell_unhandled()
        return result

    def _itsm_able_handlers(self):
        """Those who handle such tickets, without whom this one is about."""
        self.ensure_one()
        return self._itsm_handlers() - self.complaint_about_id

    def _itsm_tell_unhandled(self):
        """Tell the managers that nobody handles such tickets; nothing of the ticket.

        They appoint somebody; whom a complaint is about is not told of it.
        """
        group = self.env.ref("itsm_base.itsm_group_manager")
        # sudo: who is a manager does not depend on who complains
        users = self.env["res.users"].sudo()
        for company, tickets in self.grouped("company_id").items():
            managers = users.search(
                Domain("all_group_ids", "in", group.ids)
                & Domain("share", "=", False)
                & Domain("company_ids", "in", (company or self.env.company).ids)
            ).partner_id
            for manager in managers - tickets.complaint_about_id:
                env = self.env(context={**self.env.context, "lang": manager.lang})
                env["mail.thread"].sudo().message_notify(  # sudo: said by the system
                    partner_ids=manager.ids,
                    subject=env._("Nobody handles restricted tickets"),
                    body=env._(
                        "A complaint or security incident came in and nobody can read "
                        "it. Give somebody the access right “Handles complaints” or "
                        "“Handles security incidents”; he then finds it under Tickets."
                    ),
                    author_id=self.env.ref("base.partner_root").id,
                )
