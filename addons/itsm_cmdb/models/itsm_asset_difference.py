# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard

from .itsm_ci_state import GONE


class ItsmAssetDifference(models.Model):
    """Where two ledgers say different things: a list to work through (CFG-40, CFG-45).

    The CMDB compares itself with people here, with stock, equipment and fixed assets in
    the addons that know them. A difference that is no longer there is solved by itself;
    one that is meant to be is ignored, with the reason, and comes back if what the
    ledgers say changes.
    """

    _name = "itsm.asset.difference"
    _description = "Difference Between Ledgers"
    _inherit = ["itsm.step.mixin", "itsm.archive.mixin"]
    _order = "state, kind, id"
    _rec_name = "name"
    # all but the reason: what differs is found, and put right as it was found
    _step_new = {
        "state": "open",
        "kind": False,
        "key": False,
        "name": False,
        "detail": False,
        "company_id": False,
        "ci_id": False,
        "res_model": False,
        "res_id": False,
        "found_at": False,
        "ended_at": False,
        "ended_by_id": False,
    }

    kind = fields.Selection(
        selection=[
            ("holder_left", "In the hands of somebody who has left"),
            ("holder_sheet", "User is not who signed the last sheet"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    key = fields.Char(
        required=True, readonly=True, index=True, export_string_translation=False
    )
    name = fields.Char(string="What", required=True, readonly=True)
    detail = fields.Char(readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company", readonly=True, index=True, ondelete="cascade"
    )
    ci_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Configuration Item",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    res_model = fields.Char(string="Model of the Record", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", readonly=True
    )
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("ignored", "Ignored"),
            ("solved", "Solved"),
        ],
        required=True,
        default="open",
        readonly=True,
        index=True,
    )
    reason = fields.Char(
        string="Ignored Because", help="Why the ledgers may differ here."
    )
    found_at = fields.Datetime(string="Found", readonly=True)
    ended_at = fields.Datetime(string="Ended", readonly=True)
    ended_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, ondelete="restrict"
    )
    can_solve = fields.Boolean(compute="_compute_can_solve")
    hint = fields.Char(string="What to Do", compute="_compute_hint", compute_sudo=False)

    _key_uniq = models.UniqueIndex(
        "(kind, key) WHERE state <> 'solved'", "This difference is in the list already."
    )

    @api.depends("kind", "state")
    def _compute_can_solve(self):
        kinds = self._solvers()
        for difference in self:
            difference.can_solve = (
                difference.state == "open" and difference.kind in kinds
            )

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_hint(self):
        hints = self._hints()
        for difference in self:
            difference.hint = hints.get(difference.kind, False)

    @api.model
    def _hints(self):
        """What people do about differences that no step puts right. Addons add theirs.

        :return: ``{kind: text}``
        """
        return {
            "holder_left": self.env._("Take it back by a sheet of return."),
            "holder_sheet": self.env._(
                "Write a hand-over sheet for who has it, or correct Used By."
            ),
        }

    def _archive_kept(self):
        return self

    # === Finding ===

    @api.model
    def _finders(self):
        """Statements that find differences, by kind. Addons add theirs.

        Each gives rows of key (text), company, configuration item, model, id, name and
        detail. One statement a kind, whatever the number of records.

        :return: ``{kind: SQL}``
        """
        return {
            "holder_left": SQL(
                """
                SELECT ci.id || '-' || partner.id, ci.company_id, ci.id, NULL, NULL,
                       ci.name, partner.name
                  FROM itsm_ci ci
                  JOIN res_partner partner ON partner.id = ci.user_partner_id
                 WHERE NOT partner.active AND ci.active AND ci.state NOT IN %s
                """,
                GONE,
            ),
            # after a return it is nobody; sheets of what was merged count
            "holder_sheet": SQL(
                """
                WITH RECURSIVE stands AS (
                    SELECT id, id AS ci_id FROM itsm_ci WHERE merged_into_id IS NULL
                    UNION ALL
                    SELECT merged.id, stands.ci_id
                      FROM itsm_ci merged
                      JOIN stands ON stands.id = merged.merged_into_id
                )
                SELECT ci.id || '-' || last.sheet_id, ci.company_id, ci.id,
                       'itsm.ci.handover', last.sheet_id, ci.name,
                       COALESCE(signer.name, '–') || ' ≠ ' || COALESCE(holder.name, '–')
                  FROM itsm_ci ci
                  JOIN (
                       SELECT DISTINCT ON (stands.ci_id) stands.ci_id,
                              sheet.id AS sheet_id,
                              CASE WHEN sheet.kind = 'out' THEN sheet.partner_id END
                                   AS partner_id
                         FROM itsm_ci_handover_line line
                         JOIN itsm_ci_handover sheet ON sheet.id = line.handover_id
                         JOIN stands ON stands.id = line.ci_id
                        WHERE sheet.state = 'done'
                     ORDER BY stands.ci_id, sheet.done_at DESC, sheet.id DESC
                       ) last ON last.ci_id = ci.id
             LEFT JOIN res_partner signer ON signer.id = last.partner_id
             LEFT JOIN res_partner holder ON holder.id = ci.user_partner_id
                 WHERE ci.active AND ci.state NOT IN %s
                   AND ci.user_partner_id IS DISTINCT FROM last.partner_id
                """,
                GONE,
            ),
        }

    @api.model
    def _sql_serials(self, here, there):
        """Both serial numbers as detail: whichever changes, it is another difference.

        :param str here: column of the CMDB, as alias.column
        :param str there: column of the other ledger
        :rtype: SQL
        """
        here, there = (
            SQL("COALESCE(NULLIF(%s, ''), '–')", SQL.identifier(*column.split(".")))
            for column in (here, there)
        )
        return SQL("%s || ' ≠ ' || %s", here, there)

    def action_compare(self):
        """Compare the ledgers now; no difference need be chosen.

        :raise AccessError: the user may not work through differences
        """
        self.check_access("create")
        self._compare()
        return True

    @api.model
    def _cron_compare(self):
        """Compare the ledgers (scheduled, once a day)."""
        self._compare()

    @api.model
    def _compare(self):
        """Write down what is new or different, end what is gone; constant queries."""
        self.env.flush_all()
        # sudo: differences of all companies; they are read by the rules
        differences = guard.with_token(self.sudo())
        differences = differences.with_context(active_test=False)
        now = fields.Datetime.now()
        present = differences.search([("state", "!=", "solved")])
        known = {(row.kind, row.key): row for row in present}
        seen = differences.browse()
        vals_list = []
        for kind, statement in self._finders().items():
            for (
                key,
                company,
                item,
                model,
                res_id,
                name,
                detail,
            ) in self.env.execute_query(statement):
                row = known.get((kind, key))
                if row:
                    seen |= row
                    row._refresh(name or key, detail)
                    continue
                vals_list.append(
                    {
                        "kind": kind,
                        "key": key,
                        "company_id": company,
                        "ci_id": item,
                        "res_model": model,
                        "res_id": res_id,
                        "name": name or key,
                        "detail": detail,
                        "found_at": now,
                    }
                )
        (present - seen).write({"state": "solved", "ended_at": now})
        differences.create(vals_list)

    def _refresh(self, name, detail):
        """What the ledgers say now; what was ignored is not what was looked at.

        :param str name: what is different
        :param str detail: what the ledgers say
        """
        self.ensure_one()
        vals = {}
        if self.name != name:
            vals["name"] = name
        if (self.detail or "") != (detail or ""):
            vals["detail"] = detail
            if self.state == "ignored":
                vals |= {"state": "open", "ended_at": False, "ended_by_id": False}
        if vals:
            self.write(vals)

    # === Working through ===

    def action_ignore(self):
        """It is meant to be so; the reason is entered before.

        :raise UserError: it is not open, or there is no reason
        """
        self._check_step("open")
        for difference in self:
            if not (difference.reason or "").strip():
                raise UserError(
                    self.env._(
                        "%(name)s: enter why it may be ignored.", name=difference.name
                    )
                )
        guard.with_token(self).write(
            {
                "state": "ignored",
                "ended_at": fields.Datetime.now(),
                "ended_by_id": self.env.uid,
            }
        )
        return True

    def action_reopen(self):
        """Look at it again."""
        self._check_step("ignored")
        guard.with_token(self).write(
            {"state": "open", "ended_at": False, "ended_by_id": False}
        )
        return True

    @api.model
    def _solvers(self):
        """Methods that put differences of a kind right. Addons add theirs.

        :return: ``{kind: name of a method}``
        """
        return {}

    def action_solve(self):
        """Put right what one step can put right, with the rights of the user.

        :raise UserError: it is not open, or people have to decide
        """
        self._check_step("open")
        solvers = self._solvers()
        for kind, differences in self.grouped("kind").items():
            if kind not in solvers:
                raise UserError(
                    self.env._(
                        "%(name)s: open both records and decide which is right.",
                        name=differences[0].name,
                    )
                )
            getattr(differences, solvers[kind])()
        self._compare()
        return True

    def action_view_ci(self):
        """Open the configuration item."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.ci",
            "res_id": self.ci_id.id,
            "view_mode": "form",
        }

    def action_view_other(self):
        """Open the record of the other ledger; its own rights hold."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
