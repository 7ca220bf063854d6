# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta
from psycopg2 import IntegrityError

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools import guard
from ..tools.tracking import always_tracked

#: Records of one slice, unless their kind says otherwise.
BATCH = 500
#: Records that a preview names, and opens.
SAMPLE = 10
OPENED = 1000


class ItsmRetentionRule(models.Model):
    """After so many months personal data and old records go (GDPR 5, PIPL 19).

    Off until a manager switches a rule on; before that it shows what it would do. What
    is evidence is never deleted. The work is a run with its log.
    """

    _name = "itsm.retention.rule"
    _inherit = ["mail.thread", "itsm.run.job"]
    _description = "Retention Rule"
    _order = "company_id, kind, id"

    kind = fields.Selection(
        selection="_selection_kind",
        string="What",
        required=True,
        tracking=True,
    )
    action = fields.Selection(
        selection=[
            ("anonymise", "Anonymise"),
            ("archive", "Archive"),
            ("delete", "Delete"),
        ],
        required=True,
        tracking=True,
        help="Deleted is only what is not evidence. Anonymised persons cannot be "
        "brought back.",
    )
    months = fields.Integer(
        string="Months Kept",
        required=True,
        default=36,
        tracking=True,
        help="Counted from the day on which the record was closed or ended.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    enabled = fields.Boolean(
        string="Switched On",
        copy=False,
        tracking=True,
        help="The rule works every night. Look at the preview before.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Switched On By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The rule works with the rights of this user.",
    )
    preview_count = fields.Integer(string="Due Today", compute="_compute_preview")
    preview_sample = fields.Text(string="For Example", compute="_compute_preview")

    _months_positive = models.Constraint(
        "CHECK(months > 0)", "Months Kept: enter at least one month."
    )
    _kind_uniq = models.Constraint(
        "UNIQUE(company_id, kind, action)", "This company has such a rule already."
    )

    # === Preview ===

    @api.depends("kind", "action", "months")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._selection_kind())
        actions = dict(self._fields["action"]._description_selection(self.env))
        for rule in self:
            rule.display_name = self.env._(
                "%(kind)s, %(months)s months: %(action)s",
                kind=kinds.get(rule.kind, ""),
                months=rule.months,
                action=actions.get(rule.action, ""),
            )

    @api.depends("kind", "action", "months", "company_id")
    def _compute_preview(self):
        for rule in self:
            if not rule._is_complete():
                rule.preview_count, rule.preview_sample = 0, False
                continue
            records, domain = rule._records(), rule._due_domain()
            rule.preview_count = rule._due_count()
            names = records.search(domain, limit=SAMPLE).mapped("display_name")
            rule.preview_sample = "\n".join(name or "" for name in names)

    def _is_complete(self):
        kind = self._kinds().get(self.kind)
        return bool(
            kind
            and self.action in kind.actions
            and self.months > 0
            # the preview reads as the system: only in companies of the user
            and (self.env.su or self.company_id in self.env.user.company_ids)
        )

    def _records(self):
        # sudo: the manager of the desk need not see every contact, file and run
        model = self.env[self._kinds()[self.kind].model].sudo()
        return model.with_context(active_test=False)

    def _due_count(self):
        return self._records().search_count(self._due_domain())

    def _due_domain(self):
        before = fields.Datetime.now() - relativedelta(months=self.months)
        self.env.flush_all()  # kinds look by SQL
        return getattr(self, f"_retention_{self.kind}")(before)

    # === Constraints ===

    @api.constrains("kind", "action")
    def _check_action(self):
        labels = dict(self._fields["action"]._description_selection(self.env))
        for rule in self:
            kind = self._kinds()[rule.kind]
            evidence = isinstance(
                self.env[kind.model], self.env.registry["itsm.evidence.mixin"]
            )
            if rule.action in kind.actions and not (
                evidence and rule.action == "delete"
            ):
                continue
            raise ValidationError(
                self.env._(
                    "Action: “%(action)s” is not possible for “%(kind)s”. Possible: "
                    "%(actions)s.",
                    action=labels[rule.action],
                    kind=kind.label,
                    actions=", ".join(labels[action] for action in kind.actions),
                )
            )

    @api.constrains("company_id")
    def _check_company_id(self):
        if self.env.uid == SUPERUSER_ID:
            return
        for rule in self:
            if rule.company_id not in self.env.user.company_ids:
                raise ValidationError(
                    self.env._("Company: choose one of the companies you work in.")
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._with_user(vals) for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        self.check_access("write")
        vals = self._with_user(vals)
        return super(ItsmRetentionRule, always_tracked(self)).write(vals)

    def _with_user(self, vals):
        """Who switches a rule on, or changes what it does, answers for it."""
        vals = {name: value for name, value in vals.items() if name != "user_id"}
        if vals.keys() & {"enabled", "kind", "action", "months", "company_id"}:
            vals["user_id"] = self.env.uid
        return vals

    # === Actions ===

    def action_preview(self):
        """Open the records that the rule would take today (the first thousand)."""
        self.ensure_one()
        self.check_access("read")
        records = self._records().search(self._due_domain(), limit=OPENED)
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": records._name,
            "view_mode": "list,form",
            "domain": [("id", "in", records.ids)],
            "context": {"active_test": False, "create": False},
        }

    def action_run(self):
        """Do now what the rule does every night.

        :raise UserError: it is switched off, or nothing is due
        """
        self.check_access("write")
        for rule in self:
            if not rule.enabled:
                raise UserError(
                    self.env._("Switch the rule on first; look at the preview before.")
                )
            if not rule._due_count():
                raise UserError(self.env._("Nothing is due under this rule today."))
            rule._start()
        return True

    def _start(self):
        """Start a run for what is due.

        :return: the ``itsm.run``
        """
        self.ensure_one()
        return self._run_start(
            self.env._("Retention: %(kind)s", kind=self.display_name),
            self._due_count(),
            position={"last": 0, "counts": {}},
        )

    @api.model
    def _cron_retention(self):
        """Start a run for each rule that is on and has something to do (scheduled)."""
        for rule in self.search([("enabled", "=", True)]):
            if rule._run_active() or not rule._due_count():
                continue
            # with_user: the run works as who switched the rule on
            rule.with_user(rule.user_id).with_company(rule.company_id)._start()

    # === The work ===

    def _run_slice(self, run):
        position = run.position
        records = self._records().search(
            self._due_domain() & Domain("id", ">", position["last"]),
            order="id",
            limit=self._kinds()[self.kind].batch or BATCH,
        )
        if not self.enabled:
            run._log(self.env._("The rule was switched off."), "warning")
            return 0, True
        if not records:
            return 0, True
        last = records[-1].id
        kept = getattr(self, f"_take_{self.action}")(records, run)
        taken = len(records) - kept
        run.position = {
            "last": last,
            "counts": {
                "taken": position["counts"].get("taken", 0) + taken,
                "kept": position["counts"].get("kept", 0) + kept,
            },
        }
        return len(records), False

    def _run_finished(self, run):
        counts = run.position["counts"]
        run._log(
            self.env._(
                "%(taken)s taken, %(kept)s left alone.",
                taken=counts.get("taken", 0),
                kept=counts.get("kept", 0),
            )
        )

    def _take_archive(self, records, run):
        """Archive records; return how many were left alone."""
        if isinstance(records, self.env.registry["itsm.evidence.mixin"]):
            records = guard.with_token(records)
        records.with_context(tracking_disable=True).write({"active": False})
        return 0

    def _take_delete(self, records, run):
        """Delete what is not evidence; return how many were left alone, and say why."""
        kept = records.browse()
        if isinstance(records, self.env.registry["itsm.archive.mixin"]):
            kept = records._archive_kept()
        gone = records - kept
        try:
            with self.env.cr.savepoint():
                gone.unlink()
        except (UserError, IntegrityError):
            # Something refers to one of them: each for itself, so that it alone stays.
            for record in gone:
                try:
                    with self.env.cr.savepoint():
                        record.unlink()
                except (UserError, IntegrityError) as error:
                    kept |= record
                    self._say_kept(record, error, run)
        return len(kept)

    def _take_anonymise(self, records, run):
        """Forget the people in records; return how many were left alone."""
        return getattr(self, f"_anonymise_{self.kind}")(records, run)

    def _say_kept(self, record, error, run):
        """Note why a record was left alone.

        The log is kept for good: it names the record by its number only.
        """
        reason = self.env._("something refers to it")
        if isinstance(error, UserError):
            reason = str(error)
            for name in {record.display_name, record[record._rec_name or "id"]}:
                if name:
                    reason = reason.replace(str(name), f"#{record.id}")
        run._log(f"#{record.id}: {reason}", "warning")
