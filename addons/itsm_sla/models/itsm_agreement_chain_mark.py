# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

#: In ``cr.precommit.data``: the scheduled action is woken once a transaction.
WOKEN = "itsm_sla.chain_woken"


class ItsmAgreement(models.Model):
    """Whatever changes a link of a chain has the chain checked again (SLM-22)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    def _chain_mark_stale(self):
        """Have the SLAs that these agreements are, or stand behind, checked again.

        Not by `write`: nothing of the agreement itself changes, and the shared index
        of agreements in force stays.
        """
        # sudo: whose chain it is does not depend on who changes a link of it
        agreements = self.sudo().exists()
        roots = agreements
        while roots:
            roots = roots.previous_id - agreements
            agreements |= roots
        supports = self.env["itsm.agreement.support"].sudo()  # sudo: as above
        supports = supports.search([("supporting_id", "in", agreements.ids)])
        slas = supports.agreement_id | agreements.filtered(lambda a: a.kind == "sla")
        if not slas:
            return
        self.env.execute_query(
            SQL(
                """UPDATE itsm_agreement SET chain_stale = TRUE
                    WHERE id = ANY(%s) AND chain_stale IS NOT TRUE
                      AND EXISTS (SELECT FROM itsm_agreement_support support
                                   WHERE support.agreement_id = itsm_agreement.id)
                RETURNING id""",
                slas.ids,
            )
        )
        slas.invalidate_recordset(["chain_stale"])
        data = self.env.cr.precommit.data
        if not data.get(WOKEN):
            data[WOKEN] = True
            cron = self.env.ref("itsm_sla.ir_cron_chain", raise_if_not_found=False)
            if cron:
                cron.sudo()._trigger()  # sudo: whoever changes a link

    @api.model
    def _chain_mark_calendars(self, calendars):
        """The same, for the hours of agreements.

        :param calendars: ``resource.calendar``; None: all of them
        """
        domain = Domain("state", "!=", "terminated") & Domain("is_template", "=", False)
        domain &= Domain("active", "in", (True, False))
        if calendars is not None:
            domain &= Domain("calendar_id", "in", calendars.ids)
        # sudo: as in _chain_mark_stale
        self.sudo().search(domain)._chain_mark_stale()
