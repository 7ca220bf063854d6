# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup, escape

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_base.tools import guard

from .itsm_major_incident import ACTIVE


class ItsmMajorIncident(models.Model):
    """Head office and subordinate units (INC-40).

    Each company has its criteria and its incident manager. What is too large for a unit
    is raised: the head office gets a proposal of its own, with a ticket of its own, and
    decides; the unit goes on with its record and is told. Nobody needs access to the
    other company: what each shows of the other is words.
    """

    _inherit = "itsm.major.incident"

    # The record of the head office. Of another company, so nothing follows it but code.
    raised_to_id = fields.Many2one(
        comodel_name="itsm.major.incident",
        string="Raised to",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_system",
    )
    unit_ids = fields.One2many(
        comodel_name="itsm.major.incident",
        inverse_name="raised_to_id",
        string="Raised by Units",
        readonly=True,
        groups="base.group_system",
    )
    can_raise = fields.Boolean(compute="_compute_unit_text")
    is_raised = fields.Boolean(compute="_compute_unit_text")
    head_text = fields.Char(
        string="Head Office",
        compute="_compute_unit_text",
        help="What the head office made of what was raised to it.",
    )
    unit_text = fields.Text(
        string="Units",
        compute="_compute_unit_text",
        help="The units that raised it, with the number of their tickets.",
    )

    def _compute_unit_text(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        # sudo: the other company is hidden from the reader; only these words are shown
        for major, major_sudo in zip(self, self.sudo(), strict=True):
            head = major_sudo.raised_to_id
            office = major_sudo.company_id._itsm_head_office()
            major.is_raised = bool(head)
            major.can_raise = bool(
                office and not head and major.state in ("proposed", *ACTIVE)
            )
            major.head_text = (
                f"{head.company_id.name}: {labels[head.state]}" if head else False
            )
            major.unit_text = "\n".join(
                self.env._(
                    "%(company)s: %(state)s, %(count)s tickets",
                    company=unit.company_id.name,
                    state=labels[unit.state],
                    count=unit.ticket_count,
                )
                for unit in major_sudo.unit_ids
            )

    def _raise_to_head(self, reason):
        """Propose a major incident of this unit to its head office.

        The head office's ticket says what the unit wrote (subject, impact, reason) and
        nothing of its requesters.

        :param str reason: why it is too large for the unit
        :raise UserError: there is no head office, it was raised before, or it is over
        """
        self.ensure_one()
        self._check_may_step("proposed", *ACTIVE)
        major_sudo = self.sudo()  # sudo: the head office is another company
        office = major_sudo.company_id._itsm_head_office()
        if not office:
            raise UserError(
                self.env._(
                    "%(company)s has no head office. A manager chooses it in the "
                    "settings.",
                    company=major_sudo.company_id.name,
                )
            )
        if major_sudo.raised_to_id:
            raise UserError(
                self.env._("%(major)s was raised already.", major=self.display_name)
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Enter why it concerns the head office."))
        head = major_sudo._create_head(office, reason)
        guard.with_token(major_sudo).write({"raised_to_id": head.id})
        self._message_log(
            body=self.env._(
                "Raised to %(company)s: %(reason)s", company=office.name, reason=reason
            )
        )
        head._tell_proposed()

    def _create_head(self, office, reason):
        """The ticket and the proposal of the head office; ``self`` in sudo.

        :param office: ``res.company``
        """
        lines = [reason, self.impact_text, self.service_id.display_name]
        described = Markup("").join(
            Markup("<p>%s</p>") % escape(line) for line in lines if line
        )
        name = self.env._(
            "%(company)s: %(subject)s", company=self.company_id.name, subject=self.name
        )
        ticket = (
            self.env["helpdesk.ticket"]
            .with_company(office)
            .create(
                {
                    "name": name,
                    "description": described,
                    "company_id": office.id,
                    "itsm_kind": "incident",
                    "user_id": False,
                }
            )
        )
        head = guard.with_token(self.browse().with_company(office))
        vals = head._prepare_major(ticket, reason)
        head = head.create(
            {**vals, "proposed_by_id": self.env.uid, "impact_text": self.impact_text}
        )
        guard.with_token(ticket).write({"major_incident_id": head.id})
        return guard.without_token(head)

    def _answer_units(self):
        """Tell the units what became of what they raised, and note it there."""
        units = self.sudo().unit_ids  # sudo: records of other companies
        units = units.filtered(lambda unit: unit.state not in ("closed", "refused"))
        if units:
            units.invalidate_recordset(["head_text"])
            units._message_log_batch({unit.id: unit.head_text for unit in units})
            self.env["itsm.notification.event"]._notify("major_head_answer", units)
