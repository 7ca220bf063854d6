# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, is_html_empty

from odoo.addons.itsm_base.tools import guard

from .itsm_major_incident import ACTIVE, DECLARED

#: Overdue communications of which managers are told in one run.
TOLD_AT_ONCE = 200


class ItsmMajorIncident(models.Model):
    """What is told while a major incident goes on, and when the next is due."""

    _inherit = "itsm.major.incident"

    communication_count = fields.Integer(compute="_compute_communication_count")

    @api.depends("communication_ids")
    def _compute_communication_count(self):
        counts = dict(
            self.env["itsm.major.communication"]._read_group(
                [("major_id", "in", self.ids)], ["major_id"], ["__count"]
            )
        )
        for major in self:
            major.communication_count = counts.get(major._origin, 0)

    def write(self, vals):
        result = super().write(vals)
        if "update_minutes" in vals and "next_update_at" not in vals:
            self._plan_next_update()
        return result

    def _plan_next_update(self):
        """Reckon the next communication anew from the last one."""
        ongoing = self.filtered(lambda major: major.state in ACTIVE)
        # sudo: the last one counts, whoever may read it
        log = self.env["itsm.major.communication"].sudo()
        told = dict(
            log._read_group(
                [("major_id", "in", ongoing.ids)], ["major_id"], ["time:max"]
            )
        )
        for major in ongoing:
            last = told.get(major) or major.declared_at
            guard.with_token(major).next_update_at = major._next_update(last)

    # === Actions ===

    def action_communicate(self):
        """Open the dialog that tells customers, colleagues or management."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_desk.itsm_major_communicate_action"
        )
        return action | {"context": {"default_major_id": self.id}}

    # === Telling ===

    def _customer_partners(self):
        """The requesters of the tickets: whom a communication to customers is for.

        Restricted tickets are never among them.

        :rtype: res.partner
        """
        # sudo: who is affected, whichever team works on the tickets
        tickets = self.sudo().ticket_ids.filtered(
            lambda ticket: not ticket._itsm_is_restricted()
        )
        return tickets.partner_id.with_env(self.env)

    def _customer_addresses(self):
        """Addresses of requesters who are no contact, without those who are told by
        another ticket. Restricted tickets are never among them.

        :return: normalized addresses in order
        :rtype: list[str]
        """
        # sudo: who is affected, whichever team works on the tickets
        tickets = self.sudo().ticket_ids.filtered(
            lambda ticket: not ticket._itsm_is_restricted()
        )
        known = set(tickets.partner_id.mapped("email_normalized"))
        nameless = tickets.filtered(lambda ticket: not ticket.partner_id)
        found = {email_normalize(ticket.partner_email) for ticket in nameless}
        return sorted(found - known - {False})

    def _customers_by_address(self):
        """Contacts of those addresses; who has none is made one.

        Their tickets stay without a contact: who the customer is decides about what was
        agreed, and that is for people.

        :rtype: res.partner
        """
        self.ensure_one()
        addresses = self._customer_addresses()
        # sudo: leading a major incident needs no right to make contacts
        partners = self.env["res.partner"].sudo()
        company = self.company_id
        found = partners._find_or_create_from_emails(
            addresses,
            filter_found=lambda partner: (
                partner.company_id in (company.browse(), company)
            ),
            additional_values={
                address: {"company_id": company.id} for address in addresses
            },
        )
        return partners.union(*found).with_env(self.env)

    def _colleague_partners(self):
        """Who works on the tickets, and who follows the major incident inside."""
        major_sudo = self.sudo()  # sudo: who works on it, whichever team that is
        tickets = major_sudo.ticket_ids
        users = tickets.user_id | tickets.team_id.user_id | major_sudo.manager_id
        followers = major_sudo.message_partner_ids.filtered("partner_share")
        inside = major_sudo.message_partner_ids - followers
        return (users.partner_id | inside).with_env(self.env)

    def _management_partners(self):
        """Holders of the role of management, and who was informed."""
        role = self.env.ref("itsm_desk.itsm_role_it_management")
        users = self.sudo().informed_user_ids  # sudo: whose user is whose
        for company in self.company_id:
            users |= role._holders(company).sudo()  # sudo: as above
        return users.partner_id.with_env(self.env)

    def _communicate(self, vals, partners):
        """Write down a communication, and mail it where mail is its channel.

        Each recipient gets a mail of his own and sees no other.

        :param dict vals: ``audience``, ``channel``, ``subject``, ``body``
        :param partners: ``res.partner``, may be empty but for mail
        :return: ``itsm.major.communication``
        :raise UserError: not declared, or there is nothing or nobody to tell
        """
        self.ensure_one()
        self._check_may_step(*DECLARED)
        if self._is_restricted():
            raise UserError(
                self.env._(
                    "%(major)s: its ticket is restricted, so nothing is told from "
                    "here. Speak to those who may know.",
                    major=self.display_name,
                )
            )
        subject = (vals.get("subject") or "").strip()
        if not subject or is_html_empty(vals.get("body")):
            raise UserError(self.env._("Enter a subject and a text."))
        by_mail = vals["channel"] == "mail"
        reached = partners.filtered("email_normalized")
        if by_mail and not reached:
            raise UserError(
                self.env._(
                    "Choose recipients with an e-mail address, or another channel."
                )
            )
        now = fields.Datetime.now()
        due = self.next_update_at
        log = guard.with_token(self.env["itsm.major.communication"])
        # sudo: the log is evidence; nobody has the right to write it
        communication = log.sudo().create(
            {
                "major_id": self.id,
                "time": now,
                "user_id": self.env.uid,
                "audience": vals["audience"],
                "channel": vals["channel"],
                "subject": subject,
                "body": vals["body"],
                "partner_ids": [fields.Command.set(partners.ids)],
                "unreached_partner_ids": [
                    fields.Command.set((partners - reached).ids if by_mail else [])
                ],
                "due_at": due,
                "is_late": bool(due and now > due),
            }
        )
        guard.with_token(self).write({"next_update_at": self._next_update(now)})
        if by_mail:
            self._mail_communication(communication, reached)
        return communication.with_env(self.env)

    def _mail_communication(self, communication, partners):
        """One mail for each of *partners*, sent by the queue of mails."""
        author = self.env.user.partner_id
        # sudo: leading a major incident needs no right to write mails
        mails = self.env["mail.mail"].sudo()
        mails.create(
            [
                {
                    "subject": communication.subject,
                    "body_html": communication.body,
                    "author_id": author.id,
                    "email_from": author.email_formatted
                    or self.company_id.email_formatted,
                    "recipient_ids": [fields.Command.link(partner.id)],
                    "auto_delete": False,
                }
                for partner in partners
            ]
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    # === Scheduled ===

    @api.model
    def _cron_overdue_updates(self):
        """Tell managers of communications that are overdue, once for each due time."""
        now = fields.Datetime.now()
        overdue = self.search(
            [
                ("state", "in", ACTIVE),
                ("next_update_at", "<", now),
            ],
            order="next_update_at, id",
        )
        overdue = overdue.filtered(
            lambda major: major.overdue_told_at != major.next_update_at
        )[:TOLD_AT_ONCE]
        overdue = overdue.try_lock_for_update(allow_referencing=True)
        for major in overdue:
            guard.with_token(major).overdue_told_at = major.next_update_at
        self.env["itsm.notification.event"]._notify("major_update_overdue", overdue)
