# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.period import midnight_utc

from .itsm_agreement_termination import OPEN

_logger = logging.getLogger(__name__)


class ItsmAgreement(models.Model):
    """How agreements end: by a termination with a last day, or at once (SLM-27).

    The last day is known from the approval on: clocks that begin stop by themselves
    then, the chain of SLAs counts the agreement only that far, and an agreement for the
    time after it can be put in force.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    termination_ids = fields.One2many(
        comodel_name="itsm.agreement.termination",
        inverse_name="agreement_id",
        string="Terminations",
        groups="itsm_base.itsm_group_agent",
    )
    termination_count = fields.Integer(
        compute="_compute_termination_count", groups="itsm_base.itsm_group_agent"
    )
    is_ending = fields.Boolean(
        string="Ending",
        compute="_compute_is_ending",
        search="_search_is_ending",
        help="Its termination is approved; it is in force until its last day is over.",
    )
    can_terminate = fields.Boolean(compute="_compute_can_terminate")

    # === Computes ===

    @api.depends("termination_ids")
    def _compute_termination_count(self):
        for agreement in self:
            agreement.termination_count = len(agreement.termination_ids)

    @api.depends("state", "terminated_on")
    def _compute_is_ending(self):
        for agreement in self:
            agreement.is_ending = bool(
                agreement.state == "active" and agreement.terminated_on
            )

    def _search_is_ending(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("state", "=", "active") & Domain("terminated_on", "!=", False)

    @api.depends("state", "amount", "kind", "company_id", "signature_ids")
    @api.depends_context("uid")
    def _compute_can_terminate(self):
        for agreement in self:
            agreement.can_terminate = (
                agreement.state == "active"
                and not agreement.is_template
                and agreement._origin._may_terminate()
            )

    # === Who may ===

    def _may_terminate(self):
        """Whether the user may end this agreement.

        A service level manager. What company and other party have signed is ended by
        somebody who could sign it: with authority for its kind and yearly amount.

        :rtype: bool
        """
        self.ensure_one()
        if self.env.su:
            return True
        if not self.has_access("write"):
            return False
        if not self._bound():
            return True
        authorities = self.env["itsm.signing.authority"]
        return any(
            authority._covers(self)
            for authority in authorities._of(self.env.user, self, "provider")
        )

    def _check_may_terminate(self):
        """Raise unless the user may end all of these.

        :raise AccessError: naming the first that he may not end
        """
        for agreement in self:
            if not agreement._may_terminate():
                raise AccessError(
                    self.env._(
                        "%(agreement)s is ended by a service level manager; once it "
                        "is signed, by one with authority to sign it. Ask for its "
                        "termination instead.",
                        # sudo: named, as it was asked for
                        agreement=agreement.sudo().display_name,
                    )
                )

    # === A last day ===

    def _plan_end(self, last_day):
        """These agreements and their supplements end when a day is over.

        :param datetime.date last_day: in the zone of each agreement
        """
        # sudo: supplements that rules hide end with what they supplement
        agreements = self.sudo()
        agreements |= agreements._supplements_ending(last_day)
        for agreement in guard.with_token(agreements):
            if agreement.terminated_on and agreement.terminated_on <= last_day:
                continue
            after = last_day + timedelta(days=1)
            agreement.write(
                {
                    "terminated_on": last_day,
                    "terminated_at": midnight_utc(agreement.tz, after),
                }
            )
            self.env.ref("itsm_sla.ir_cron_termination").sudo()._trigger(
                at=agreement.terminated_at
            )  # sudo: the scheduled action is nobody's

    def _unplan_end(self):
        """The end of these agreements was withdrawn: they stay in force.

        A supplement whose own termination is approved still ends, and so does one whose
        base does.
        """
        # sudo: as in _plan_end
        agreements = self.sudo()
        for agreement in agreements:
            agreements |= agreement._supplements_ending(agreement.terminated_on or None)
        guard.with_token(agreements).write(
            {"terminated_on": False, "terminated_at": False}
        )
        approved = agreements.env["itsm.agreement.termination"].search(
            [
                (
                    *("agreement_id", "in"),
                    (agreements | agreements._bases())._versions().ids,
                ),
                ("state", "=", "approved"),
            ]
        )
        for termination in approved:
            termination.agreement_id._plan_end(termination.last_day)

    def _bases(self):
        """What these agreements supplement, at every depth."""
        found = self.base_agreement_id
        newest = found
        while newest:
            newest = newest.base_agreement_id - found
            found |= newest
        return found

    def _gives_way(self, other):
        if self.terminated_on and self.terminated_on < other.date_start:
            return True
        return super()._gives_way(other)

    def _is_reminder_due(self, code, now):
        # That it ends is decided.
        return not self.terminated_on and super()._is_reminder_due(code, now)

    @api.model
    def _cron_terminate(self):
        """Terminate the agreements whose last day is over (scheduled)."""
        cron = self.env["ir.cron"]
        due = self.with_context(active_test=False).search(
            [
                ("state", "=", "active"),
                ("terminated_at", "<=", fields.Datetime.now()),
            ]
        )
        left = len(due)
        for agreement in due:
            left -= 1
            try:
                with self.env.cr.savepoint():
                    # its base may have taken it along
                    if agreement.state == "active":
                        agreement.action_terminate()
            except Exception:
                _logger.exception("%s could not be terminated", agreement)
            if not cron._commit_progress(1, remaining=left):
                break

    # === Buttons ===

    def action_terminate(self):
        """Terminate agreements at once, or as their termination says.

        :raise AccessError: the user may not end one of them
        """
        self.check_access("write")
        self._check_may_terminate()
        result = super().action_terminate()
        # sudo: its requests are closed with it, whoever may see them
        ended = self.sudo().filtered(lambda a: a.state == "terminated")
        ended.env["itsm.agreement.termination"].search(
            [("agreement_id", "in", ended.ids), ("state", "in", OPEN)]
        )._terminated()
        return result

    def action_request_termination(self):
        """Open a new request to terminate this agreement, or the open one."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_agreement_termination_action"
        )
        found = self.termination_ids.filtered(lambda t: t.state in OPEN)
        return action | {
            "views": [(False, "form")],
            "view_mode": "form",
            "res_id": found[:1].id,
            "context": {"default_agreement_id": self.id},
        }

    def action_view_terminations(self):
        """Open what was asked for and decided about the end of this agreement."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_agreement_termination_action"
        )
        return action | {
            "domain": [("agreement_id", "=", self.id)],
            "context": {"default_agreement_id": self.id},
        }

    # === What it means ===

    def _ending_effects(self):
        """What the end of this agreement means for others, a sentence a thing.

        :rtype: list[str]
        """
        self.ensure_one()
        lines = []
        # sudo: who decides knows what depends on it, whatever he may see
        sudo = self.sudo()
        supplements = sudo._supplements_ending(sudo.terminated_on or sudo._today())
        if supplements:
            lines.append(
                self.env._(
                    "Supplements that end with it: %(agreements)s.",
                    agreements=", ".join(supplements.mapped("display_name")),
                )
            )
        slas = sudo._supported_slas()
        if slas:
            lines.append(
                self.env._(
                    "SLAs that lose a leg of their path: %(agreements)s. Their gaps "
                    "are looked for again.",
                    agreements=", ".join(slas.mapped("display_name")),
                )
            )
        if sudo.kind == "sla" and sudo.support_ids:
            others = sudo.support_ids.supporting_id
            lines.append(
                self.env._(
                    "OLAs and UCs behind it, which stay in force: %(agreements)s.",
                    agreements=", ".join(others.mapped("display_name")),
                )
            )
        clocks = sudo.env["itsm.clock"].search_count(
            [("agreement_id", "=", self.id), ("phase", "in", ("running", "paused"))]
        )
        if clocks:
            lines.append(
                self.env._(
                    "Open clocks now: %(count)s. Those still open then are cancelled.",
                    count=clocks,
                )
            )
        return lines

    def _supported_slas(self):
        """The SLAs in force or drafted on whose path this agreement stands."""
        lineage = self
        older = self.previous_id
        while older - lineage:
            lineage |= older
            older = older.previous_id
        supports = self.env["itsm.agreement.support"].search(
            [
                ("supporting_id", "in", lineage.ids),
                ("agreement_id.state", "!=", "terminated"),
            ]
        )
        return supports.agreement_id
