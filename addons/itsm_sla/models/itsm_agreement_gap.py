# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, format_datetime

from odoo.addons.itsm_base.tools import guard

from .itsm_agreement_target import METRICS

#: Where the sum of the legs counts: which of them is the slowest may change.
SUMMED = ("time", "resolution")
#: What tells the gaps of an SLA apart.
KEY = ("what", "service_id", "itsm_kind", "priority", "metric", "supporting_id")


class ItsmAgreementGap(models.Model):
    """Where the agreements behind an SLA do not suffice to keep it (SLM-22, SUP-15).

    Found by `itsm.agreement._chain_check`. A gap that vanishes, grows or whose waiver
    expires is closed and kept; what is found then is a new one with a link to it.
    """

    _name = "itsm.agreement.gap"
    _description = "Gap in the Agreement Chain"
    _inherit = ["itsm.evidence.mixin", "itsm.ticket.cell.mixin"]
    _order = "agreement_id, gap_seconds desc, id"

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        string="SLA",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, index=True
    )
    owner_id = fields.Many2one(related="agreement_id.owner_id")
    what = fields.Selection(
        selection=[
            ("time", "Takes longer than promised"),
            ("target", "No target"),
            ("agreement", "No supporting agreement"),
            ("validity", "Not in force all the time"),
            ("service", "Service not covered"),
            ("hours", "No working time"),
        ],
        string="Gap",
        required=True,
    )
    service_id = fields.Many2one(
        comodel_name="itsm.service",
        index="btree_not_null",
        ondelete="set null",
        help="Empty: every service of the SLA without a path of its own.",
    )
    metric = fields.Selection(selection=METRICS)
    supporting_id = fields.Many2one(
        comodel_name="itsm.agreement",
        string="Supporting Agreement",
        index="btree_not_null",
        ondelete="set null",
        help="The record behind the gap; where times add up, the leg that takes "
        "longest.",
    )
    target_id = fields.Many2one(
        comodel_name="itsm.agreement.target",
        string="Its Target",
        index="btree_not_null",
        ondelete="set null",
    )
    first_start = fields.Datetime(
        string="First Start (Moment)",
        help="The first ticket for which it takes longer than promised starts at this "
        "moment.",
    )
    first_start_text = fields.Char(
        string="First Start", compute="_compute_texts", help="In the zone of the SLA."
    )
    first_promised_seconds = fields.Integer(help="On the wall, from the first start.")
    first_needed_seconds = fields.Integer(help="On the wall, from the first start.")
    worst_start = fields.Datetime(
        string="Worst Start (Moment)",
        help="For a ticket that starts at this moment it takes longest beyond what is "
        "promised.",
    )
    worst_start_text = fields.Char(
        string="Worst Start",
        compute="_compute_texts",
        help="In the zone of the SLA.",
    )
    promised_seconds = fields.Integer(help="On the wall, from the worst start.")
    needed_seconds = fields.Integer(help="On the wall, from the worst start.")
    gap_seconds = fields.Integer(string="Gap (seconds)")
    promised_text = fields.Char(string="Promised", compute="_compute_texts")
    needed_text = fields.Char(string="Needed", compute="_compute_texts")
    gap_text = fields.Char(string="Too Long By", compute="_compute_texts")
    uncovered_from = fields.Date(
        string="Not Covered From", help="First day without the supporting agreement."
    )
    legs = fields.Json(
        help="Of each leg at the first start: agreement, begin and end in UTC."
    )
    explanation = fields.Text(compute="_compute_texts")
    state = fields.Selection(
        selection=[("open", "Open"), ("waived", "Waived"), ("closed", "Closed")],
        required=True,
        default="open",
        index=True,
    )
    found_at = fields.Datetime(default=fields.Datetime.now, required=True)
    closed_at = fields.Datetime()
    closed_because = fields.Selection(
        selection=[
            ("vanished", "It is no longer there"),
            ("grown", "It has grown beyond what was waived"),
            ("expired", "The waiver has expired"),
            ("ended", "The SLA is no longer checked"),
        ],
    )
    previous_id = fields.Many2one(
        comodel_name="itsm.agreement.gap",
        string="Waived Before As",
        index="btree_not_null",
        ondelete="set null",
    )
    waived_by_id = fields.Many2one(comodel_name="res.users", ondelete="restrict")
    waived_at = fields.Datetime()
    waiver_reason = fields.Text()
    waived_until = fields.Date(
        help="Last day; after it the gap is open again. Empty: until it grows."
    )
    waived_seconds = fields.Integer(string="Waived Gap (seconds)")
    waived_from = fields.Date(string="Waived As Not Covered From")

    _live_uniq = models.UniqueIndex(
        "(agreement_id, what, COALESCE(service_id, 0), COALESCE(itsm_kind, ''), "
        "COALESCE(priority, ''), COALESCE(metric, ''), COALESCE(supporting_id, 0)) "
        "WHERE state != 'closed'",
        "The same gap is listed already.",
    )

    # === Computes ===

    @api.depends("what", "agreement_id", "itsm_kind", "priority", "metric")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("what", "itsm_kind", "priority", "metric")
        }
        for gap in self:
            parts = [labels[name].get(gap[name]) for name in labels]
            gap.display_name = "{}: {}".format(
                gap.agreement_id.display_name, ", ".join(part for part in parts if part)
            )

    @api.depends(
        *("worst_start", "promised_seconds", "needed_seconds", "legs", "what"),
        *("first_start", "first_promised_seconds", "first_needed_seconds"),
    )
    @api.depends_context("lang")
    def _compute_texts(self):
        ids = {leg["agreement_id"] for gap in self for leg in gap.legs or ()}
        # sudo: named as it was found
        agreements = self.env["itsm.agreement"].sudo().browse(ids).exists()
        names = {agreement.id: agreement.display_name for agreement in agreements}
        for gap in self:
            is_time = gap.what == "time"
            gap.first_start_text = is_time and gap._local(gap.first_start)
            gap.worst_start_text = is_time and gap._local(gap.worst_start)
            gap.promised_text = is_time and gap._duration(gap.promised_seconds)
            gap.needed_text = is_time and gap._duration(gap.needed_seconds)
            gap.gap_text = is_time and gap._duration(gap.gap_seconds)
            gap.explanation = gap._explain(names)

    def _local(self, moment):
        """A moment as text, in the zone of the SLA, with the day of the week."""
        if not moment:
            return ""
        tz = self.agreement_id.tz
        return format_datetime(
            self.env, moment, tz=tz, dt_format="EEE yyyy-MM-dd HH:mm:ss"
        ).removesuffix(":00")

    def _duration(self, seconds):
        """Hours and minutes in words; what is left of a minute counts as one."""
        targets = self.env["itsm.agreement.target"]
        return targets._duration_text(-(-(seconds or 0) // 60))

    def _examples(self):
        """The first ticket for which it takes too long, and the worst if it is worse.

        :return: tuples of start in words, seconds promised and seconds needed
        """
        worst = self.worst_start_text, self.promised_seconds, self.needed_seconds
        if not self.first_start:
            return [worst]  # found before first starts were kept
        first = (
            self.first_start_text,
            self.first_promised_seconds,
            self.first_needed_seconds,
        )
        if first[2] - first[1] == self.gap_seconds:
            return [first]
        return [first, worst]

    def _explain(self, names):
        """Why it is a gap, in one or some lines.

        :param dict names: of the agreements that still exist, by id
        """
        self.ensure_one()
        other = self.sudo().supporting_id.display_name  # sudo: named as it was found
        if self.what == "time":
            lines = [
                self.env._(
                    "A ticket of %(start)s (%(zone)s) is promised within %(promised)s "
                    "and takes %(needed)s.",
                    start=start,
                    zone=self.agreement_id.tz,
                    promised=self._duration(promised),
                    needed=self._duration(needed),
                )
                for start, promised, needed in self._examples()
            ]
            legs = []
            for leg in self.legs or ():
                begins = fields.Datetime.to_datetime(leg["begins"])
                ends = fields.Datetime.to_datetime(leg["ends"])
                legs.append(
                    "{}: {} – {}".format(
                        names.get(leg["agreement_id"], ""),
                        self._local(begins),
                        self._local(ends),
                    )
                )
            if len(lines) > 1:
                lines[1] = self.env._("The worst: %(example)s", example=lines[1])
            return "\n".join([lines[0], *legs, *lines[1:]])
        if self.what == "validity":
            return self.env._(
                "%(other)s is not in force from %(date)s on. Renew or activate it, or "
                "name another one.",
                other=other,
                date=format_date(self.env, self.uncovered_from),
            )
        if self.what == "target":
            return self.env._(
                "%(other)s promises no time for it. Add a target to it.", other=other
            )
        if self.what == "service":
            return self.env._(
                "%(other)s does not cover the service. Add the service to it, or name "
                "another agreement for this service.",
                other=other,
            )
        if self.what == "hours":
            return self.env._(
                "The service hours of %(other)s have no working time.", other=other
            )
        return self.env._("Nothing on the path stands behind it. Name an OLA or a UC.")

    # === Waiving ===

    def action_waive(self):
        """Ask for the reason and waive these gaps.

        :raise UserError: nothing among them is open
        """
        gaps = self.filtered(lambda gap: gap.state == "open")
        if not gaps:
            raise UserError(self.env._("Only open gaps can be waived."))
        gaps._check_may_waive()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_agreement_gap_waive_action"
        )
        return action | {"context": {"default_gap_ids": gaps.ids}}

    def _check_may_waive(self):
        """Raise unless the user may waive all of these (SLM-74).

        The holders of the role Service Level Manager in the company, and the managers
        of IT services. Who made the SLA breaks the rule ``agreement_gap_own``.
        """
        self.check_access("read")
        user = self.env.user
        if not user.has_group("itsm_base.itsm_group_manager"):
            role = self.env.ref("itsm_base.itsm_role_service_level_manager")
            holders = role.sudo()._holders_by_role(self.company_id)  # sudo: who holds
            for company in self.company_id:
                if user not in holders.get((role.id, company.id), user.browse()):
                    raise AccessError(
                        self.env._(
                            "Gaps are waived by the holder of the role %(role)s or a "
                            "manager of IT services of %(company)s. Ask one of them.",
                            role=role.sudo().display_name,  # sudo: only its name
                            company=company.display_name,
                        )
                    )
        own = self.filtered(lambda gap: gap.agreement_id.create_uid == user)
        if own:
            self.env["itsm.enforcement.rule"]._enforce(
                "agreement_gap_own",
                own,
                lambda gap: self.env._(
                    "%(agreement)s was made by yourself: let somebody else waive its "
                    "gaps.",
                    agreement=gap.agreement_id.display_name,
                ),
            )

    def _waive(self, reason, until=None):
        """Accept open gaps as they are.

        :param str reason: why
        :param date until: last day, or None: until they grow
        :raise AccessError: the user may not
        :raise UserError: no reason, a day that has passed, or a gap is not open
        """
        self._check_may_waive()
        if not (reason or "").strip():
            raise UserError(self.env._("Reason: say why the gap is accepted."))
        if until and until < fields.Date.context_today(self):
            raise UserError(self.env._("Until: enter today or a later day."))
        # sudo: rows are written by code only; the right to was checked above
        gaps = guard.with_token(self.sudo())
        gaps.lock_for_update()
        if any(gap.state != "open" for gap in gaps):
            raise UserError(self.env._("Only open gaps can be waived."))
        for gap in gaps:
            gap.write(
                {
                    "state": "waived",
                    "waived_by_id": self.env.uid,
                    "waived_at": fields.Datetime.now(),
                    "waiver_reason": reason.strip(),
                    "waived_until": until or False,
                    "waived_seconds": gap.gap_seconds,
                    "waived_from": gap.uncovered_from,
                }
            )

    # === What the check asks ===

    def _close(self, reason, now):
        """Close these gaps (with the token); they make room for those found anew.

        :param str reason: a value of ``closed_because``
        :param datetime now: naive UTC
        """
        self.write({"state": "closed", "closed_at": now, "closed_because": reason})
        self.flush_model()

    def _key(self):
        """What tells the gaps of an SLA apart from one check to the next."""
        self.ensure_one()
        return self._key_of(self._values_of(KEY))

    @api.model
    def _key_of(self, vals):
        """The same, of the values of one that was found."""
        is_summed = (vals["what"], vals.get("metric")) == SUMMED
        return tuple(
            vals.get(name) or False
            for name in KEY
            if not (is_summed and name == "supporting_id")
        )

    def _values_of(self, names):
        """Values as they are written: ids of many2ones."""
        self.ensure_one()
        return {
            name: self[name].id if self._fields[name].type == "many2one" else self[name]
            for name in names
        }

    def _outgrown(self, vals):
        """Why the waiver does not hold for what was found now, or None."""
        self.ensure_one()
        if self.state != "waived":
            return None
        if self.waived_until and self.waived_until < self.agreement_id._today():
            return "expired"
        if vals.get("gap_seconds", 0) > self.waived_seconds:
            return "grown"
        begins = vals.get("uncovered_from")
        if begins and self.waived_from and begins < self.waived_from:
            return "grown"
        return None
