# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..tools import guard


class ItsmNotificationEvent(models.Model):
    """Events that code tells in a way of its own: with files, or many at a time."""

    _inherit = "itsm.notification.event"

    @api.model
    def _plan_own_way(self, code, pairs, channel="mail"):
        """Whom code may tell that tells in a way of its own.

        What company and person have switched off holds here too. Nothing is sent: the
        caller tells those whose row says ``sent``, and has all rows written down
        (``itsm.notification.log._log``). The number of queries does not depend on how
        many pairs there are.

        :param str code: code of the event; unknown or archived: nothing is decided
        :param list pairs: ``(record, res.partner)``, records of any companies
        :param str channel: how the caller tells them
        :return: values of a log row for each pair, in their order; None where the
            event has no recipient role that is told so
        :rtype: list[dict | None]
        """
        partners = self.env["res.partner"].union(*(pair[1] for pair in pairs))
        users = self._users(set(partners))
        silent = guard.is_silent(self.env)
        nobody = self.env["res.users"]
        preferences = None
        rows = []
        for record, partner in pairs:
            company = record.company_id or self.env.company
            config = self._configs(company.id).get(code)
            audience = self._own_way(config)
            if not audience:
                rows.append(None)
                continue
            if preferences is None:  # of the event, the same in every company
                preferences = self._preferences(config, users.values())
            user = users.get(partner, nobody)
            vals = self._prepare_log(code, config, company, record, partner, user)
            vals.update(audience_id=audience.audience_id, channel=channel)
            if silent or record._itsm_notification_history():
                vals["reason"] = "history"
            elif not audience.enabled:
                vals["reason"] = "company"
            elif preferences.get(user.id) == "off" and not config.mandatory:
                vals["reason"] = "user"
            elif channel == "mail" and not partner.email_normalized:
                vals["reason"] = "no_address"
            else:
                vals.update(
                    outcome="sent", reason="at_once", sent_at=fields.Datetime.now()
                )
            rows.append(vals)
        return rows

    @api.model
    def _own_way(self, config):
        """The recipient role of an event that is told in a way of its own, or None."""
        audiences = config.audiences if config else ()
        return next((audience for audience in audiences if audience.own_way), None)

    @api.model
    def _tells_others(self, code, company):
        """Whether a company has switched on a role that the engine tells of an event.

        :param str code: code of the event
        :param company: ``res.company``
        :rtype: bool
        """
        config = self._configs(company.id).get(code)
        return any(
            audience.enabled and not audience.own_way
            for audience in (config.audiences if config else ())
        )
