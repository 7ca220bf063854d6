# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize

from odoo.addons.itsm_base.tools import guard

#: What code alone says of an interaction.
PROTECTED_FIELDS = frozenset({"number", "state", "ticket_id", "ended_at", "user_id"})
#: What may still be written once it was decided what became of it.
OPEN_FIELDS = frozenset({"note", "active"})


class ItsmInteraction(models.Model):
    """Somebody got in touch; the desk decides what becomes of it (INC-01, DSK-01).

    Entered while one talks: who calls, what it is about, then one click for incident,
    request, an answer at once, or a ticket that he has already. What becomes of it is
    in `itsm_interaction_convert`.
    """

    _name = "itsm.interaction"
    _inherit = ["itsm.archive.mixin"]
    _description = "Interaction"
    _order = "time desc, id desc"
    _rec_names_search = ["number", "subject"]
    _check_company_auto = True

    number = fields.Char(readonly=True, copy=False, default="/", index="trigram")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    time = fields.Datetime(
        required=True, default=fields.Datetime.now, copy=False, index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Taken By",
        readonly=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        copy=False,
    )
    channel_id = fields.Many2one(
        comodel_name="helpdesk.ticket.channel",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        default=lambda self: self._default_channel_id(),
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Caller",
        index="btree_not_null",
        ondelete="restrict",
        help="Who got in touch.",
    )
    affected_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Person Affected",
        index="btree_not_null",
        ondelete="restrict",
        help="For whom he calls. Empty: for himself.",
    )
    phone = fields.Char(string="Number of the Caller")
    caller_name = fields.Char(
        string="Name of the Caller", help="Of somebody who is no contact yet."
    )
    caller_email = fields.Char(string="Email of the Caller")
    subject = fields.Char(index="trigram")
    note = fields.Text(string="What Was Said")
    answer = fields.Text(string="Answer Given")
    nature_id = fields.Many2one(
        comodel_name="itsm.ticket.nature",
        index="btree_not_null",
        ondelete="restrict",
    )
    service_id = fields.Many2one(
        comodel_name="itsm.service",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('state', 'in', ('live', 'changing', 'retiring'))]",
    )
    category_id = fields.Many2one(
        comodel_name="helpdesk.ticket.category",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    state = fields.Selection(
        selection=[
            ("new", "New"),
            ("converted", "Became a ticket"),
            ("answered", "Answered at once"),
            ("closed", "Closed"),
        ],
        required=True,
        readonly=True,
        default="new",
        copy=False,
        index=True,
    )
    ended_at = fields.Datetime(string="Decided", readonly=True, copy=False)
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    join_ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="About an Open Ticket",
        copy=False,
        ondelete="set null",
        domain="[('id', 'in', open_ticket_ids)]",
        help="What is said is added to it.",
    )
    active = fields.Boolean(default=True)
    open_ticket_ids = fields.Many2many(
        comodel_name="helpdesk.ticket",
        string="Open Tickets of the Caller",
        compute="_compute_caller",
    )
    contact_ids = fields.Many2many(
        comodel_name="itsm.contact",
        string="Recent Contacts of the Caller",
        compute="_compute_caller",
    )
    known_phone = fields.Char(
        string="Phone of the Caller", related="partner_id.phone", readonly=True
    )

    @api.model
    def _default_channel_id(self):
        channel = self.env["helpdesk.ticket.channel"]._itsm_by_code(
            "phone", self.env.company
        )
        return channel.id

    # === Computes ===

    @api.depends("number", "subject")
    def _compute_display_name(self):
        for interaction in self:
            names = (interaction.number, interaction.subject)
            interaction.display_name = " - ".join(
                name for name in names if name and name != "/"
            ) or self.env._("New Interaction")

    @api.depends("partner_id", "affected_partner_id")
    def _compute_caller(self):
        """What the desk knows of the people, as far as the reader may see it."""
        tickets_by_partner, contacts_by_partner = self._caller_facts()
        for interaction in self:
            partners = interaction.partner_id | interaction.affected_partner_id
            tickets = self.env["helpdesk.ticket"]
            contacts = self.env["itsm.contact"]
            for partner_id in partners._origin.ids:
                tickets |= tickets_by_partner.get(partner_id, tickets)
                contacts |= contacts_by_partner.get(partner_id, contacts)
            interaction.open_ticket_ids = tickets
            interaction.contact_ids = contacts.sorted("time", reverse=True)[:10]

    # === Onchange ===

    @api.onchange("phone")
    def _onchange_phone(self):
        if self.phone and not self.partner_id:
            # sudo: a number that belongs to one contact; read as the user below
            found = (
                self.env["res.partner"]
                .sudo()
                ._itsm_by_phone(self.phone, self.company_id)
            )
            partner = found.with_env(self.env)._filtered_access("read")
            if len(found) == 1 and partner:
                self.partner_id = partner

    @api.onchange("caller_email")
    def _onchange_caller_email(self):
        email = email_normalize(self.caller_email or "")
        if email and not self.partner_id:
            found = self.env["res.partner"].search(
                [
                    ("email_normalized", "=", email),
                    ("company_id", "in", [False, self.company_id.id]),
                ],
                limit=2,
            )
            if len(found) == 1:
                self.partner_id = found

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        # What became of it is written by code only; a default of a context is none.
        now_fixed = {
            "state": "new",
            "ticket_id": False,
            "ended_at": False,
            "user_id": self.env.uid,
        }
        vals_list = [
            {
                **{k: v for k, v in vals.items() if k not in PROTECTED_FIELDS},
                **now_fixed,
                "number": self._next_number(vals),
            }
            for vals in vals_list
        ]
        return super().create(vals_list)

    @api.model
    def _next_number(self, vals):
        """The next number of the company that *vals* name."""
        company_id = vals.get("company_id") or self.env.company.id
        sequence = self.env["ir.sequence"].with_company(company_id)
        return sequence.next_by_code("itsm.interaction") or "/"

    def write(self, vals):
        if not guard.has_token(self):
            self._check_protected(vals)
        return super().write(vals)

    def _check_protected(self, vals):
        """Refuse what only code writes, and changes once it was decided.

        :raise AccessError: a protected field
        :raise UserError: the interaction is over
        """
        if not PROTECTED_FIELDS.isdisjoint(vals):
            raise AccessError(
                self.env._(
                    "What becomes of an interaction is written by its buttons only."
                )
            )
        if not OPEN_FIELDS.issuperset(vals):
            self._check_new()

    def _check_new(self):
        """Refuse what was decided already.

        :raise UserError: naming the first
        """
        for interaction in self:
            if interaction.state != "new":
                raise UserError(
                    self.env._(
                        "%(interaction)s is decided already and stays as it is. "
                        "Change the ticket, or enter a new interaction.",
                        interaction=interaction.display_name,
                    )
                )

    def _archive_kept(self):
        return super()._archive_kept() | self.filtered(lambda i: i.state != "new")

    # === What is known of the caller ===

    def _caller_facts(self):
        """Open tickets and contacts of the people; two queries for any number.

        :return: two dicts of partner id to ``helpdesk.ticket`` and ``itsm.contact``
        """
        ids = (self.partner_id | self.affected_partner_id)._origin.ids
        if not ids:
            return {}, {}
        tickets_by_partner, contacts_by_partner = {}, {}
        ended = self.env["helpdesk.ticket.stage"]._itsm_closed_states()
        tickets = self.env["helpdesk.ticket"].search(
            [
                "|",
                ("partner_id", "in", ids),
                ("caller_id", "in", ids),
                ("stage_id.itsm_state", "not in", ended),
                ("duplicate_id", "=", False),
            ],
            order="reported_at desc, id desc",
            limit=50,
        )
        for ticket in tickets:
            for partner in ticket.partner_id | ticket.caller_id:
                known = tickets_by_partner.get(partner.id, tickets.browse())
                tickets_by_partner[partner.id] = known | ticket
        contacts = self.env["itsm.contact"].search(
            [("partner_id", "in", ids)], order="time desc, id desc", limit=50
        )
        for contact in contacts:
            known = contacts_by_partner.get(contact.partner_id.id, contacts.browse())
            contacts_by_partner[contact.partner_id.id] = known | contact
        return tickets_by_partner, contacts_by_partner
