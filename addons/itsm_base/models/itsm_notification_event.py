# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..tools import guard

#: What was told, or is still to be told: nobody is told twice of one thing.
TOLD = ("waiting", "digest")


class Audience(NamedTuple):
    """One recipient role of an event, as a company has set it (plain values)."""

    audience_id: int
    role: str
    role_id: int | bool
    enabled: bool
    channel: str
    digest: bool
    template_id: int | bool
    own_way: bool


class EventConfig(NamedTuple):
    """An event as a company has set it (plain values)."""

    event_id: int
    urgent: bool
    mandatory: bool
    audiences: tuple


class ItsmNotificationEvent(models.Model):
    """Something that people may be told of; addons ship theirs as data.

    Code that establishes the fact calls ``_notify``; who is told, how and when is
    decided here, and written down for everybody concerned (issue 4, Notifications).
    """

    _name = "itsm.notification.event"
    _description = "Notification Event"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="By this name code says what happened.")
    description = fields.Char(translate=True, help="When it happens.")
    model_id = fields.Many2one(
        comodel_name="ir.model",
        string="About",
        required=True,
        ondelete="cascade",
        index=True,
    )
    model = fields.Char(related="model_id.model", string="Model Name")
    urgent = fields.Boolean(
        help="Waits neither for the working hours of anybody nor for a digest."
    )
    mandatory = fields.Boolean(
        help="Neither a company nor a person can switch it off or postpone it."
    )
    template_id = fields.Many2one(
        comodel_name="mail.template",
        string="Default Template",
        ondelete="set null",
        domain="[('model_id', '=', model_id)]",
        help="Subject and text in every language; a company may choose its own for "
        "each recipient role.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    audience_ids = fields.One2many(
        comodel_name="itsm.notification.audience",
        inverse_name="event_id",
        string="Recipient Roles",
    )

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another notification event has this code."
    )

    @api.constrains("model_id", "template_id")
    def _check_model_id(self):
        for event in self:
            model = self.env.get(event.model)
            if model is None or not hasattr(model, "_itsm_notification_recipients"):
                raise ValidationError(
                    self.env._(
                        "About: %(model)s cannot say who is concerned. Let the model "
                        "inherit itsm.notification.mixin first.",
                        model=event.model_id.name,
                    )
                )
            if event.template_id and event.template_id.model_id != event.model_id:
                raise ValidationError(
                    self.env._(
                        "Default Template: %(template)s is not about %(model)s.",
                        template=event.template_id.name,
                        model=event.model_id.name,
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        self.env.registry.clear_cache()
        return events

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # === Configuration ===

    @api.model
    @tools.ormcache("company_id")
    def _configs(self, company_id):
        """All events as the company has set them.

        A company that has not set a recipient role has it as it was shipped.

        :param int company_id: the company
        :return: dict of code to `EventConfig`
        """
        # sudo: how a company notifies does not depend on who causes it
        audiences = self.env["itsm.notification.audience"].sudo()
        settings = {
            setting.audience_id.id: setting
            for setting in self.env["itsm.notification.setting"]
            .sudo()  # sudo: as above
            .search([("company_id", "=", company_id)])
        }
        by_event = {}
        for audience in audiences.search([("event_id.active", "=", True)]):
            setting = settings.get(audience.id)
            event = audience.event_id
            by_event.setdefault(event, []).append(
                Audience(
                    audience.id,
                    audience.role,
                    audience.role_id.id,
                    event.mandatory
                    or (setting.enabled if setting else audience.default_enabled),
                    setting.channel if setting else audience.default_channel,
                    not (event.mandatory or event.urgent)
                    and (setting.digest if setting else audience.default_digest),
                    setting.template_id.id or event.template_id.id
                    if setting
                    else event.template_id.id,
                    audience.own_way,
                )
            )
        return {
            event.code: EventConfig(
                event.id, event.urgent, event.mandatory, tuple(found)
            )
            for event, found in by_event.items()
        }

    # === Telling ===

    @api.model
    def _notify(self, code, records, extra=None, *, told=(), **more):
        """Tell whom it concerns that something happened to ``records``.

        One call for a batch: the number of queries depends on how many people are told
        and not on how many records there are. What came of it, also why somebody was
        *not* told, is in the log. Nothing is told while modules are installed; of
        imported history, and of what is done in silence (`guard.silence`), the log says
        that it was left out.

        :param str code: code of the event; unknown or archived: nothing happens
        :param records: records of the event's model, of any companies
        :param dict extra: plain values (JSON) for the template, there as ``extra``
        :param told: ``(record id, partner id)`` of those who know already
        :param more: the same as keyword arguments
        :return: the ``itsm.notification.log`` records, in sudo
        """
        # sudo: who causes an event need not be allowed to see who is told
        logs = self.env["itsm.notification.log"].sudo()
        if not records or not self.env.registry.ready:
            return logs
        records = records.sudo()  # sudo: as above; readers are checked one by one
        extra = {**(extra or {}), **more}
        vals_list = []
        for company, mine in records._itsm_notification_by_company().items():
            config = self._configs(company.id).get(code)
            if config and config.audiences:
                vals_list += self._plan(code, config, company, mine, extra, told)
        logs = logs._log(vals_list)
        at_once = logs.filtered(lambda log: log.outcome == "waiting" and not log.due_at)
        at_once._deliver()
        logs._wake_up()
        return logs

    @api.model
    def _plan(self, code, config, company, records, extra, told=()):
        """Decide who of one company is told what, when and how.

        :return: list of values of log rows
        """
        now = fields.Datetime.now()
        wanted = self._wanted(config, company, records)
        users = self._users({partner for _r, _a, partner in wanted if partner})
        preferences, readable = {}, {}
        if any(audience.enabled for audience in config.audiences):
            preferences = self._preferences(config, users.values())
            readable = self._readable(records, users.values())
        silent = self._silent(records)
        times = {}
        told = set(told)
        vals_list = []
        for record, audience, partner in wanted:
            user = users.get(partner, self.env["res.users"])
            vals = self._prepare_log(code, config, company, record, partner, user)
            vals.update(
                audience_id=audience.audience_id,
                template_id=audience.template_id,
                channel=audience.channel,
                extra=extra or False,
            )
            reason = self._reason_not(
                config, audience, record, partner, user, readable, silent
            )
            if not reason and (record.id, partner.id) in told:
                reason = "twice"
            if not reason:
                mode = "on"
                if not config.mandatory:
                    mode = preferences.get(user.id, "on")
                reason = self._when(
                    config, audience, company, user, mode, now, times, vals
                )
            vals["reason"] = reason
            if vals["outcome"] in TOLD:
                told.add((record.id, partner.id))
            vals_list.append(vals)
        return vals_list

    @api.model
    def _prepare_log(self, code, config, company, record, partner, user):
        """Values of a log row that says, so far, that somebody was not told."""
        return {
            "event_id": config.event_id,
            "event_code": code,
            "company_id": company.id,
            "res_model": record._name,
            "res_id": record.id,
            "partner_id": partner.id if partner else False,
            "user_id": user.id,
            "time": fields.Datetime.now(),
            "outcome": "suppressed",
        }

    @api.model
    def _wanted(self, config, company, records):
        """Whom the event concerns.

        :return: list of ``(record, audience, partner)``; partner None where a record
            has nobody in that role
        """
        wanted = []
        for audience in config.audiences:
            if audience.own_way:
                continue
            if audience.role == "holder":
                # sudo: who holds a role does not depend on who causes an event
                role = self.env["itsm.role"].sudo().browse(audience.role_id)
                # sudo: as above
                holders = role._holders(company).sudo().partner_id
                found = dict.fromkeys(records.ids, holders)
            else:
                found = records._itsm_notification_recipients(audience.role)
            for record in records:
                partners = found.get(record.id)
                wanted += [
                    (record, audience, partner) for partner in partners or [None]
                ]
        return wanted

    @api.model
    def _users(self, partners):
        """The user of each person: an active one, rather a colleague than a customer.

        :return: dict of partner to ``res.users``
        """
        if not partners:
            return {}
        # sudo: as in _notify
        users = self.env["res.users"].sudo().with_context(active_test=False)
        found = {}
        for user in users.search(
            [("partner_id", "in", [partner.id for partner in partners])],
            order="active DESC, share, id",
        ):
            found.setdefault(user.partner_id, user)
        return found

    @api.model
    def _preferences(self, config, users):
        """What the persons want of this event: dict of user id to mode."""
        # sudo: as in _notify
        preferences = self.env["itsm.notification.preference"].sudo()
        found = preferences.search_fetch(
            [
                ("event_id", "=", config.event_id),
                ("user_id", "in", [user.id for user in users]),
            ],
            ["user_id", "mode"],
        )
        return {preference.user_id.id: preference.mode for preference in found}

    @api.model
    def _readable(self, records, users):
        """The records that each user may read: dict of user id to set of ids."""
        return {
            user.id: set(
                records.with_user(user)
                .with_context(allowed_company_ids=user.company_ids.ids)
                ._filtered_access("read")
                .ids
            )
            for user in users
            if user.active
        }

    @api.model
    def _silent(self, records):
        """Ids of records of which nothing is told: history, and what runs in silence.

        Keys of the context that a client can send, such as ``tracking_disable``,
        silence nothing.
        """
        if guard.is_silent(self.env):
            return set(records.ids)
        return set(records._itsm_notification_history().ids)

    @api.model
    def _reason_not(self, config, audience, record, partner, user, readable, silent):
        """Why somebody is not told at all; empty if he is."""
        if record.id in silent:
            return "history"
        if not partner:
            return "nobody"
        if not audience.enabled:
            return "company"
        if user and not user.active or not partner.active:
            return "inactive"
        if user and record.id not in readable[user.id]:
            return "no_access"
        if user and user.id == self.env.uid:
            return "self"
        colleague = user and not user.share
        if audience.channel != "mail" and not colleague:
            return "no_user"
        if audience.channel == "mail" and not partner.email_normalized:
            return "no_address"
        return False

    @api.model
    def _when(self, config, audience, company, user, mode, now, times, vals):
        """Set outcome and due time in ``vals`` and return the reason.

        :param dict times: due times found already, by user and kind
        """
        if mode == "off":
            return "user"
        colleague = user and not user.share
        digest = mode == "digest" or audience.digest
        digest = digest and colleague and not config.urgent
        if digest:
            key = user.id, "digest"
            if key not in times:
                times[key] = user._itsm_digest_at(company, now)
            vals.update(outcome="digest", due_at=times[key])
            return "user_digest" if mode == "digest" else "company_digest"
        vals["outcome"] = "waiting"
        if colleague and not config.urgent and not config.mandatory:
            key = user.id, "quiet"
            if key not in times:
                times[key] = user._itsm_quiet_until(company, now)
            if times[key]:
                vals["due_at"] = times[key]
                return "quiet"
        return "at_once"
