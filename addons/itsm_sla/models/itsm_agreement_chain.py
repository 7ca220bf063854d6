# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard

from ..tools.chain_check import ChainCheck

_logger = logging.getLogger(__name__)
#: What a check reads of an agreement itself.
CHAIN_FIELDS = frozenset(
    {
        "kind",
        "is_template",
        "state",
        "company_id",
        "service_ids",
        "date_start",
        "date_end",
        "terminated_on",
        "superseded_on",
        "previous_id",
        "tz",
        "calendar_id",
        "target_ids",
        "level_ids",
        "pause_with_supplier",
    }
)
#: So many agreements are checked in one transaction.
BATCH = 20


class ItsmAgreement(models.Model):
    """The agreements behind an SLA, and whether they suffice (SLM-22, SUP-15)."""

    # pylint: disable=consider-merging-classes-inherited
    _name = "itsm.agreement"
    _inherit = ["itsm.agreement", "itsm.notification.mixin"]

    support_ids = fields.One2many(
        comodel_name="itsm.agreement.support",
        inverse_name="agreement_id",
        string="Path",
        copy=True,
        help="Who works on a ticket, in this order: the OLAs of the teams, then the UC "
        "of the supplier.",
    )
    gap_ids = fields.One2many(
        comodel_name="itsm.agreement.gap",
        inverse_name="agreement_id",
        string="Gaps",
        domain=[("state", "!=", "closed")],
        readonly=True,
    )
    gap_count = fields.Integer(string="Open Gaps", compute="_compute_gap_count")
    chain_stale = fields.Boolean(
        string="To Be Checked", readonly=True, copy=False, index="btree_not_null"
    )
    chain_checked_at = fields.Datetime(string="Path Checked", readonly=True, copy=False)
    chain_state = fields.Selection(
        selection=[
            ("none", "No path declared"),
            ("unchecked", "Not checked yet"),
            ("gap", "Open gaps"),
            ("waived", "Gaps waived"),
            ("aligned", "Supported"),
        ],
        string="Support",
        compute="_compute_chain_state",
        search="_search_chain_state",
        help="Whether the OLAs and UCs on the path suffice to keep what is promised.",
    )

    # === Computes ===

    def _compute_gap_count(self):
        counts = dict(
            self.env["itsm.agreement.gap"]._read_group(
                [("agreement_id", "in", self.ids), ("state", "=", "open")],
                ["agreement_id"],
                ["__count"],
            )
        )
        for agreement in self:
            agreement.gap_count = counts.get(agreement._origin, 0)

    @api.depends("support_ids", "chain_checked_at", "gap_ids.state", "kind")
    def _compute_chain_state(self):
        rows = self.env["itsm.agreement.gap"]._read_group(
            [("agreement_id", "in", self.ids), ("state", "!=", "closed")],
            ["agreement_id", "state"],
        )
        states = {(agreement.id, state) for agreement, state in rows}
        for agreement in self:
            if agreement.kind != "sla" or not agreement.support_ids:
                agreement.chain_state = "none"
            elif not agreement.chain_checked_at:
                agreement.chain_state = "unchecked"
            elif (agreement._origin.id, "open") in states:
                agreement.chain_state = "gap"
            elif (agreement._origin.id, "waived") in states:
                agreement.chain_state = "waived"
            else:
                agreement.chain_state = "aligned"

    def _search_chain_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        some = Domain("kind", "=", "sla") & Domain("support_ids", "!=", False)
        checked = some & Domain("chain_checked_at", "!=", False)
        has_open = Domain("gap_ids", "any", [("state", "=", "open")])
        has_waived = Domain("gap_ids", "any", [("state", "=", "waived")])
        domains = {
            "none": ~some,
            "unchecked": some & Domain("chain_checked_at", "=", False),
            "gap": checked & has_open,
            "waived": checked & ~has_open & has_waived,
            "aligned": checked & ~has_open & ~has_waived,
        }
        return Domain.OR(domains[name] for name in value if name in domains)

    # === Constraints ===

    @api.constrains("kind", "is_template", "company_id")
    def _check_supports(self):
        # sudo: what others may not see still has to fit
        supports = self.env["itsm.agreement.support"].sudo()
        supports.search(
            ["|", ("agreement_id", "in", self.ids), ("supporting_id", "in", self.ids)]
        )._check_kinds()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_supporting(self):
        # sudo: as above
        support = self.env["itsm.agreement.support"].sudo()
        support = support.search([("supporting_id", "in", self.ids)], limit=1)
        if support:
            raise UserError(
                self.env._(
                    "%(other)s stands behind %(agreement)s. Take it from the path "
                    "there first.",
                    other=support.supporting_id.display_name,
                    agreement=support.agreement_id.display_name,
                )
            )

    # === CRUD ===

    def unlink(self):
        # sudo: gaps are written by code only
        gaps = guard.with_token(self.env["itsm.agreement.gap"].sudo())
        # A gap that loses the record behind it could be the same as another one.
        gaps.search(
            [("supporting_id", "in", self.ids), ("state", "!=", "closed")]
        )._close("vanished", fields.Datetime.now())
        return super().unlink()

    def write(self, vals):
        result = super().write(vals)
        if CHAIN_FIELDS & vals.keys():
            self._chain_mark_stale()
        return result

    def action_activate(self):
        """Put drafts in force; an SLA with open gaps in its chain is stopped.

        :raises ValidationError: rule ``agreement_gap``
        """
        self.check_access("write")
        slas = self.filtered(lambda a: a.kind == "sla" and a.support_ids)
        slas._chain_check()
        self._chain_enforce(slas)
        return super().action_activate()

    def _chain_enforce(self, slas):
        """Stop what is to be signed or put in force with open gaps (design 3)."""
        gaps = self.env["itsm.agreement.gap"].search(
            [("agreement_id", "in", slas.ids), ("state", "=", "open")]
        )
        if not gaps:
            return
        own = gaps.grouped("agreement_id")
        self.env["itsm.enforcement.rule"]._enforce(
            "agreement_gap",
            gaps.agreement_id,
            {
                sla.id: self.env._(
                    "%(agreement)s is not supported by the agreements on its path:\n"
                    "%(gaps)s\nChange them, or have the gaps waived (page Support).",
                    agreement=sla.display_name,
                    gaps=self.env["itsm.enforcement.rule"]._shown(
                        f"{gap.display_name}. {gap.explanation.splitlines()[0]}"
                        for gap in rows
                    ),
                )
                for sla, rows in own.items()
            },
        )

    # === Actions ===

    def action_chain_check(self):
        """Check the path of these SLAs now (SLM-22)."""
        self.check_access("write")
        self._chain_check()
        return True

    def action_view_gaps(self):
        """Open the gaps in the chain of these agreements, closed ones too."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_agreement_gap_action"
        )
        return action | {"domain": [("agreement_id", "in", self.ids)]}

    # === The check ===

    def _chain_check(self, now=None):
        """Compare these SLAs with what stands behind them, and keep the gaps.

        Gaps that are still there are brought up to date, others closed; a waived one
        that has grown or whose waiver has expired is closed and found anew. Constant
        queries, whatever the number of SLAs.

        :param datetime now: naive UTC; the horizon begins here
        """
        now = now or fields.Datetime.now()
        # sudo: the chain is the same for everybody, and gaps are written by code only
        slas = self.sudo().filtered(lambda a: a.kind == "sla").exists()
        if not slas:
            return
        slas.lock_for_update(allow_referencing=True)
        gaps = guard.with_token(self.env["itsm.agreement.gap"].sudo())  # sudo: as above
        live = gaps.search(
            [("agreement_id", "in", slas.ids), ("state", "!=", "closed")]
        )
        check = ChainCheck(slas, now)
        found = {sla: check.gaps(sla) for sla in slas}
        is_over = {sla.id for sla in slas if found[sla] is None}
        wanted = {
            (sla.id, *gaps._key_of(vals)): vals
            for sla in slas
            for vals in found[sla] or ()
        }
        because = {"vanished": gaps, "grown": gaps, "expired": gaps, "ended": gaps}
        previous = {}
        for gap in live:
            key = (gap.agreement_id.id, *gap._key())
            vals = wanted.get(key)
            if vals is None:
                over = gap.agreement_id.id in is_over
                because["ended" if over else "vanished"] += gap
                continue
            reason = gap._outgrown(vals)
            if reason:
                because[reason] += gap
                previous[key] = gap.id
                continue
            del wanted[key]
            now_is = gap._values_of(vals)
            changed = {
                name: value for name, value in vals.items() if now_is[name] != value
            }
            if changed:
                gap.write(changed)
        for reason, closed in because.items():
            closed._close(reason, now)
        new = gaps.create(
            [
                dict(vals, found_at=now, previous_id=previous.get(key))
                for key, vals in wanted.items()
            ]
        )
        self.env.execute_query(
            SQL(
                """UPDATE itsm_agreement
                      SET chain_stale = FALSE,
                          chain_checked_at = CASE WHEN id = ANY(%s) THEN %s END
                    WHERE id = ANY(%s) RETURNING id""",
                check.compared.ids,
                now,
                slas.ids,
            )
        )
        slas.invalidate_recordset(
            ["chain_stale", "chain_checked_at", "chain_state", "gap_ids", "gap_count"]
        )
        in_force = new.agreement_id.filtered(lambda a: a.state == "active")
        self.env["itsm.notification.event"]._notify(
            "agreement_gap_found", in_force.with_env(self.env)
        )

    @api.model
    def _cron_chain(self, now=None):
        """Check what has changed, and everything else once a day (scheduled)."""
        now = now or fields.Datetime.now()
        cron = self.env["ir.cron"]
        some = Domain("support_ids", "!=", False)
        old = Domain("chain_checked_at", "<", now - timedelta(hours=20))
        # Of what is over nothing is compared any more.
        new = Domain("chain_checked_at", "=", False) & Domain(
            [("state", "!=", "terminated"), ("superseded_on", "=", False)]
        )
        due = Domain("chain_stale", "=", True) | new
        ids = self.with_context(active_test=False).search(some & (due | old)).ids
        # What was taken off every path keeps no open gap.
        lost = Domain("support_ids", "=", False) & Domain(
            "gap_ids", "any", [("state", "!=", "closed")]
        )
        ids += self.with_context(active_test=False).search(lost).ids
        left = len(ids)
        for start in range(0, len(ids), BATCH):
            part = ids[start : start + BATCH]
            slas = self.browse(part).try_lock_for_update(allow_referencing=True)
            slas._chain_check_each()
            left -= len(part)
            if not cron._commit_progress(len(part), remaining=left):
                break

    def _chain_check_each(self):
        """Check them together; if that fails, one by one: others do not wait."""
        try:
            with self.env.cr.savepoint():
                self._chain_check()
        except Exception:
            if len(self) <= 1:
                _logger.exception("The chain of %s could not be checked", self)
                return
            for sla in self:
                sla._chain_check_each()

    # === What the check asks ===

    def _chain_covered_to(self):
        """Last day on which others can rely on this agreement; None: no end.

        An agreement that renews itself can be relied on to its notice date: addons
        that know one override this.
        """
        self.ensure_one()
        days = [self.date_end, self.terminated_on]
        if self.superseded_on:
            days.append(self.superseded_on - timedelta(days=1))
        return min((day for day in days if day), default=None)

    def _chain_days(self, now):
        """The days that the chain must cover: 12 months, or to the SLA's end.

        :return: ``(first, last)``, or None if the SLA is over
        """
        self.ensure_one()
        today = self._local_date(now, self.tz)
        if self.state == "terminated" or not self.date_start or not self.calendar_id:
            return None
        first = max(today, self.date_start)
        last = first + relativedelta(years=1, days=-1)
        # Past its end it stays in force until it is taken over (SLM-06).
        if self.date_end and self.date_end >= today:
            last = min(last, self.date_end)
        if self.superseded_on:
            last = min(last, self.superseded_on - timedelta(days=1))
        return (first, last) if first <= last else None

    # === Notification ===

    def _itsm_notification_recipients(self, role):
        if role == "owner":
            return {agreement.id: agreement.owner_id.partner_id for agreement in self}
        return super()._itsm_notification_recipients(role)
