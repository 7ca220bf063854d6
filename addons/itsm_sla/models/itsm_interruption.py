# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from odoo.addons.itsm_base.tools import guard

#: What of an interruption moves deadlines.
EFFECTIVE = {"date_start", "date_stop", "state", "service_ids", "company_id"}
#: What is asked for: whoever changes it asks for it.
ASKED = frozenset({"date_start", "date_stop", "service_ids", "company_id"})
#: How the other side agreed, and what a plan has of it.
CONSENT = {
    "consent_partner_ids": [Command.clear()],
    "consent_on": False,
    "consent_evidence": False,
}
#: Written by code.
KEPT = ("agreed_at", "agreed_by_id", "entered_afterwards", "requested_by_id")
LONGEST = timedelta(days=366)


class ItsmInterruption(models.Model):
    """A time in which a service is not there, planned and agreed with its customers.

    It moves deadlines as an edit of the calendar does: of a clock that runs when it is
    next looked at, and of all of them by a replay.

    It is agreed by two: who asked for it does not record that the other side agreed.
    The record says who agreed, when, and where it is written. Only the system itself,
    which loads data, does both.
    """

    _name = "itsm.interruption"
    _description = "Planned Interruption"
    _inherit = ["mail.thread", "mail.activity.mixin", "itsm.archive.mixin"]
    _order = "date_start desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        required=True, tracking=True, help="For example: database upgrade."
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    service_ids = fields.Many2many(
        comodel_name="itsm.service",
        string="Services",
        check_company=True,
        help="Empty: every service of the company. A service stands for its offerings "
        "too.",
    )
    date_start = fields.Datetime(string="From", required=True, tracking=True)
    date_stop = fields.Datetime(string="Until", required=True, tracking=True)
    state = fields.Selection(
        selection=[
            ("planned", "Planned"),
            ("agreed", "Agreed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="planned",
        tracking=True,
        copy=False,
        help="Clocks stand still in agreed interruptions only.",
    )
    reference = fields.Char(help="Of the change, the letter or the minutes.")
    reason = fields.Text(
        tracking=True,
        help="Required for an interruption that is entered or changed after it began.",
    )
    entered_afterwards = fields.Boolean(
        readonly=True,
        copy=False,
        tracking=True,
        help="It was agreed, moved or cancelled when part of it lay in the past. Open "
        "clocks follow when they are next looked at, or by a replay; met and missed "
        "are final.",
    )
    requested_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Requested by",
        readonly=True,
        copy=False,
        ondelete="restrict",
        tracking=True,
        help="Who entered it, or last changed its time or services: somebody else "
        "records that it is agreed.",
    )
    consent_partner_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="itsm_interruption_consent_rel",
        string="Agreed With",
        check_company=True,
        copy=False,
        tracking=True,
        help="Who agreed for the other side: contacts of the customers, or people of "
        "the organisation for services that only it uses.",
    )
    consent_on = fields.Date(string="Agreed On", copy=False, tracking=True)
    consent_evidence = fields.Char(
        string="Evidence",
        copy=False,
        tracking=True,
        help="Where it is written: minutes, letter, e-mail. Attach it below.",
    )
    agreed_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Recorded by",
        readonly=True,
        copy=False,
        ondelete="restrict",
        tracking=True,
        help="Who recorded that the other side agreed.",
    )
    agreed_at = fields.Datetime(
        string="Agreed", readonly=True, copy=False, help="Or last changed since."
    )
    active = fields.Boolean(
        default=True,
        help="Archived interruptions are out of sight; agreed ones still count. Cancel "
        "an interruption that does not take place.",
    )

    _company_idx = models.Index("(company_id, date_start) WHERE state = 'agreed'")

    # === Constraints ===

    @api.constrains("date_start", "date_stop")
    def _check_dates(self):
        for interruption in self:
            if interruption.date_stop <= interruption.date_start:
                raise ValidationError(
                    self.env._(
                        "Until: %(interruption)s ends before it starts. Enter a time "
                        "after From.",
                        interruption=interruption.display_name,
                    )
                )
            if interruption.date_stop - interruption.date_start > LONGEST:
                raise ValidationError(
                    self.env._(
                        "Until: %(interruption)s takes longer than a year. Enter an "
                        "earlier end, or retire the service.",
                        interruption=interruption.display_name,
                    )
                )

    # === CRUD ===

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        # A context key default_x would be a way around the guard.
        for name in KEPT:
            defaults.pop(name, None)
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_kept(name for name in KEPT if vals.get(name))
        with self.env["resource.calendar"]._itsm_timelines_changing():
            interruptions = super().create(vals_list)
            guard.with_token(interruptions).requested_by_id = self.env.user
            interruptions._check_consent({})
            interruptions._note_effect({}, {}, fields.Datetime.now())
        return interruptions

    def write(self, vals):
        # Emptying them would forget it as well.
        self._check_kept(name for name in KEPT if name in vals)
        if not self:
            # every worker would forget its timelines for nothing
            return super().write(vals)
        agreed = self.filtered(lambda record: record.state == "agreed")
        if vals.get("state") == "agreed":
            self._check_planned()
        if agreed and vals.get("state", "agreed") == "agreed":
            agreed._check_consent_kept(vals)
        if EFFECTIVE.isdisjoint(vals):
            return super().write(vals)
        now = fields.Datetime.now()
        before = {record.id: record._effect() for record in self}
        past = {record.id: record._effect(now) for record in self}
        asked = {record.id: record._asked() for record in self}
        with self.env["resource.calendar"]._itsm_timelines_changing():
            if vals.get("state") == "planned":
                back = self.filtered(lambda record: record.state != "planned")
                # what was agreed was another plan
                super(ItsmInterruption, guard.with_token(back)).write(
                    {**CONSENT, "agreed_by_id": False}
                )
            result = super().write(vals)
            changed = self.filtered(lambda record: record._asked() != asked[record.id])
            # who only corrects it to less has not asked for it
            changed -= changed.filtered(lambda r: r._asks_less(asked[r.id]))
            guard.with_token(changed).requested_by_id = self.env.user
            self._check_consent(before)
            self._note_effect(before, past, now)
        return result

    def unlink(self):
        with self.env["resource.calendar"]._itsm_timelines_changing():
            return super().unlink()

    def _archive_kept(self):
        return self.filtered("agreed_at")

    def _archive_message(self):
        return self.env._(
            "%(interruption)s was agreed and may have moved deadlines: cancel it "
            "instead of deleting it.",
            interruption=self[0].display_name,
        )

    def _check_kept(self, names):
        names = list(names)
        if names and not guard.has_token(self.env):
            raise AccessError(
                self.env._(
                    "%(fields)s: the system keeps these records itself and nobody can "
                    "write them. Leave these fields out.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in names
                    ),
                )
            )

    def _effect(self, until=None):
        """What the interruption takes away from working time, or None.

        :param until: naive UTC datetime; only what lies before it
        """
        self.ensure_one()
        if self.state != "agreed" or (until and self.date_start >= until):
            return None
        stop = min(self.date_stop, until) if until else self.date_stop
        return (
            self.date_start,
            stop,
            self.company_id.id,
            frozenset(self.service_ids.ids),
        )

    def _asked(self):
        """What is asked for: when, of which services."""
        self.ensure_one()
        return {name: self[name] for name in ASKED}

    def _asks_less(self, was):
        """Whether no more is asked for than was asked before.

        :param dict was: what `_asked` gave before
        """
        self.ensure_one()
        now = self._asked()
        return (
            now["date_start"] >= was["date_start"]
            and now["date_stop"] <= was["date_stop"]
            and now["company_id"] == was["company_id"]
            # none are all of them
            and (
                not was["service_ids"]
                or bool(now["service_ids"] and now["service_ids"] <= was["service_ids"])
            )
        )

    def _is_within(self, before):
        """Whether it takes away no more than was agreed already.

        :param dict before: what each took away before the save, by id
        """
        self.ensure_one()
        was, now = before.get(self.id), self._effect()
        if now is None or was is None:
            return now is None and was is not None
        return (
            now[0] >= was[0]
            and now[1] <= was[1]
            and now[2] == was[2]
            # none are all of them
            and (not was[3] or bool(now[3] and now[3] <= was[3]))
        )

    def _check_consent_kept(self, vals):
        """Refuse to change how the other side agreed to what is agreed.

        :raise UserError: with the way out
        """
        if CONSENT.keys() & vals.keys() and self.env.uid != SUPERUSER_ID:
            raise UserError(
                self.env._(
                    "%(interruption)s is agreed, and how stays as it was recorded. "
                    "Take it back to planning and have it agreed again.",
                    interruption=self[0].display_name,
                )
            )

    def _check_planned(self):
        """What was cancelled is planned again first: its consent was to another plan.

        :raise UserError: naming one that is not planned
        """
        for interruption in self:
            if interruption.state not in ("planned", "agreed"):
                raise UserError(
                    self.env._(
                        "%(interruption)s was cancelled. Take it back to planning, and "
                        "have it agreed again.",
                        interruption=interruption.display_name,
                    )
                )

    def _check_consent(self, before):
        """Refuse what is agreed by its requester alone, or by nobody on record.

        :param dict before: what each took away before the save, by id
        :raise UserError: saying what is missing, or who has to do it
        """
        # The system loads data; nobody can be logged in as the system.
        if self.env.uid == SUPERUSER_ID:
            return
        for interruption in self:
            if interruption._effect() is None or interruption._is_within(before):
                continue
            if before.get(interruption.id):
                raise UserError(
                    self.env._(
                        "%(interruption)s was agreed for less time or for fewer "
                        "services. Take it back to planning, change it, and have it "
                        "agreed again.",
                        interruption=interruption.display_name,
                    )
                )
            interruption._check_consent_told()
            if interruption.requested_by_id == self.env.user:
                raise AccessError(
                    self.env._(
                        "%(interruption)s was requested by yourself: let another "
                        "service level manager record that it is agreed.",
                        interruption=interruption.display_name,
                    )
                )

    def _check_consent_told(self):
        """Raise unless it says who agreed, when, and where it is written.

        :raise UserError: naming what is missing or cannot be
        """
        self.ensure_one()
        missing = [
            self._fields[name]._description_string(self.env)
            for name in CONSENT
            if not self[name] or (name == "consent_evidence" and not self[name].strip())
        ]
        if missing:
            raise UserError(
                self.env._(
                    "%(interruption)s: say who agreed for the other side, when, and "
                    "where it is written. Missing: %(fields)s.",
                    interruption=self.display_name,
                    fields=", ".join(missing),
                )
            )
        # sudo: who they are, whoever may see them
        people = (self.sudo().requested_by_id | self.env.user.sudo()).partner_id
        if self.sudo().consent_partner_ids & people:  # sudo: as above
            raise UserError(
                self.env._(
                    "Agreed With: who asks for %(interruption)s or records that it is "
                    "agreed is not the other side.",
                    interruption=self.display_name,
                )
            )
        if self.consent_on > fields.Date.context_today(self):
            raise UserError(self.env._("Agreed On: the day lies in the future."))

    def _note_effect(self, before, past, now):
        """Note when deadlines were moved, and whether it was afterwards.

        :param dict before: what each took away before the save, by id
        :param dict past: the same as far as it lay before ``now``
        :raises ValidationError: something in the past changes without a reason
        """
        for interruption in self:
            vals = {}
            if interruption._effect() != before.get(interruption.id):
                vals["agreed_at"] = now
                if not before.get(interruption.id):
                    vals["agreed_by_id"] = self.env.uid
            if interruption._effect(now) != past.get(interruption.id):
                if not (interruption.reason or "").strip():
                    raise ValidationError(
                        self.env._(
                            "Reason: %(interruption)s changes what has passed already. "
                            "Enter why it is entered or changed afterwards.",
                            interruption=interruption.display_name,
                        )
                    )
                vals["entered_afterwards"] = True
            if vals:
                guard.with_token(interruption).write(vals)

    # === Actions ===

    def action_agree(self):
        """Agree planned interruptions: from now on clocks stand still in them.

        :raise AccessError: the user asked for one of them himself
        :raise UserError: one does not say who agreed, when, and where it is written
        """
        self.write({"state": "agreed"})

    def action_cancel(self):
        """Cancel interruptions: clocks run on."""
        self.write({"state": "cancelled"})

    def action_plan(self):
        """Take interruptions back to planning: clocks run on, nobody has agreed."""
        self.write({"state": "planned"})

    # === What clocks ask ===

    @api.model
    def _index(self, company_id):
        """Agreed interruptions of a company, for every ticket alike.

        Shared as timelines are: one query for all until calendar data or interruptions
        change; a transaction that changed them reads its own.

        :return: tuple of ``(from, to, frozenset of service ids)``, the set empty for
            all services
        """
        calendars = self.env["resource.calendar"]
        if calendars._itsm_timelines_changed():
            return self._index_build(company_id)
        return self._index_cached(company_id, calendars._itsm_cache_version())

    @api.model
    @tools.ormcache("company_id", "version")
    def _index_cached(self, company_id, version):
        return self._index_build(company_id)

    @api.model
    def _index_build(self, company_id):
        # sudo: what holds for a ticket does not depend on who saves it
        agreed = self.sudo().with_context(active_test=False)
        agreed = agreed.search(
            [("company_id", "=", company_id), ("state", "=", "agreed")]
        )
        return tuple(
            (
                interruption.date_start,
                interruption.date_stop,
                frozenset(interruption.service_ids.ids),
            )
            for interruption in agreed
        )

    @api.model
    def _of_service(self, company_id, service_id, start, stop):
        """Agreed interruptions of a service that overlap ``[start, stop)``."""
        domain = [
            ("company_id", "=", company_id),
            ("state", "=", "agreed"),
            ("date_start", "<", stop),
            ("date_stop", ">", start),
            "|",
            ("service_ids", "=", False),
            ("service_ids", "parent_of", service_id or []),
        ]
        # sudo: as in _index_build
        found = self.sudo().with_context(active_test=False)
        return found.search(domain, order="date_start, id")
