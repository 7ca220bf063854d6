# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.itsm_base.tools import guard

#: What of an interruption moves deadlines.
EFFECTIVE = {"date_start", "date_stop", "state", "service_ids", "company_id"}
#: Written by code.
KEPT = ("agreed_at", "entered_afterwards")
LONGEST = timedelta(days=366)


class ItsmInterruption(models.Model):
    """A time in which a service is not there, planned and agreed with its customers.

    It moves deadlines as an edit of the calendar does: of a clock that runs when it is
    next looked at, and of all of them by a replay.
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
            interruptions._note_effect({}, {}, fields.Datetime.now())
        return interruptions

    def write(self, vals):
        # Emptying them would forget it as well.
        self._check_kept(name for name in KEPT if name in vals)
        if EFFECTIVE.isdisjoint(vals):
            return super().write(vals)
        now = fields.Datetime.now()
        before = {record.id: record._effect() for record in self}
        past = {record.id: record._effect(now) for record in self}
        with self.env["resource.calendar"]._itsm_timelines_changing():
            result = super().write(vals)
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
        """Agree planned interruptions: from now on clocks stand still in them."""
        self.write({"state": "agreed"})

    def action_cancel(self):
        """Cancel interruptions: clocks run on."""
        self.write({"state": "cancelled"})

    def action_plan(self):
        """Take interruptions back to planning: clocks run on."""
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
