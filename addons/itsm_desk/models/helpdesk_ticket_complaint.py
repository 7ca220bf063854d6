# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

#: Longest title and text of a complaint, in characters.
LONGEST_SUBJECT = 200
LONGEST_TEXT = 20000
PORTAL_READABLE_FIELDS = frozenset({"complaint_type_id"})


class HelpdeskTicket(models.Model):
    """Complaints: taken in the portal, listed in a register (BRM-18, BRM-29)."""

    _inherit = "helpdesk.ticket"

    is_complaint = fields.Boolean(related="nature_id.is_complaint")
    complaint_type_id = fields.Many2one(
        comodel_name="itsm.complaint.type",
        string="Type of Complaint",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )

    def _itsm_portal_readable_fields(self):
        return super()._itsm_portal_readable_fields() | PORTAL_READABLE_FIELDS

    @api.model
    def _itsm_complain(self, partner, values):
        """Take a complaint of a customer; restricted from the first moment (BRM-29).

        In sudo. A text can name a person whatever the form asks, so every complaint
        of the portal is restricted; who handles complaints may lift it.

        :param partner: ``res.partner`` who complains
        :param dict values: texts as they came in: ``subject``, ``description``,
            ``about`` (of whom, optional), ``type`` (id), ``ticket`` (number of a
            ticket of his own, optional)
        :return: the new ``helpdesk.ticket``
        :raise UserError: something is missing or unknown; says what to enter
        """
        subject = " ".join((values.get("subject") or "").split())[:LONGEST_SUBJECT]
        text = (values.get("description") or "").strip()
        if not subject:
            raise UserError(self.env._("Subject: say in a few words what it is about."))
        if not text:
            raise UserError(self.env._("What happened: describe it."))
        if len(text) > LONGEST_TEXT:
            raise UserError(
                self.env._(
                    "What happened: at most %(limit)s characters. Attach a file with "
                    "the rest.",
                    limit=LONGEST_TEXT,
                )
            )
        kind = (values.get("type") or "").strip()
        types = self.env["itsm.complaint.type"]
        kind = types.browse(int(kind) if kind.isdecimal() and len(kind) < 10 else 0)
        kind = types.search([("id", "=", kind.id)])
        if not kind:
            raise UserError(self.env._("Type: choose one of the list."))
        about = " ".join((values.get("about") or "").split())[:LONGEST_SUBJECT]
        body = plaintext2html(text)
        if about:
            body += plaintext2html(self.env._("About: %(person)s", person=about))
        number = (values.get("ticket") or "").strip()
        if number:
            own = self.search(
                [("number", "=", number), ("partner_id", "=", partner.id)], limit=1
            )
            if not own:
                raise UserError(
                    self.env._(
                        "Ticket: %(number)s is no ticket of yours. Leave it empty, or "
                        "enter a number as the list of your tickets shows it.",
                        number=number[:64],
                    )
                )
            body += plaintext2html(self.env._("Ticket: %(number)s", number=own.number))
        nature = self.env.ref("itsm_desk.itsm_ticket_nature_complaint")
        channel = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web", False)
        return self.create(
            {
                "name": subject,
                "description": body,
                "itsm_kind": "incident",
                "nature_id": nature.id,
                "restriction": "person",
                "complaint_type_id": kind.id,
                "channel_id": channel.id if channel else False,
                "partner_id": partner.id,
                "partner_name": partner.name,
                "partner_email": partner.email,
                "user_id": False,
                "team_id": False,
            }
        )
