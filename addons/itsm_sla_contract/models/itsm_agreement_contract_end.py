# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.itsm_base.tools import guard

from .itsm_agreement import CONTRACT_GROUPS, LINK_FIELDS

RULE = "agreement_contract_dates"


class Term(NamedTuple):
    """From when to when the contract of an agreement holds; None: no end."""

    start: object
    end: object
    is_terminated: bool
    is_archived: bool

    def over_on(self, today):
        """The last day, if the contract is over or is going to be: else None.

        A terminated contract counts from its termination on, whatever its last day.
        """
        if self.is_terminated or (self.end and self.end < today):
            return self.end or today
        return today if self.is_archived else None


class ItsmAgreement(models.Model):
    """Dates of an agreement and of its contract, and what its end means (SLM-17)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    contract_note = fields.Text(
        string="Dates of the Contract",
        compute="_compute_contract_note",
        groups=CONTRACT_GROUPS,
    )
    contract_over_on = fields.Date(
        string="Contract Over",
        readonly=True,
        copy=False,
        help="The agreement is in force, its contract ended, was terminated or "
        "archived: the contract's last day, or when that was found.",
    )
    contract_activity_id = fields.Many2one(
        comodel_name="mail.activity",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups="base.group_system",
    )

    # === Computes ===

    @api.depends(
        *("contract_id", "contract_line_ids", "date_start", "date_end", "state"),
        *("superseded_on", "tz", "partner_id"),
    )
    @api.depends_context("lang")
    def _compute_contract_note(self):
        messages = self._contract_messages()
        for agreement in self:
            agreement.contract_note = messages.get(agreement.id, False)

    # === From when to when ===

    def _contract_lines(self):
        """The lines of the contract that count for each of these agreements.

        Those that are chosen and the lines that follow them, else all. Without
        cancelled ones, sections and notes. Constant queries.

        :return: dict of agreement id to ``contract.line``, in sudo
        """
        # sudo: contracts are read by accounting alone
        agreements = self.sudo().filtered("contract_id")
        contracts = {contract.id: contract for contract in agreements._contract()}
        found = {}
        for agreement in agreements:
            lines = contracts[agreement.contract_id.id].contract_line_ids
            ids = set(agreement.contract_line_ids.ids)
            chosen = lines.filtered(lambda line, ids=ids: line.id in ids)
            if chosen:
                lines = chosen
                while chosen := chosen.successor_contract_line_id - lines:
                    lines |= chosen
            found[agreement.id] = lines.filtered(
                lambda line: not line.display_type and not line.is_canceled
            )
        return found

    def _contract_terms(self):
        """From when to when the contracts of these agreements hold.

        :return: dict of agreement id to `Term`; agreements without a contract are
            left out
        """
        lines_of = self._contract_lines()
        terms = {}
        agreements = self.sudo().filtered("contract_id")  # sudo: as above
        contracts = {contract.id: contract for contract in agreements._contract()}
        for agreement in agreements:
            contract = contracts[agreement.contract_id.id]
            lines = lines_of[agreement.id]
            start = min(filter(None, lines.mapped("date_start")), default=None)
            ends = lines.mapped("date_end") if agreement.contract_line_ids else []
            ends = [max(ends)] if ends and all(ends) else []
            if contract.date_end:
                ends.append(contract.date_end)
            if any(lines.mapped("is_auto_renew")):
                ends = []  # it goes on by itself
            if contract.is_terminated and contract.terminate_date:
                ends.append(contract.terminate_date)
            terms[agreement.id] = Term(
                start or contract.date_start or None,
                min(ends, default=None),
                contract.is_terminated,
                not contract.active,
            )
        return terms

    def _contract_messages(self):
        """What does not fit between these agreements and their contracts.

        :return: dict of agreement id to sentences; those that fit are left out
        """
        messages = {}
        terms = self._contract_terms()
        for agreement in self:
            term = terms.get(agreement.id)
            if term and agreement.state != "terminated":
                said = agreement._contract_message(term)
                if said:
                    messages[agreement.id] = said
        return messages

    def _contract_message(self, term):
        self.ensure_one()
        # sudo: the name of the contract
        names = {
            "agreement": self.display_name,
            "contract": self.sudo().contract_id.display_name,
        }
        said = []
        if term.start and self.date_start and self.date_start < term.start:
            said.append(
                self.env._(
                    "%(agreement)s begins on %(day)s, its contract %(contract)s on "
                    "%(start)s.",
                    day=format_date(self.env, self.date_start),
                    start=format_date(self.env, term.start),
                    **names,
                )
            )
        if term.end and (not self.date_end or self.date_end > term.end):
            said.append(
                self.env._(
                    "%(agreement)s has %(until)s as its last day, its contract "
                    "%(contract)s ends on %(end)s.",
                    until=format_date(self.env, self.date_end)
                    if self.date_end
                    else self.env._("nothing"),
                    end=format_date(self.env, term.end),
                    **names,
                )
            )
        if term.is_terminated:
            said.append(
                self.env._(
                    "The contract %(contract)s of %(agreement)s is terminated.", **names
                )
            )
        elif term.over_on(self._today()):
            said.append(
                self.env._(
                    "The contract %(contract)s of %(agreement)s is over.", **names
                )
            )
        return "\n".join(said)

    def _contract_enforce(self):
        """Tell, or refuse, that dates of these do not fit their contracts."""
        messages = self._contract_messages()
        if messages:
            self.env["itsm.enforcement.rule"]._enforce(
                RULE, self.filtered(lambda a: a.id in messages), messages
            )

    def _check_signable(self):
        result = super()._check_signable()
        self.filtered(lambda a: a.state == "draft")._contract_enforce()
        return result

    def action_activate(self):
        """Put drafts in force; dates that do not fit break the rule.

        :raise ValidationError: the rule blocks
        """
        self.check_access("write")
        self.filtered(lambda a: a.state == "draft")._contract_enforce()
        result = super().action_activate()
        self._contract_mark()
        return result

    def action_terminate(self):
        result = super().action_terminate()
        self._contract_mark()
        return result

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_life([name for name in self._contract_life() if vals.get(name)])
        return super().create(vals_list)

    def write(self, vals):
        self._check_life([name for name in self._contract_life() if name in vals])
        result = super().write(vals)
        if vals.keys() & (LINK_FIELDS | {"date_end"}):
            in_force = self.filtered(lambda agreement: agreement.state == "active")
            in_force._contract_enforce()
            in_force._contract_mark()
        return result

    @api.model
    def _contract_life(self):
        return ("contract_over_on", "contract_activity_id")

    # === The mark ===

    @api.model
    def _cron_contract_end(self):
        """Mark the agreements whose contract ended (scheduled, once a day)."""
        in_force = Domain("state", "=", "active") & Domain("contract_id", "!=", False)
        # sudo: the scheduler works for all companies
        agreements = self.sudo().with_context(active_test=False)
        agreements.search(
            in_force | Domain("contract_over_on", "!=", False)
        )._contract_mark()

    @api.model
    def _contract_changed(self, contracts):
        """Contracts were changed: their agreements are marked, or not any more.

        :param contracts: ``contract.contract``
        """
        # sudo: whoever keeps contracts has no right on agreements
        agreements = self.sudo().with_context(active_test=False)
        agreements.search(
            Domain("contract_id", "in", contracts.ids) & Domain("state", "=", "active")
        )._contract_mark()

    def _contract_mark(self):
        """Mark agreements in force whose contract is over; take other marks away.

        Who manages the agreement gets one activity when the mark is set. Queries do not
        grow with the number of agreements.
        """
        # sudo: marks are written by code alone
        agreements = guard.with_token(self.sudo())
        terms = agreements._contract_terms()
        begun = gone = agreements.browse()
        for agreement in agreements:
            day = None
            today = agreement._today()
            taken_over = agreement.superseded_on and agreement.superseded_on <= today
            if agreement.state == "active" and not taken_over:
                term = terms.get(agreement.id)
                day = term and term.over_on(today)
            before = agreement.contract_over_on
            if not day and before:
                gone |= agreement
            elif day and not before:
                begun |= agreement
                agreement.contract_over_on = day
            elif day and not terms[agreement.id].is_archived:
                agreement.contract_over_on = day
        gone.contract_over_on = False
        gone.contract_activity_id.unlink()
        begun._contract_tell()

    def _contract_tell(self):
        """One activity for who manages each of these agreements."""
        model = self.env["ir.model"]._get_id(self._name)
        kind = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        told = []
        for owner, agreements in self.grouped("owner_id").items():
            if not owner.active or owner.share:
                continue
            # only what he may read: in his own companies, whoever ended the contract
            mine = agreements.with_user(owner).with_context(
                allowed_company_ids=owner.company_ids.ids
            )
            readable = set(mine._filtered_access("read").ids)
            env = self.with_context(lang=owner.lang).env
            told += [
                (
                    agreement,
                    {
                        "res_model_id": model,
                        "res_id": agreement.id,
                        "user_id": owner.id,
                        "activity_type_id": kind.id if kind else False,
                        "automated": True,
                        "summary": env._("The contract is over"),
                        "note": env._(
                            "Terminate the agreement, or name the contract that "
                            "follows."
                        ),
                    },
                )
                for agreement in agreements
                if agreement.id in readable
            ]
        activities = self.env["mail.activity"].create([vals for _own, vals in told])
        for (agreement, _vals), activity in zip(told, activities, strict=True):
            agreement.contract_activity_id = activity
