# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..tools import guard


class ItsmNotificationMixin(models.AbstractModel):
    """Records about which people are told.

    A model inherits it, says who is concerned (`_itsm_notification_recipients`), ships
    its events as data and calls ``env["itsm.notification.event"]._notify``. For the
    smart button a form shows ``itsm_notification_count`` in a button of type object
    named ``action_itsm_notifications``.
    """

    _name = "itsm.notification.mixin"
    _description = "Records People Are Told of"

    itsm_notification_count = fields.Integer(
        string="Notifications", compute="_compute_itsm_notification_count"
    )

    def _compute_itsm_notification_count(self):
        logs = self.env["itsm.notification.log"]
        counts = {}
        if self.ids and logs.has_access("read"):
            counts = dict(
                logs._read_group(
                    [("res_model", "=", self._name), ("res_id", "in", self.ids)],
                    ["res_id"],
                    ["__count"],
                )
            )
        for record in self:
            record.itsm_notification_count = counts.get(record.id, 0)

    @api.model
    def load(self, fields, data):
        # What is imported is told to nobody (design, Manners).
        return super(ItsmNotificationMixin, guard.silence(self)).load(fields, data)

    def action_itsm_notifications(self):
        """Open who was told about this record, and why others were not."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.itsm_notification_log_action"
        )
        action["domain"] = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        action["context"] = {}
        return action

    def _itsm_notification_recipients(self, role):
        """Hook: who is concerned by ``self`` in a role; called in sudo, for a batch.

        :param str role: ``owner``, ``assignee``, ``team_leader``, ``team``,
            ``requester``, ``participants``, ``checker``, ``process`` or ``manager``
        :return: dict of record id to ``res.partner``; records without anybody may be
            missing
        """
        return {}

    def _itsm_service_managers(self):
        """The managers of IT services, of each record's company.

        :return: dict of record id to ``res.partner``
        """
        group = self.env.ref("itsm_base.itsm_group_manager")
        managers = self.env["res.users"].search(
            [
                ("all_group_ids", "in", group.ids),
                ("share", "=", False),
                ("id", "!=", self.env.ref("base.user_root").id),
            ]
        )
        return {
            record.id: managers.filtered(
                lambda user, company=record.company_id: company in user.company_ids
            ).partner_id
            for record in self
        }

    def _itsm_process_people(self):
        """Owner and manager of the process of each record.

        :return: dict of record id to ``res.partner``
        """
        return {
            record.id: (
                record.process_id.owner_id | record.process_id.manager_id
            ).partner_id
            for record in self
        }

    def _itsm_notification_history(self):
        """Hook: those of ``self`` that are history, of which nobody is told."""
        if "is_history" not in self._fields:
            return self.browse()
        return self.filtered("is_history")

    def _itsm_notification_by_company(self):
        """Return a dict of company to those of ``self`` that are its own."""
        if "company_id" not in self._fields:
            return {self.env.company: self}
        by_company = {}
        for company, records in self.grouped("company_id").items():
            company = company or self.env.company
            by_company[company] = by_company.get(company, self.browse()) | records
        return by_company
