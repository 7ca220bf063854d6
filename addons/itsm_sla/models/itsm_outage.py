# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.kpi import cut

#: What availability is worked out from.
EFFECTIVE = frozenset(
    {
        "state",
        "service_id",
        "company_id",
        "partner_ids",
        "date_start",
        "date_stop",
        "effect",
        "planned",
        "interruption_id",
        "leg",
        "leg_team_id",
        "leg_partner_id",
    }
)
#: What only a service level manager writes: what was decided.
DECIDED = frozenset({"state", "active"})
#: What a planned outage takes from the agreed time where nothing was agreed beforehand.
TAKEN = ("planned", "interruption_id", "service_id", "date_start", "date_stop")
LEGS = [
    ("team", "Team of the company"),
    ("supplier", "Supplier"),
    ("customer", "Customer"),
]


class ItsmOutage(models.Model):
    """A time in which a service was not available, or worse than agreed (AVC-05).

    Its times are its own: those of the incident are where they were proposed from
    (AVC-06). Agents propose outages; a service level manager confirms or rejects them.
    Confirmed ones make availability, archived or not.
    """

    _name = "itsm.outage"
    _description = "Outage"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "itsm.notification.mixin",
        "itsm.archive.mixin",
    ]
    _order = "date_start desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        required=True, tracking=True, help="For example: mail did not go out."
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    service_id = fields.Many2one(
        comodel_name="itsm.service",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="The service, if all of it was out; else the offering. An outage counts "
        "for all that is part of what was out.",
    )
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Customers",
        check_company=True,
        help="Empty: all of them. Otherwise it counts for the agreements of these "
        "customers, and for the agreement for everybody if one of them has none of "
        "his own.",
    )
    affected_user_count = fields.Integer(
        string="Affected Users", aggregator=None, help="As far as known; 0: not known."
    )
    date_start = fields.Datetime(
        string="From", required=True, index=True, tracking=True
    )
    date_stop = fields.Datetime(
        string="Until", tracking=True, help="Empty: the service is still out."
    )
    duration = fields.Float(
        string="Duration (hours)",
        compute="_compute_duration",
        help="Hours on the wall; up to now while it lasts.",
    )
    effect = fields.Selection(
        selection=[("down", "Down"), ("degraded", "Degraded")],
        required=True,
        default="down",
        tracking=True,
        help="Degraded: it worked, but worse than agreed. The agreement says whether "
        "that counts as down.",
    )
    planned = fields.Boolean(
        tracking=True,
        help="Maintenance that was agreed: it is taken from the agreed time.",
    )
    interruption_id = fields.Many2one(
        comodel_name="itsm.interruption",
        string="Planned Interruption",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('state', '=', 'agreed'), ('company_id', '=', company_id)]",
        tracking=True,
        help="What was agreed beforehand. What lies outside of it counts as down. "
        "Without one all of the planned outage is taken as agreed; say in the note "
        "with whom. Then somebody else confirms it than who planned it.",
    )
    planned_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Planned by",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Who entered it as planned, or last changed its time.",
    )
    cause_id = fields.Many2one(
        comodel_name="itsm.outage.cause",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    leg = fields.Selection(
        selection=LEGS,
        string="Responsible",
        tracking=True,
        help="On whose side the cause lay. Agreements with a team or a supplier count "
        "the outages that he is responsible for; those with customers count all.",
    )
    leg_team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        string="Responsible Team",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    leg_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Responsible Party",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="The supplier or customer.",
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Incident",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
    )
    incident_start = fields.Datetime(
        string="From (Incident)",
        readonly=True,
        copy=False,
        help="What the incident said when the outage was proposed or followed it. A "
        "proposal follows corrections of the incident until it is changed by hand, or "
        "decided.",
    )
    incident_stop = fields.Datetime(
        string="Until (Incident)",
        readonly=True,
        copy=False,
        help="As above; an outage that was confirmed while it lasted takes its end "
        "from the incident.",
    )
    state = fields.Selection(
        selection=[
            ("proposed", "Proposed"),
            ("confirmed", "Confirmed"),
            ("rejected", "Rejected"),
        ],
        required=True,
        default="proposed",
        readonly=True,
        index=True,
        copy=False,
        tracking=True,
        help="Only confirmed outages count.",
    )
    note = fields.Text(
        tracking=True,
        help="What happened; with whom it was agreed, if it was planned without an "
        "interruption in the calendar.",
    )
    active = fields.Boolean(
        default=True,
        help="Archived outages are out of sight; confirmed ones still count. Reject "
        "one that did not happen.",
    )
    availability_count = fields.Integer(compute="_compute_availability_count")

    _time_idx = models.Index("(company_id, date_start) WHERE state = 'confirmed'")
    _dates_ordered = models.Constraint(
        "CHECK(date_stop IS NULL OR date_stop > date_start)",
        "The outage ends before it begins: enter an Until after From, or leave it "
        "empty while the service is out.",
    )
    _affected_positive = models.Constraint(
        "CHECK(COALESCE(affected_user_count, 0) >= 0)",
        "The number of affected users cannot be negative.",
    )

    # === Computes ===

    @api.depends("date_start", "date_stop")
    def _compute_duration(self):
        now = fields.Datetime.now()
        for outage in self:
            start = outage.date_start
            stop = outage.date_stop or now
            outage.duration = (
                max(stop - start, timedelta()).total_seconds() / 3600 if start else 0
            )

    def _compute_availability_count(self):
        counts = dict(
            self.env["itsm.availability"]._read_group(
                self._availability_domain(), ["outage_ids"], ["__count"]
            )
        )
        for outage in self:
            outage.availability_count = counts.get(outage._origin, 0)

    def _availability_domain(self):
        return Domain("outage_ids", "in", self.ids) & Domain("is_latest", "=", True)

    @api.onchange("leg")
    def _onchange_leg(self):
        if self.leg != "team":
            self.leg_team_id = False
        if self.leg == "team" or not self.leg:
            self.leg_partner_id = False

    @api.onchange("planned")
    def _onchange_planned(self):
        if not self.planned:
            self.interruption_id = False

    # === Constraints ===

    @api.constrains("date_start", "date_stop", "planned")
    def _check_past(self):
        now = fields.Datetime.now()
        for outage in self:
            times = (outage.date_start, outage.date_stop)
            if not outage.planned and any(time > now for time in times if time):
                raise ValidationError(
                    self.env._(
                        "From, Until: %(outage)s has not happened yet. Enter times "
                        "that are past; what is planned belongs to the planned "
                        "interruptions.",
                        outage=outage.display_name,
                    )
                )
            if outage.planned and not outage.date_stop:
                raise ValidationError(
                    self.env._(
                        "Until: %(outage)s was planned, so it has an end. Enter it.",
                        outage=outage.display_name,
                    )
                )

    @api.constrains("planned", "interruption_id", "service_id", "note")
    def _check_planned(self):
        for outage in self.sudo():  # sudo: what holds does not depend on who saves
            interruption = outage.interruption_id
            if not outage.planned:
                if interruption:
                    raise ValidationError(
                        self.env._(
                            "Planned Interruption: %(outage)s is not marked as "
                            "planned. Mark it, or leave the interruption out.",
                            outage=outage.display_name,
                        )
                    )
                continue
            if not interruption and not (outage.note or "").strip():
                raise ValidationError(
                    self.env._(
                        "Note: say with whom %(outage)s was agreed, or choose the "
                        "planned interruption that it belongs to.",
                        outage=outage.display_name,
                    )
                )
            path = {int(part) for part in outage.service_id.parent_path.split("/")[:-1]}
            covered = interruption.service_ids
            if interruption and covered and path.isdisjoint(covered.ids):
                raise ValidationError(
                    self.env._(
                        "Planned Interruption: %(interruption)s is about other "
                        "services than %(service)s. Choose another one.",
                        interruption=interruption.display_name,
                        service=outage.service_id.display_name,
                    )
                )

    @api.constrains("leg", "leg_team_id", "leg_partner_id")
    def _check_leg(self):
        for outage in self:
            wrong_team = outage.leg_team_id and outage.leg != "team"
            wrong_partner = outage.leg_partner_id and outage.leg not in (
                "supplier",
                "customer",
            )
            if wrong_team or wrong_partner:
                raise ValidationError(
                    self.env._(
                        "Responsible: %(outage)s names a team or party of another "
                        "side. Choose one side and its team or party.",
                        outage=outage.display_name,
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [
            # explicitly: a context key default_state would be a way around the check
            {"state": "proposed", "active": True, **vals}
            for vals in vals_list
        ]
        if any(vals["state"] != "proposed" or not vals["active"] for vals in vals_list):
            self._check_decides()
        if any(vals.get("planned_by_id") for vals in vals_list):
            self._check_planned_by()
        outages = super().create(vals_list)
        outages._note_planned({})
        outages._wake_up()
        proposed = outages.filtered(lambda outage: outage.state == "proposed")
        self.env["itsm.notification.event"]._notify("outage_proposed", proposed)
        return outages

    def write(self, vals):
        self.check_access("write")
        decided = self.filtered(lambda outage: outage.state != "proposed")
        if decided or not DECIDED.isdisjoint(vals):
            self._check_decides()
        if "planned_by_id" in vals:
            self._check_planned_by()
        if EFFECTIVE.isdisjoint(vals):
            return super().write(vals)
        self._wake_up()
        before = {outage.id: (outage._taken(), outage.state) for outage in self}
        result = super().write(vals)
        self._note_planned(before)
        self._wake_up()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if self.filtered(lambda outage: outage.state != "proposed"):
            self._check_decides()

    def _archive_kept(self):
        """Outages that are part of figures of closed months."""
        rows = self.env["itsm.availability"]._read_group(
            [("outage_ids", "in", self.ids), ("frozen", "=", True)], ["outage_ids"]
        )
        used = {outage.id for (outage,) in rows}
        return self.filtered(lambda outage: outage.id in used)

    def _archive_message(self):
        return self.env._(
            "%(outage)s is part of the availability of a closed month and is evidence: "
            "archive it instead of deleting it, and correct the month if it is wrong.",
            outage=self[:1].sudo().display_name,  # sudo: named, as it was found
        )

    def _check_decides(self):
        """Raise ``AccessError`` unless the user decides what counts.

        :raise AccessError: not a service level manager
        """
        user = self.env.user
        if not (self.env.su or user.has_group("itsm_sla.itsm_group_sla_manager")):
            raise AccessError(
                self.env._(
                    "Outages are confirmed, rejected and changed afterwards by a "
                    "service level manager. You can propose them, and change what you "
                    "proposed."
                )
            )

    def _check_planned_by(self):
        """Raise ``AccessError`` for who does not hold the token."""
        if not guard.has_token(self.env):
            raise AccessError(
                self.env._("Planned by: the system notes it. Leave this field out.")
            )

    def _taken(self):
        """What is taken as agreed without having been agreed beforehand, or None."""
        self.ensure_one()
        if not self.planned or self.interruption_id:
            return None
        return [self[name] for name in TAKEN]

    def _takes_more(self, was):
        """Whether it takes time as agreed that it did not take before.

        :param was: what `_taken` gave before, or None
        """
        self.ensure_one()
        now = self._taken()
        if now is None or was is None:
            return now is not None
        *what, start, stop = now
        *what_was, start_was, stop_was = was
        if what != what_was or start < start_was:
            return True
        return bool(stop_was) and (not stop or stop > stop_was)

    def _note_planned(self, before):
        """Note who takes time as agreed, and refuse that he confirms it himself.

        :param dict before: what each took before the save and its state, by id
        :raise AccessError: who planned it would decide alone that it does not count
        """
        taken = {outage: before.get(outage.id, (None, None)) for outage in self}
        planned = self.filtered(lambda outage: outage._takes_more(taken[outage][0]))
        guard.with_token(planned).planned_by_id = self.env.user
        # The system loads data; nobody can be logged in as the system.
        if self.env.uid == SUPERUSER_ID:
            return
        for outage in self:
            if (
                outage.state == "confirmed"
                and outage._taken()
                and outage.planned_by_id == self.env.user
                and (outage in planned or taken[outage][1] != "confirmed")
            ):
                raise AccessError(
                    self.env._(
                        "%(outage)s is planned, and no interruption was agreed for it: "
                        "let somebody else than who planned it confirm it, or choose "
                        "the planned interruption that it belongs to.",
                        outage=outage.display_name,
                    )
                )

    def _wake_up(self):
        """Have availability worked out soon if confirmed outages change."""
        if any(outage.state == "confirmed" for outage in self.sudo()):
            # sudo: who records an outage need not know of scheduled actions
            cron = self.env.ref(
                "itsm_sla.ir_cron_itsm_availability", raise_if_not_found=False
            )
            if cron:
                cron.sudo()._trigger()  # sudo: as above

    # === Actions ===

    def action_confirm(self):
        """Confirm outages: from now on they count."""
        self._decide("confirmed")

    def action_reject(self):
        """Reject outages: they do not count, and stay as a record."""
        self._decide("rejected")

    def _decide(self, state):
        self.check_access("write")
        self._check_decides()
        self.filtered(lambda outage: outage.state != state).write({"state": state})

    def action_view_availability(self):
        """Open the months in which these outages count."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_availability_action"
        )
        return action | {"domain": list(self._availability_domain()), "context": {}}

    @api.model
    def _reportable_domain(self):
        """Outages that a report may name, whoever reads it.

        :rtype: Domain
        """
        return Domain.TRUE

    # === For reports ===

    def _as_section_rows(self, zone):
        """What a report prints of these outages, those that it may name, by time.

        Those of incidents that most people must not see are left out, whoever prints.

        :param str zone: time zone of the report
        :rtype: list[dict]
        """
        named = self.filtered_domain(self._reportable_domain())
        legs = dict(self._fields["leg"]._description_selection(self.env))
        effects = dict(self._fields["effect"]._description_selection(self.env))

        def local(moment):
            if not moment:
                return ""
            moment = fields.Datetime.context_timestamp(
                named.with_context(tz=zone), moment
            )
            return moment.strftime("%Y-%m-%d %H:%M")

        return [
            {
                "name": outage.name,
                "service": outage.service_id.display_name,
                "start": local(outage.date_start),
                "stop": local(outage.date_stop),
                "hours": str(cut(outage.duration, 2, "down")),
                "effect": effects[outage.effect],
                "cause": outage.cause_id.name or "",
                "leg": legs.get(outage.leg, ""),
                # sudo: named like the responsible of a missed promise
                "party": (
                    outage.sudo().leg_team_id.name
                    or outage.sudo().leg_partner_id.display_name
                    or ""
                ),
            }
            for outage in named.sorted("date_start")
        ]

    # === Notifications ===

    def _itsm_notification_recipients(self, role):
        if role == "owner":
            return {outage.id: outage.service_id.owner_id.partner_id for outage in self}
        if role == "manager":
            return self._itsm_service_managers()
        return super()._itsm_notification_recipients(role)
