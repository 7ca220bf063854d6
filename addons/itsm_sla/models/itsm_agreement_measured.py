# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.itsm_base.tools.kpi import cut, plain
from odoo.addons.itsm_base.tools.period import Period, local_date, midnight_utc, spans

#: The longest time over which availability is worked out at once, in months.
LONGEST = 36


class ItsmAgreement(models.Model):
    """Availability and workload in an agreement (AVC-01, SLM-05, SLM-07)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    availability_ids = fields.One2many(
        comodel_name="itsm.agreement.availability",
        inverse_name="agreement_id",
        string="Availability Targets",
        copy=True,
    )
    workload_ids = fields.One2many(
        comodel_name="itsm.agreement.workload",
        inverse_name="agreement_id",
        string="Workload Limits",
        copy=True,
    )
    availability_review_id = fields.Many2one(
        comodel_name="itsm.document",
        string="Initial Availability Review",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        tracking=True,
        domain="[('kind_id.source', '=', 'availability_review'), "
        "('res_model', '=', 'itsm.agreement'), ('res_id', '=', id)]",
        help="How available the services were before the agreement is signed; attached "
        "to it as a record.",
    )
    availability_count = fields.Integer(compute="_compute_availability_count")

    def _compute_availability_count(self):
        counts = dict(
            self.env["itsm.availability"]._read_group(
                [("agreement_id", "in", self.ids), ("is_latest", "=", True)],
                ["agreement_id"],
                ["__count"],
            )
        )
        for agreement in self:
            agreement.availability_count = counts.get(agreement._origin, 0)

    # === Constraints ===

    @api.constrains("service_ids", "company_id", "is_template")
    def _check_availability_services(self):
        self.availability_ids._check_service()

    @api.constrains("availability_review_id")
    def _check_availability_review(self):
        for agreement in self:
            document = agreement.sudo().availability_review_id  # sudo: what it is about
            if document and (
                document.kind_id.source != "availability_review"
                or (document.res_model, document.res_id) != (self._name, agreement.id)
            ):
                raise ValidationError(
                    self.env._(
                        "Initial Availability Review: %(document)s is not the review "
                        "of %(agreement)s. Make one with the button “Availability "
                        "review”.",
                        document=document.display_name,
                        agreement=agreement.display_name,
                    )
                )

    @api.model
    def _frozen_fields(self):
        return super()._frozen_fields() | {"availability_ids", "workload_ids"}

    def write(self, vals):
        if "availability_review_id" in vals:
            self.check_access("write")
            self._check_review_kept(vals["availability_review_id"])
        return super().write(vals)

    def _check_review_kept(self, document_id):
        """Refuse to take the review away that an agreement was signed with.

        :raise UserError: an agreement in force has another one
        """
        for agreement in self:
            kept = agreement.sudo().availability_review_id  # sudo: seen or not
            if agreement.state != "draft" and kept and kept.id != document_id:
                raise UserError(
                    self.env._(
                        "Initial Availability Review: %(agreement)s came into force "
                        "with %(document)s, which stays with it.",
                        agreement=agreement.display_name,
                        document=kept.display_name,
                    )
                )

    # === Actions ===

    def action_view_availability(self):
        """Open the months of availability under these agreements."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_availability_action"
        )
        return action | {
            "domain": [("agreement_id", "in", self.ids)],
            "context": {"search_default_latest": 1},
        }

    def action_compute_availability(self):
        """Work out availability since these agreements came into force.

        Closed months stay as they are. At most the last 36 months.

        :return: action that shows it
        :raise UserError: none of them has an availability target
        """
        self.check_access("write")
        if not self.availability_ids:
            raise UserError(
                self.env._(
                    "Nothing to work out: none of the agreements has an availability "
                    "target. Add them in a draft, or in a new version."
                )
            )
        today = fields.Date.context_today(self)
        first = Period.of("month", today).shift(1 - LONGEST).start
        self.env["itsm.availability"]._compute_months(self, first)
        return self.action_view_availability()

    def action_availability_review(self):
        """Make the initial availability review of a draft, or open it (SLM-07, D05).

        :return: action that shows the document
        """
        self.ensure_one()
        self.check_access("write")
        document = self.availability_review_id
        if not document:
            if not self.availability_ids or not self.calendar_id:
                raise UserError(
                    self.env._(
                        "%(agreement)s has no availability target or no service "
                        "hours yet: enter them first, the review is about them.",
                        agreement=self.display_name,
                    )
                )
            kind = self.env["itsm.document.kind"].search(
                [("source", "=", "availability_review")], limit=1
            )
            if not kind:
                raise UserError(
                    self.env._(
                        "No kind of document is filled with the initial availability "
                        "review: unarchive the one that was shipped, under "
                        "Configuration, Document Kinds."
                    )
                )
            document = self.env["itsm.document"].create(
                {
                    "kind_id": kind.id,
                    "company_id": self.company_id.id,
                    "partner_id": self.partner_id.id,
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
            document.action_fill()
            self.availability_review_id = document
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }

    # === For figures ===

    def _in_force_between(self):
        """When the agreement is in force, as availability is measured.

        From its first day, until the day on which another one takes over or the
        instant at which it was terminated; past its end date it stays in force.

        :return: ``(begins, stops)``, naive UTC
        """
        self.ensure_one()
        stops = self.terminated_at or datetime.max
        if self.superseded_on:
            stops = min(stops, midnight_utc(self.tz, self.superseded_on))
        return midnight_utc(self.tz, self.date_start), stops

    # === For reports ===

    def _availability_section_data(self, first, last):
        """What the section about availability of a report prints, as JSON.

        What is stored of the months that have a day in the range: constant queries.

        :param date first: first day of the report
        :param date last: last day
        :return: ``rows`` (one for each month and service) and ``outages``
        :rtype: dict
        """
        rows = self._availability_section_rows(first, last)
        return {
            "rows": [row._as_section_row() for row in rows],
            "outages": rows._section_outages(),
        }

    def _untargeted_outages(self, first, last):
        """Unplanned outages that concern these agreements and no target of theirs.

        Of each version the days of the range on which it was in force; constant
        queries.

        :param date first: first day
        :param date last: last day
        :rtype: itsm.outage, in sudo
        """
        # sudo: what is reported does not depend on who may see an outage
        agreements = self.sudo().filtered(lambda agreement: agreement.state != "draft")
        outages = self.env["itsm.outage"].sudo().with_context(active_test=False)
        times = {}
        for agreement in agreements:
            begins, stops = agreement._in_force_between()
            begins = max(begins, midnight_utc(agreement.tz, first))
            stops = min(stops, midnight_utc(agreement.tz, last + timedelta(days=1)))
            if begins < stops:
                times[agreement] = begins, stops
        if not times:
            return outages
        known = self.env["itsm.availability"]._outages(
            agreements.company_id.ids,
            min(begins for begins, _stops in times.values()),
            max(stops for _begins, stops in times.values()),
        )
        found = {
            outage_id
            for agreement, span in times.items()
            for outage_id in known.of_agreement(agreement, *span)
        }
        return outages.browse(sorted(found))

    def _availability_section_rows(self, first, last):
        """The stored months that `_availability_section_data` prints, in its order.

        :rtype: itsm.availability
        """
        return self.env["itsm.availability"].search(
            [
                ("agreement_id", "in", self.ids),
                ("is_latest", "=", True),
                ("month", ">=", Period.of("month", first).start),
                ("month", "<=", last),
            ],
            order="month, service_id, id",
        )

    def _workload_section_data(self, first, last):
        """What the section about workload of a report prints, as JSON.

        :param date first: first day of the report
        :param date last: last day
        :return: ``rows`` (one for each limit and month), ``others`` (in words)
        :rtype: dict
        """
        loads = self.env["itsm.workload"].search(
            [
                ("agreement_id", "in", self.ids),
                ("month", ">=", Period.of("month", first).start),
                ("month", "<=", last),
            ],
            order="month, limit_id",
        )
        labels = dict(loads._fields["status"]._description_selection(self.env))
        return {
            "rows": [
                {
                    "month": load.month_label,
                    "name": load.limit_id._label(),
                    "limit": load.limit,
                    "actual": load.actual,
                    "percent": str(cut(load.percent, 1, "down")),
                    "status": load.status,
                    "label": labels[load.status],
                }
                for load in loads
            ],
            "others": [
                {"name": line._label(), "limit": line.limit}
                for line in self.workload_ids
                if line.measure != "ticket"
            ],
        }

    @api.model
    def _baseline_totals(self, line, months):
        """What was reached in all months, the worst of them, and how far it is from
        the target.

        :param line: ``itsm.agreement.availability``
        :param list months: pairs of `Period` and ``Availability``
        :return: texts: ``baseline``, ``lowest``, ``failures``, ``down_hours``,
            ``points`` (percentage points that the worst month lacks; empty: none)
        :rtype: dict
        """
        measured = [(period, found) for period, found in months if found.measured]
        if not measured:
            nothing = self.env._("no data")
            return {"baseline": nothing, "lowest": nothing, "points": ""}
        whole = sum(found.measured for _period, found in measured)
        down = sum(found.down for _period, found in measured)
        period, worst = min(measured, key=lambda month: month[1].percent)
        lacks = line.target - worst.percent if line.has_target else 0
        return {
            "baseline": f"{cut(100 * (whole - down) / whole, 3)} %",
            "lowest": f"{cut(worst.percent, 3)} % ({period.label})",
            "failures": str(sum(found.failures for _period, found in measured)),
            "down_hours": str(cut(down / 3600, 2, "down")),
            "points": str(cut(lacks, 3, "down")) if lacks > 0 else "",
        }

    def _availability_baseline(self, months=12):
        """Availability before the agreement, on its hours and in its zone.

        :param int months: how many months that are over
        :return: one dict for each availability target, with ``months``
        :rtype: list[dict]
        """
        self.ensure_one()
        now = fields.Datetime.now()
        current = Period.of("month", local_date(self.tz, now))
        periods = spans("month", current.shift(-months).start, current.shift(-1).start)
        # sudo: how available a service was does not depend on who asks
        lines = self.sudo().availability_ids
        rows = self.env["itsm.availability"].sudo()  # sudo: as above
        jobs = [
            rows._job(line, period, *period.bounds_utc(self.tz))
            for line in lines
            for period in periods
        ]
        found = dict(
            zip(
                [(job.line, job.period) for job in jobs],
                rows._measure(jobs, now),
                strict=True,
            )
        )
        return [
            {
                "service": line.service_id.display_name,
                "target": plain(line.target) if line.has_target else "",
                "months": [
                    rows._baseline_row(line, period, found[line, period][0])
                    for period in periods
                ],
                **self._baseline_totals(
                    line, [(period, found[line, period][0]) for period in periods]
                ),
            }
            for line in lines
        ]
