# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import math

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools import guard
from ..tools.kpi import Figure, share
from ..tools.period import Period, local_date
from .itsm_kpi_value import KEYS

#: What people enter; everything else is written by the system.
FIGURES = ("value", "numerator", "denominator")
ENTERED = (*FIGURES, "note")


class ItsmKpiValue(models.Model):
    """What people do with values: enter and correct them."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.kpi.value"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        if guard.has_token(self.env):
            return super().create(vals_list)
        # One after the other: a list may name a period twice.
        return self.browse([self._enter(vals).id for vals in vals_list])

    def write(self, vals):
        if guard.has_token(self.env):
            return super().write(vals)
        self.check_access("write")
        if set(vals) - set(ENTERED):
            raise AccessError(self._evidence_message("write"))
        for value in self:
            value._edit(vals)
        return True

    def _evidence_message(self, operation):
        if operation == "unlink":
            return self.env._("Values of KPIs are evidence and are never deleted.")
        return self.env._(
            "Values of KPIs are computed, frozen and kept by the system. You can enter "
            "the figure and the note of KPIs that are entered by hand, and the note of "
            "others until they are frozen. To correct a frozen one use “Correct”."
        )

    # === Entering ===

    def _enter(self, vals):
        """Enter a figure by hand: a new one, a changed one, or the next revision.

        :param dict vals: KPI, company, any day of the period; figure, note
        :return: the value that holds
        :raise ValidationError: the KPI is computed, or the note is missing
        :raise AccessError: the user does not answer for the KPI
        """
        self.check_access("create")
        # What a form sends along: defaults of fields that nobody can enter.
        vals = {name: vals[name] for name in (*KEYS, *ENTERED) if name in vals}
        kpi = self.env["itsm.kpi"].browse(vals.get("kpi_id"))
        day = fields.Date.to_date(vals.get("period_start"))
        if not kpi or not day:
            raise ValidationError(self.env._("Enter the KPI and a day of the period."))
        if kpi.source != "manual":
            raise ValidationError(
                self.env._(
                    "%(kpi)s is computed and cannot be entered. Correct a frozen value "
                    "instead, or make the KPI one that is entered by hand.",
                    kpi=kpi.display_name,
                )
            )
        company = self.env["res.company"].browse(vals.get("company_id"))
        company = company or self.env.company
        period = Period.of(kpi.period, day)
        self._check_entry(kpi, company, period)
        key = {
            "kpi_id": kpi.id,
            "company_id": company.id,
            "period_start": period.start,
        }
        entered = {name: vals[name] for name in ENTERED if name in vals}
        value = self.search(
            [*((name, "=", key[name]) for name in key), ("is_latest", "=", True)]
        )
        if value:
            value.check_access("write")
            same = value._says(entered)
            return value if same else value._edit(entered, revise=True)
        processes = kpi._kpi_processes()
        created = guard.with_token(self).create(
            {
                **key,
                "period_end": period.end,
                "process_id": kpi._kpi_process(company.id, processes).id,
                "manual": True,
                **self._prepare_entry(kpi, entered),
            }
        )
        return created.with_env(self.env)

    @api.model
    def _check_entry(self, kpi, company, period):
        """Whether a figure of a period and a company can be entered.

        :raise ValidationError: it cannot
        """
        # sudo: that it is not for a company is said whatever the user may read
        kpi_sudo, company_sudo = kpi.sudo(), company.sudo()
        if not kpi_sudo._kpi_companies(company_sudo):
            raise ValidationError(
                self.env._(
                    "%(kpi)s is not measured for %(company)s. Choose one of its "
                    "companies.",
                    kpi=kpi.display_name,
                    company=company_sudo.name,
                )
            )
        now = fields.Datetime.now()
        if period.start > local_date(kpi._kpi_zone(company_sudo), now):
            raise ValidationError(
                self.env._(
                    "%(kpi)s: the period %(period)s has not begun. Look at the year.",
                    kpi=kpi.display_name,
                    period=period.label,
                )
            )

    @api.model
    def _entered_figures(self, kpi, vals):
        """What was entered, as numbers.

        :return: dict of `FIGURES`; what is missing is zero
        :raise ValidationError: no number, or a negative count
        """
        figures = {}
        for name in FIGURES:
            try:
                figures[name] = float(vals.get(name) or 0.0)
            except (TypeError, ValueError):
                figures[name] = math.nan
            if not math.isfinite(figures[name]):
                raise ValidationError(
                    self.env._(
                        "%(kpi)s: %(figure)s is no number. Enter one.",
                        kpi=kpi.display_name,
                        figure=vals[name],
                    )
                )
        if kpi.entry == "ratio" and figures["denominator"] < 0:
            raise ValidationError(
                self.env._(
                    "%(kpi)s: the denominator cannot be negative.",
                    kpi=kpi.display_name,
                )
            )
        return figures

    def _says(self, entered):
        """Whether the value says already what is entered."""
        self.ensure_one()
        ratio = self.kpi_id.entry == "ratio"
        names = {"numerator", "denominator"} if ratio else {"value"}
        return not self.no_data and all(
            (self[name] or False) == (entered[name] or False)
            for name in (names | {"note"}) & set(entered)
        )

    def _edit(self, entered, revise=False):
        """Change figure or note.

        :param dict entered: what of `ENTERED` is new
        :param bool revise: a frozen value gets its next revision; else it is an error
        :return: the value that holds
        """
        self.ensure_one()
        if self.frozen and not revise:
            raise UserError(
                self.env._(
                    "%(kpi)s, %(period)s: the value is frozen. Use “Correct” to enter "
                    "the next revision.",
                    kpi=self.kpi_id.display_name,
                    period=self.period_label,
                )
            )
        if self.kpi_id.source == "manual":
            entered = self._prepare_entry(self.kpi_id, entered, self)
        elif set(entered) & set(FIGURES):
            raise AccessError(self._evidence_message("write"))
        if self.frozen:
            return self._revise(entered)
        guard.with_token(self).write(entered)
        return self

    @api.model
    def _prepare_entry(self, kpi, entered, value=None):
        """Values of a figure that is entered by hand.

        :param dict entered: what was entered
        :param value: the value it changes, if there is one
        :raise ValidationError: no note
        """
        vals = {name: value[name] for name in ENTERED} if value else {}
        vals.update(entered)
        if not (vals.get("note") or "").strip():
            raise ValidationError(
                self.env._(
                    "%(kpi)s: a figure that is entered by hand needs a Note: where it "
                    "comes from, who counted.",
                    kpi=kpi.display_name,
                )
            )
        figures = self._entered_figures(kpi, vals)
        if kpi.entry == "ratio":
            hits, counted = figures["numerator"], figures["denominator"]
            figure = share(hits, counted)
            if kpi.unit != "percent":
                figure = Figure(hits, counted, hits / counted if counted else None)
        elif not value or not value.no_data or "value" in entered:
            figure = Figure(0.0, 0.0, figures["value"])
        else:
            return {"note": vals["note"]}
        standard = value if value and value.frozen else None
        return {
            **kpi._prepare_figure(figure, standard),
            "note": vals["note"],
            "user_id": self.env.uid,
            "computed_at": fields.Datetime.now(),
        }

    # === Corrections ===

    def action_correct(self):
        """Ask for the reason, and the figure if it is manual; then revise."""
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.itsm_kpi_correction_action"
        )
        return action | {"context": {"default_value_id": self.id}}

    def _correct(self, reason, entered=None):
        """The next revision of a frozen value: measured again, or entered.

        :param str reason: why, kept with the revision
        :param dict entered: figure of a KPI that is entered by hand
        :return: the revision
        :raise UserError: the value is not frozen, is not the latest, or could not be
            measured
        """
        self.ensure_one()
        self.check_access("write")
        if not self.frozen or not self.is_latest:
            raise UserError(
                self.env._(
                    "Only the latest revision of a frozen value is corrected. A value "
                    "that is not frozen follows the records by itself."
                )
            )
        kpi = self.kpi_id
        if kpi.source == "manual":
            vals = self._prepare_entry(kpi, {**(entered or {}), "note": reason}, self)
        else:
            # sudo: the figure is the same whoever asks for it to be measured again
            kpi_sudo = kpi.sudo()
            period = Period.of(kpi.period, self.period_start)
            now = fields.Datetime.now()
            # sudo: the zone of a company is no secret
            span = kpi_sudo._kpi_span(self.company_id.sudo(), period, now)
            figure = kpi_sudo._kpi_figures([span]).get(span)
            if figure is None:
                raise UserError(self._not_measured_message())
            vals = {
                **kpi_sudo._prepare_figure(figure, self),
                "note": reason,
                "user_id": self.env.uid,
                "computed_at": now,
            }
        return self._revise(vals)

    def _not_measured_message(self):
        """What to tell who asked for a figure that its measure does not give."""
        return self.env._(
            "%(kpi)s could not be measured; the server log says why.",
            kpi=self.kpi_id.display_name,
        )

    def _revise(self, vals):
        """Add the next revision with *vals*; what held before stays as it was."""
        self.ensure_one()
        self.check_access("write")
        old = guard.with_token(self)
        old.is_latest = False
        # Before the row that takes its place: a unique index looks at both.
        old.flush_recordset(["is_latest"])
        kept = ("kpi_id", "company_id", "process_id")
        revision = old.create(
            {
                **{name: old[name].id for name in kept},
                "period_start": old.period_start,
                "period_end": old.period_end,
                "manual": old.kpi_id.source == "manual",
                "frozen": True,
                "frozen_at": fields.Datetime.now(),
                "revision": old.revision + 1,
                "is_improvement_proposed": old.is_improvement_proposed,
                **vals,
            }
        )
        return revision.with_env(self.env)
