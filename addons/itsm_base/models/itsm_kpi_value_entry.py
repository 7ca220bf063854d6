# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools import guard
from ..tools.kpi import Figure, share
from ..tools.period import Period
from .itsm_kpi_compute import MISSED
from .itsm_kpi_value import KEYS

#: What people enter; everything else is written by the system.
FIGURES = ("value", "numerator", "denominator")
ENTERED = (*FIGURES, "note")
#: The most records that a drill-down names one by one.
DRILL_LIMIT = 20000


class ItsmKpiValue(models.Model):
    """What people do with values: enter, correct, look at the records behind."""

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
        if kpi.entry == "ratio":
            hits = vals.get("numerator") or 0.0
            counted = vals.get("denominator") or 0.0
            figure = share(hits, counted)
            if kpi.unit != "percent":
                figure = Figure(hits, counted, hits / counted if counted else None)
        elif not value or not value.no_data or "value" in entered:
            figure = Figure(0.0, 0.0, vals.get("value") or 0.0)
        else:
            return {"note": vals["note"]}
        return {
            **kpi._prepare_figure(figure),
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
        :raise UserError: the value is not frozen, or is not the latest
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
            span = kpi_sudo._kpi_span(self.company_id.sudo(), period, now)
            figure = kpi_sudo._kpi_figures([span]).get(span)
            vals = {
                **kpi_sudo._prepare_figure(figure),
                "note": reason,
                "user_id": self.env.uid,
                "computed_at": now,
            }
        return self._revise(vals)

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

    # === From the figure to its records ===

    def action_drill_numerator(self):
        """Open the records of the numerator that the user may see."""
        return self._action_drill("numerator")

    def action_drill_denominator(self):
        """Open the records that were counted and that the user may see."""
        return self._action_drill("denominator")

    def _action_drill(self, part):
        self.ensure_one()
        self.check_access("read")
        model, domain = self._drill(part)
        name = self.env._(
            "%(kpi)s, %(period)s", kpi=self.kpi_id.name, period=self.period_label
        )
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": domain,
            "context": {"active_test": False, "create": False},
            "help": self.env._(
                "<p>None of the records behind this figure is one that you may see, or "
                "the records changed since it was frozen.</p>"
            ),
        }

    def _drill(self, part):
        """Model and domain of the records behind the figure.

        The domain finds what the measure counts now; of a frozen value the records may
        have changed since. Who opens it sees those he may see.

        :param str part: numerator or denominator
        :raise UserError: the figure has no records
        """
        self.ensure_one()
        kpi = self.kpi_id.sudo()  # sudo: ids only; the reader's rights decide
        found = None
        if self.can_drill:
            period = Period.of(kpi.period, self.period_start)
            now = self.computed_at or fields.Datetime.now()
            span = kpi._kpi_span(self.company_id.sudo(), period, now)
            figure = kpi._kpi_figures([span]).get(span)
            found = figure and figure.facts
        if not found:
            raise UserError(
                self.env._("This figure was entered by hand: no records belong to it.")
            )
        ids = kpi._kpi_record_ids(found, span, part, DRILL_LIMIT)
        return found.model, [("id", "in", ids)]

    # === Improvement (MS-05) ===

    def _row_of_misses(self):
        """The frozen values up to this one that are short of the target in a row, the
        last first. A period that is missing ends the row, like a good one."""
        self.ensure_one()
        earlier = [
            ("kpi_id", "=", self.kpi_id.id),
            ("company_id", "=", self.company_id.id),
            ("is_latest", "=", True),
            ("period_start", "<=", self.period_start),
        ]
        order = "period_start desc"
        good = self.search(
            [*earlier, "|", ("status", "not in", MISSED), ("frozen", "=", False)],
            order=order,
            limit=1,
        )
        if good:
            earlier.append(("period_start", ">", good.period_start))
        row = self.browse()
        period = Period.of(self.kpi_id.period, self.period_start)
        for value in self.search(earlier, order=order):
            if value.period_start != period.start:
                break
            row |= value
            period = period.previous()
        return row

    def _propose_improvement(self, row):
        """Propose an improvement to who answers for the KPI; without one to nobody.

        :param row: the values in a row that were short of the target, the last first
        :return: ``itsm.action``
        """
        self.ensure_one()
        kpi = self.kpi_id
        owner = kpi.owner_id or self.process_id.owner_id
        if not owner or self.company_id not in owner.company_ids:
            return self.env["itsm.action"]
        guard.with_token(self).is_improvement_proposed = True
        said = self.with_context(lang=owner.lang or self.env.lang)
        return self.env["itsm.action"].create(said._prepare_improvement(row, owner))

    def _prepare_improvement(self, row, owner):
        """Values of the action that is proposed."""
        self.ensure_one()
        kpi = self.kpi_id.with_env(self.env)
        item = Markup("<li>%s: %s</li>")
        figures = Markup().join(
            item % (value.period_label, value.value_text)
            for value in row.with_env(self.env).sorted("period_start")
        )
        text = self.env._(
            "The target %(target)s was missed in %(count)s periods in a row. Find out "
            "why, and improve the process.",
            target=kpi.target_text,
            count=len(row),
        )
        return {
            "kind": "improvement",
            "name": self.env._("%(kpi)s is short of its target", kpi=kpi.display_name),
            "description": Markup("<p>%s</p><ul>%s</ul>") % (text, figures),
            "res_model": kpi._name,
            "res_id": kpi.id,
            "kpi_id": kpi.id,
            "process_id": self.process_id.id,
            "company_id": self.company_id.id,
            "owner_id": owner.id,
            "due_date": fields.Date.add(fields.Date.today(), days=14),
            "value_before": self.value,
            "value_before_date": self.period_end,
        }
