# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard

from ..tools.reconciler_control import KEPT

_logger = logging.getLogger(__name__)

#: A collector that sends nothing for so long has ended its run.
IDLE = timedelta(hours=1)
#: One that goes on is told once a day.
DAY = timedelta(days=1)


class ItsmCiSourcePass(models.Model):
    """An import or run of a collector that met control without authority (CFG-17).

    One for each run, made only if something was refused or recorded as unauthorised;
    the configuration managers are told once, of all of it.
    """

    _name = "itsm.ci.source.pass"
    _description = "Import Without Authority"
    _inherit = ["itsm.evidence.mixin", "itsm.notification.mixin"]
    _order = "id desc"
    _rec_name = "run"

    source_id = fields.Many2one(
        comodel_name="itsm.ci.source", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="source_id.company_id", store=True, index=True)
    token = fields.Char(required=True, export_string_translation=False)
    import_id = fields.Many2one(
        comodel_name="itsm.ci.import", index="btree_not_null", ondelete="restrict"
    )
    run = fields.Char(
        required=True, help="Name of the import, or of the run that the collector sent."
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="By", required=True, ondelete="restrict"
    )
    begun_at = fields.Datetime(string="Begun", required=True)
    ended_at = fields.Datetime(string="Last Rows", required=True)
    recorded_count = fields.Integer(
        string="Recorded", help="Changes that are recorded as unauthorised."
    )
    refused_count = fields.Integer(
        string="Refused", help="Rows, and relations of rows, that were refused."
    )
    refused_text = fields.Text(
        string="First of the Refused", help="The log of an import has all of them."
    )
    is_told = fields.Boolean(string="Told")
    unauthorised_ids = fields.One2many(
        comodel_name="itsm.ci.unauthorised",
        inverse_name="import_pass_id",
        string="Unauthorised Changes",
    )

    _once = models.Constraint(
        "UNIQUE(source_id, token)", "This run of the source is known already."
    )
    # the few that wait
    _untold_idx = models.Index("(ended_at) WHERE is_told IS NOT TRUE")

    @api.depends("source_id", "run")
    def _compute_display_name(self):
        for met in self:
            met.display_name = f"{met.source_id.name}: {met.run}"

    def _said(self):
        """What was met, in a sentence for a log.

        :rtype: str
        """
        self.ensure_one()
        return self.env._(
            "%(origin)s does not count as authority. Of what is under control, "
            "%(recorded)s changes were recorded as unauthorised and %(refused)s rows "
            "were refused.",
            origin=self.source_id.name,
            recorded=self.recorded_count,
            refused=self.refused_count,
        )

    # === Telling ===

    def _tell(self):
        """Tell the configuration managers, once of each; never stop the import."""
        for met in guard.with_token(self.sudo()):  # sudo: evidence, written by code
            if met.is_told:
                continue
            met.is_told = True
            try:
                with self.env.cr.savepoint():
                    company = met.company_id or self.env.company
                    self.env["itsm.notification.event"]._notify(
                        "ci_import_control",
                        guard.without_token(met).with_company(company),
                    )
            except Exception:
                # what happened is written down; that must not fail as well
                _logger.exception("Not told of an import without authority: %s", met)

    @api.model
    def _cron_tell(self):
        """Tell of runs that did not come to their end (scheduled action).

        Collectors whose last call never came, or that call all day long; imports that
        failed.
        """
        now = fields.Datetime.now()
        self.search(
            Domain("is_told", "=", False)
            & (Domain("ended_at", "<", now - IDLE) | Domain("begun_at", "<", now - DAY))
        ).filtered(
            lambda met: not met.import_id or not met.import_id._run_active()
        )._tell()

    def _itsm_notification_recipients(self, role):
        if role == "manager":
            return self.env["res.users"]._itsm_ci_managers_of(self)
        return super()._itsm_notification_recipients(role)

    # === What people open ===

    def action_view_unauthorised(self):
        """Open the unauthorised changes of the run, to be decided."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_unauthorised_action"
        )
        domain = [("import_pass_id", "=", self.id)]
        return {**action, "domain": domain, "context": {}}

    def action_view_refused(self):
        """Open the rows of the import that are in error."""
        self.ensure_one()
        return {
            **self.import_id.action_view_lines(),
            "domain": [
                ("import_id", "=", self.import_id.id),
                ("kind", "in", ("error", "relation")),
            ],
        }


class ItsmCiSource(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.source"

    def _pass_of(self, token):
        """What a run of the source met; nothing if it met nothing.

        :param str token: of the run
        :rtype: itsm.ci.source.pass, in sudo
        """
        self.ensure_one()
        # sudo: evidence is written by code only
        passes = self.env["itsm.ci.source.pass"].sudo()
        return passes.search([("source_id", "=", self.id), ("token", "=", token)])

    def _note_pass(self, work, token, record=None, is_over=False):
        """Add what was refused or recorded to what the run met before.

        :param Reconciler work: that has written rows of the source
        :param str token: of the run
        :param record: the import, if it is one
        :param bool is_over: no more rows of the run come: tell
        """
        self.ensure_one()
        self.env.flush_all()
        tally = work.tally
        # sudo: evidence is written by code only
        changes = guard.with_token(self.env["itsm.ci.unauthorised"].sudo())
        changes = changes.search(
            [("id", ">", tally.start), ("import_source_id", "=", self.id)]
        )
        met = guard.with_token(self._pass_of(token))
        if changes or tally.refused:
            now = fields.Datetime.now()
            if not met:
                run = record.name if record else token.removeprefix("run:")
                met = met.create(
                    {
                        "source_id": self.id,
                        "token": token,
                        "import_id": record and record.id,
                        "run": run,
                        "user_id": self.env.uid,
                        "begun_at": now,
                        "ended_at": now,
                    }
                )
            kept = (met.refused_text or "").splitlines()
            met.write(
                {
                    "ended_at": now,
                    # what came since was not told
                    "is_told": False,
                    "recorded_count": met.recorded_count + len(changes),
                    "refused_count": met.refused_count + tally.refused,
                    "refused_text": "\n".join([*kept, *tally.messages][:KEPT]),
                }
            )
            changes.write({"import_pass_id": met.id})
        if is_over:
            met._tell()


class ItsmCiUnauthorised(models.Model):
    """Which import made a change that nobody authorised (CFG-17, CFG-33)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.unauthorised"

    import_source_id = fields.Many2one(
        comodel_name="itsm.ci.source",
        string="Source",
        index="btree_not_null",
        ondelete="restrict",
        help="The import that changed it; empty: somebody did.",
    )
    import_pass_id = fields.Many2one(
        comodel_name="itsm.ci.source.pass",
        string="Run of the Import",
        index="btree_not_null",
        ondelete="restrict",
    )
