# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime

from odoo.addons.itsm_base.tools import guard

#: Evidence: who accepted what, when. Written by code only.
ACCEPTANCE = frozenset(
    {
        "accepted_at",
        "accepted_partner_id",
        "accepted_user_id",
        "accepted_way",
        "accepted_note",
    }
)
#: What the customer accepts: content, period, day and way of the report.
TERMS = frozenset(
    {
        "name",
        "agreement_id",
        "period",
        "deadline_days",
        "delivery",
        "lang",
        "nature",
        "purpose",
        "data_sources",
        "section_ids",
    }
)


class ItsmReportDefinition(models.Model):
    """Content and period of a report are agreed with the customer (REP-01).

    He accepts in the portal, or a colleague notes that he did and where it is written
    down. Changing what was accepted takes the acceptance back.
    """

    _inherit = "itsm.report.definition"

    accepted_at = fields.Datetime(
        string="Accepted", readonly=True, copy=False, tracking=True
    )
    accepted_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Accepted by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The person of the customer who accepted content and period.",
    )
    accepted_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Noted by",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="With whose login it was accepted or noted.",
    )
    accepted_way = fields.Selection(
        selection=[("portal", "In the portal"), ("noted", "Noted by a colleague")],
        string="Accepted How",
        readonly=True,
        copy=False,
    )
    accepted_note = fields.Char(
        string="Evidence of Acceptance", readonly=True, copy=False
    )
    needs_acceptance = fields.Boolean(
        string="Not Accepted Yet",
        compute="_compute_needs_acceptance",
        search="_search_needs_acceptance",
        help="A report to a customer whose content and period he has not accepted.",
    )

    @api.depends("family", "accepted_at", "agreement_id.partner_id")
    def _compute_needs_acceptance(self):
        for definition in self:
            definition.needs_acceptance = (
                definition.family == "sla"
                and bool(definition.agreement_id.partner_id)
                and not definition.accepted_at
            )

    def _search_needs_acceptance(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = [
            ("family", "=", "sla"),
            ("agreement_id.partner_id", "!=", False),
            ("accepted_at", "=", False),
        ]
        if set(value) == {True, False}:
            return []
        return wanted if True in value else ["!", "&", "&", *wanted]

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        if any(ACCEPTANCE & vals.keys() for vals in vals_list):
            self._check_acceptance_token()
        return super().create(vals_list)

    def write(self, vals):
        if ACCEPTANCE & vals.keys():
            self._check_acceptance_token()
        before = self._accepted_terms(vals.keys())
        result = super().write(vals)
        self._compare_terms(before)
        return result

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        # Goes past write(): a translated text is part of the terms, too.
        before = self._accepted_terms({field_name})
        result = super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )
        self._compare_terms(before)
        return result

    def _accepted_terms(self, names):
        """The terms of those that were accepted, if fields of the terms change.

        :param names: names of fields that are about to be written
        :rtype: dict
        """
        if not TERMS & set(names):
            return {}
        accepted = self.filtered("accepted_at")
        return {definition: definition._terms() for definition in accepted}

    def _compare_terms(self, before):
        """Take back the acceptance of what says something else now."""
        for definition, terms in before.items():
            if definition._terms() != terms:
                definition._take_back_acceptance()

    def _check_acceptance_token(self):
        if not guard.has_token(self.env):
            raise AccessError(
                self.env._(
                    "That the customer accepted a report is evidence. Use the button "
                    "“Note Acceptance”, or let him accept it in the portal."
                )
            )

    # === Actions ===

    def action_note_acceptance(self):
        """Ask who of the customer accepted, and where it is written down."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Note Acceptance"),
            "res_model": "itsm.report.acceptance",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_definition_id": self.id},
        }

    # === Business methods ===

    def _terms(self):
        """What the customer accepts, as plain values.

        :rtype: dict
        """
        self.ensure_one()
        # in every language: a translation that says something else is another text
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        words = [
            [
                lang,
                *(
                    self.with_context(lang=lang)[name]
                    for name in ("name", "purpose", "data_sources")
                ),
            ]
            for lang in langs
        ]
        return {
            "agreement": self.agreement_id.id,
            "period": self.period,
            "deadline_days": self.deadline_days,
            "delivery": self.delivery,
            "lang": self.lang,
            "sections": sorted(self.section_ids.ids),
            "words": words,
        }

    def _terms_digest(self):
        """What tells whether the terms are those that somebody was shown.

        :rtype: str
        """
        plain = json.dumps(self._terms(), sort_keys=True)
        return hashlib.sha256(plain.encode()).hexdigest()

    def _accept(self, partner, way, note=None):
        """Keep that the customer accepted content and period (REP-01).

        :param partner: ``res.partner`` of the customer
        :param str way: ``portal`` or ``noted``
        :param str note: where it is written down
        :raise UserError: it is no report to a customer, the person is not one of his,
            or it was accepted before
        """
        self.ensure_one()
        definition = self.sudo()  # sudo: the caller has checked who accepts or notes
        customer = definition.agreement_id.partner_id.commercial_partner_id
        if definition.family != "sla" or not customer:
            raise UserError(
                self.env._(
                    "“%(name)s” is not made for a customer: there is nobody who could "
                    "accept it.",
                    name=definition.name,
                )
            )
        if partner.commercial_partner_id != customer:
            raise UserError(
                self.env._(
                    "%(partner)s does not belong to %(customer)s. Choose somebody of "
                    "the customer.",
                    partner=partner.display_name,
                    customer=customer.display_name,
                )
            )
        if definition.accepted_at:
            raise UserError(
                self.env._(
                    "“%(name)s” was accepted on %(date)s already.",
                    name=definition.name,
                    date=format_datetime(self.env, definition.accepted_at),
                )
            )
        guard.with_token(definition).write(
            {
                "accepted_at": fields.Datetime.now(),
                "accepted_partner_id": partner.id,
                "accepted_user_id": self.env.uid,
                "accepted_way": way,
                "accepted_note": note,
            }
        )

    def _take_back_acceptance(self):
        """What was accepted is not what is written now: it is asked for again."""
        self.ensure_one()
        self._message_log(
            body=self.env._(
                "What %(partner)s accepted on %(date)s was changed: it has to be "
                "accepted again.",
                partner=self.accepted_partner_id.sudo().name,  # sudo: name only
                date=format_datetime(self.env, self.accepted_at),
            )
        )
        # sudo: the evidence of the acceptance is ended by code only
        guard.with_token(self.sudo()).write(dict.fromkeys(ACCEPTANCE, False))
