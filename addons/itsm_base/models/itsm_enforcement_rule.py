# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ..tools import guard

_logger = logging.getLogger(__name__)

MODES = [
    ("off", "Off"),
    ("record", "Record"),
    ("warn", "Warn"),
    ("block", "Block"),
]
#: What becomes of it under each mode.
OUTCOMES = {"record": "recorded", "warn": "warned", "block": "blocked"}
#: What waits for the end of a transaction, in the data of its callbacks.
WAITING = "itsm_enforcement_findings"
#: How many messages a person reads at once.
SHOWN = 5


class ItsmEnforcementRule(models.Model):
    """A rule that can stop a person (design, Manners).

    Addons ship rules as data and call `_enforce` where the rule is broken; each company
    says in `itsm.enforcement.setting` what happens then. So nothing stops a living
    company on the day of installation, and nobody writes a second such setting.
    """

    _name = "itsm.enforcement.rule"
    _description = "Enforcement Rule"
    _order = "sequence, id"

    code = fields.Char(required=True, readonly=True, export_string_translation=False)
    name = fields.Char(required=True, translate=True)
    description = fields.Text(
        string="What It Stops",
        required=True,
        translate=True,
        help="In plain words: who is stopped, when, and what helps.",
    )
    default_mode = fields.Selection(
        selection=MODES,
        required=True,
        default="record",
        help="What new companies start with.",
    )
    sequence = fields.Integer(default=10)
    setting_ids = fields.One2many(
        comodel_name="itsm.enforcement.setting",
        inverse_name="rule_id",
        string="Settings",
    )

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another rule has this code. Choose a different code."
    )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env["itsm.enforcement.setting"]._create_missing(rules=rules)
        rules._adopt_findings()
        self.env.registry.clear_cache()
        return rules

    def _adopt_findings(self):
        """Take back what was found before the rule's addon was uninstalled."""
        # sudo: findings are written by code only
        findings = guard.with_token(self.env["itsm.enforcement.finding"].sudo())
        for rule in self:
            domain = [("rule_code", "=", rule.code), ("rule_id", "=", False)]
            findings.search(domain).rule_id = rule

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shipped(self):
        if self:
            raise UserError(
                self.env._(
                    "%(rule)s comes with an addon and goes with it. Switch it off for "
                    "your company instead.",
                    rule=self[0].name,
                )
            )

    # === What code asks ===

    @api.model
    def _mode_of(self, code, company):
        """What the rule does in a company today: off, record, warn or block.

        :param str code: of the rule
        :param company: ``res.company``
        :raise ValueError: no addon ships a rule of this code
        """
        _rule_id, default_mode, settings = self._rule_settings(code)
        mode, block_from = settings.get(company.id, (default_mode, None))
        if mode == "block" and block_from and block_from > self._today(company):
            return "warn"
        return mode

    @api.model
    def _enforce(self, code, records, message, summary=None):
        """Do what each record's company wants done where it breaks a rule.

        Call it with all records of a batch that break the rule. Recorded and warned
        findings go with the transaction. What is blocked is kept although the
        transaction ends with the error. Imported history and records that come with
        an installation are left alone. Constant queries (MS-29).

        :param str code: of the rule
        :param records: recordset of any model; the company is its ``company_id``, else
            the present one
        :param message: what is wrong and how to mend it: a text, a dict by record id,
            or a function of one record
        :param summary: function of the blocked records: the text of the error if they
            are several; default: their messages
        :return: those of *records* for which a finding was made
        :raise ValidationError: at least one record is blocked; none is changed
        :raise ValueError: no addon ships a rule of this code
        """
        rule_id = self._rule_settings(code)[0]
        if not self.env.registry.ready:
            return records.browse()
        records_sudo = records.sudo()  # sudo: evidence, whoever may read the record
        if "is_history" in records._fields:
            records_sudo = records_sudo.filtered(lambda record: not record.is_history)
        modes = {}
        found = {}
        for record in records_sudo:
            company = self._company_of(record)
            if company not in modes:
                modes[company] = self._mode_of(code, company)
            if modes[company] != "off":
                found[record] = company
        if not found:
            return records.browse()
        now = fields.Datetime.now()
        records_sudo.mapped("display_name")  # in one go, before single records are read
        own = {record.id: record for record in records}
        vals_list = {}
        for record, company in found.items():
            said = message
            if isinstance(message, dict):
                said = message[record.id]
            elif callable(message):
                said = message(own[record.id])
            vals_list[record] = {
                "rule_id": rule_id,
                "rule_code": code,
                "company_id": company.id,
                "res_model": record._name,
                "res_id": record.id or 0,
                "record_name": record.display_name,
                "user_id": self.env.uid,
                "time": now,
                "mode": modes[company],
                "outcome": OUTCOMES[modes[company]],
                "message": said,
            }
        blocked = [r for r, vals in vals_list.items() if vals["mode"] == "block"]
        if blocked:
            self._keep_blocked([vals_list[record] for record in blocked])
            if summary and len(blocked) > 1:
                text = summary(records.browse(record.id for record in blocked))
            else:
                text = self._shown(vals_list[record]["message"] for record in blocked)
            raise ValidationError(text)
        # sudo: findings are written by code only
        findings = guard.with_token(self.env["itsm.enforcement.finding"].sudo())
        findings.create(list(vals_list.values()))
        self._warn([v["message"] for v in vals_list.values() if v["mode"] == "warn"])
        return records.browse(record.id for record in found)

    # === Its parts ===

    @api.model
    @tools.ormcache("code")
    def _rule_settings(self, code):
        """``(rule id, default mode, {company id: (mode, block_from)})``."""
        # sudo: rules hold for everybody, whoever may read them
        rule = self.sudo().search([("code", "=", code)])
        if not rule:
            raise ValueError(f"Enforcement rule {code!r} is shipped by no addon")
        return (
            rule.id,
            rule.default_mode,
            {
                setting.company_id.id: (setting.mode, setting.block_from)
                for setting in rule.setting_ids
            },
        )

    @api.model
    def _company_of(self, record):
        if record._name == "res.company":
            return record
        company = record["company_id"] if "company_id" in record._fields else None
        return company or self.env.company

    @api.model
    def _today(self, company):
        """The date at the company: in the zone of its working time."""
        # sudo: the date does not depend on who may read the working time
        tz = company.sudo().resource_calendar_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=tz))

    @api.model
    def _shown(self, messages):
        """The first messages as one text, and how many more there are."""
        messages = list(dict.fromkeys(messages))
        lines = messages[:SHOWN]
        if len(messages) > SHOWN:
            more = len(messages) - SHOWN
            lines.append(self.env._("… and %(count)s more.", count=more))
        return "\n".join(lines)

    @api.model
    def _warn(self, messages):
        """A word on the screen of who did it; nothing if nobody looks at one."""
        user = self.env.user
        if not messages or user.share or user.id == SUPERUSER_ID:
            return
        user._bus_send(
            "simple_notification",
            {
                "title": self.env._("A rule was broken"),
                "message": self._shown(messages),
                "type": "warning",
                "sticky": True,
            },
        )

    @api.model
    def _keep_blocked(self, vals_list):
        """Write findings in a transaction of their own once this one has ended.

        The error takes the transaction back, or a savepoint of it if somebody catches
        the error and goes on: the findings are written either way, and once for each
        record, however often it is tried in this transaction (an import tries twice).
        """
        cr, registry = self.env.cr, self.env.registry
        waiting = cr.postrollback.data.get(WAITING)
        if waiting is None:
            waiting = cr.postrollback.data[WAITING] = {}

            def keep():
                rows = list(waiting.values())
                waiting.clear()
                if not rows:
                    return
                try:
                    with registry.cursor() as own_cr:
                        env = api.Environment(own_cr, SUPERUSER_ID, {})
                        env[self._name]._write_kept(rows)
                except Exception:
                    # The person was stopped and told; that must not fail as well.
                    codes = {row["rule_code"] for row in rows}
                    _logger.exception("Findings of %s were lost", ", ".join(codes))

            cr.postrollback.add(keep)
            cr.postcommit.add(keep)
        for vals in vals_list:
            record = vals["res_model"], vals["res_id"] or -len(waiting)
            waiting.setdefault((vals["rule_id"], *record), vals)

    @api.model
    def _write_kept(self, rows):
        """Write findings; one that cannot be written does not take others along.

        What it points to (a company, a user) may have gone with the transaction.
        """
        findings = guard.with_token(self.env["itsm.enforcement.finding"])
        try:
            with self.env.cr.savepoint():
                findings.create(rows)
        except Exception:
            if len(rows) == 1:
                raise
            # whatever is wrong with one of them: the others are written one by one
            for row in rows:
                try:
                    with self.env.cr.savepoint():
                        findings.create(row)
                except Exception:
                    code = row["rule_code"]
                    _logger.exception("A finding of %s was lost", code)
