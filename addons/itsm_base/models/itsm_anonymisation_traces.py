# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

#: What of a contact is about the person. Country, language and zone stay for counts.
CLEARED = (
    "barcode",
    "category_id",
    "city",
    "comment",
    "company_name",
    "company_registry",
    "email",
    "function",
    "image_1920",
    "industry_id",
    "partner_latitude",
    "partner_longitude",
    "phone",
    "properties",
    "ref",
    "state_id",
    "street",
    "street2",
    "vat",
    "website",
    "zip",
)


class ItsmAnonymisation(models.Model):
    """Places around the tickets: activities, files, logs; then users and contact."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.anonymisation"

    # === What the tickets left behind ===

    def _of_tickets(self, model_field="res_model"):
        """Records of any model that are about one of his tickets."""
        return Domain(model_field, "=", "helpdesk.ticket") & Domain(
            "res_id", "in", self._own_tickets()
        )

    def _of_person(self):
        """Records of any model that are about the contact."""
        return Domain("res_model", "=", "res.partner") & Domain(
            "res_id", "in", self._persons().ids
        )

    def _find_activity(self):
        return "mail.activity", self._of_tickets() | self._of_person()

    def _clear_activity(self, records):
        columns = "res_name", "summary", "note", "feedback"
        self._update(records, self._scrubbed(*columns))

    def _find_file(self):
        return "ir.attachment", (self._of_tickets() | self._of_person()) & Domain(
            "res_field", "=", False
        )

    def _clear_file(self, records):
        # The file stays as it is, also as evidence; not what the search found in it.
        columns = "name", "description", "index_content"
        self._update(records, self._scrubbed(*columns))

    def _find_told(self):
        return "itsm.notification.log", (
            self._of_tickets()
            | self._of_person()
            | Domain("partner_id", "in", self._persons().ids)
            | Domain("user_id", "in", self._users().ids)
        )

    def _clear_told(self, records):
        self._update(records, self._scrubbed("note"))
        self._scrub_json(records, "extra")

    def _find_event(self):
        return "itsm.event", Domain("ticket_id", "in", self._own_tickets())

    def _clear_event(self, records):
        self._update(records, self._scrubbed("summary", "message", "note"))
        alarms = records.alarm_id
        if alarms:
            self._update(alarms, self._scrubbed("summary"))

    def _find_finding(self):
        return "itsm.enforcement.finding", self._of_tickets() | self._of_person()

    def _clear_finding(self, records):
        # Evidence stays; only what the record was called is not his name any more.
        self._update(records, self._scrubbed("record_name", "message"))

    def _find_follower(self):
        return "mail.followers", Domain("partner_id", "in", self._persons().ids)

    def _clear_follower(self, records):
        records.unlink()

    # === Users and contact ===

    def _find_device(self):
        return "res.device.log", Domain("user_id", "in", self._users().ids)

    def _clear_device(self, records):
        # Nobody may delete them otherwise; where somebody logged in is personal.
        self.env.cr.execute(
            SQL("DELETE FROM res_device_log WHERE id = ANY(%s)", records.ids)
        )
        records.invalidate_model()

    def _find_user(self):
        return "res.users", Domain("id", "in", self._users().ids)

    def _clear_user(self, records):
        records.write({"active": False})
        # By SQL: Odoo would write a mail to the person about his new login.
        self._update(
            records,
            SQL(
                "login = 'anonymised-' || id, signature = NULL, password = NULL, "
                "out_of_office_message = NULL"
            ),
        )
        self.env.registry.clear_cache()

    def _find_contact(self):
        return "res.partner", Domain("id", "in", self._persons().ids)

    def _clear_contact(self, records):
        """The person at last: afterwards nothing tells who it was."""
        accounts = records.env["itsm.contact.identity"]
        accounts.search([("partner_id", "in", records.ids)]).unlink()
        values = dict.fromkeys(CLEARED, False)
        values = {name: value for name, value in values.items() if name in records}
        values |= {"name": self._alias(), "active": False}
        # active_test: Odoo looks for users of theirs that are still there
        context = {"tracking_disable": True, "active_test": True}
        records.with_context(**context).write(values)

    def _file_count(self):
        """Files of the contact and of his tickets; what is in them nobody knows."""
        # sudo: files are counted, not read
        files = self.env["ir.attachment"].sudo()
        return files.search_count(self._find_file()[1])

    def _kept_counts(self):
        """What stays, and is shown for the manager to look through.

        :return: list of ``(label, count)``
        """
        _own, shared = self._known_addresses()
        return [
            (
                self.env._("Contents of files of the person and his tickets"),
                self._file_count(),
            ),
            (
                self.env._("Mail addresses that other contacts have as well"),
                len(shared),
            ),
            (
                self.env._("Records of other applications; they show the new name"),
                self._elsewhere_count(),
            ),
        ]
