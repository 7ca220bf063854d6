# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, groupby

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.period import local_date

from ..tools.bulk import insert_rows, update_rows

#: What a breach takes over from its clock each time the clock is stored.
FOLLOWED = (
    "company_id",
    "agreement_id",
    "breached_at",
    "month",
    "overrun_seconds",
    "exempt",
    "active",
    "vanished_at",
    "vanished_why",
    "warned_beforehand",
    "state",
    "is_asked",
    "action_id",
)
#: What it takes over once.
KEPT = (
    "clock_id",
    "ticket_id",
    "metric",
    "itsm_kind",
    "priority",
    "service_id",
    "commercial_partner_id",
    "team_id",
    "is_history",
    "customer_warned_at",
    "responsible",
    "responsible_team_id",
    "responsible_partner_id",
    "proposed_team_id",
    "proposed_partner_id",
    "proposed_share",
)


class ItsmBreach(models.Model):
    """Breaches follow the clocks, many at a time and in constant queries."""

    _inherit = "itsm.breach"

    @api.model
    def _follow(self, clock_ids=(), ticket_ids=(), state=None):
        """Make, correct or withdraw the breaches of clocks that were just stored.

        A clock of a customer that is late and was not cancelled has a breach; so has
        one that was late already when the end of its agreement cancelled it. One that
        is late no more has its breach archived, with the reason; late again, the same
        record returns with its explanation. Whether the customer was warned beforehand
        follows until the breach is explained.

        :param clock_ids: ids of clocks of any kind
        :param ticket_ids: ids of tickets all of whose clocks are looked at
        :param str state: of new breaches; None: explained they must be, unless history
        """
        # sudo: what the clocks say, whoever moved the ticket
        model = self.sudo()
        model.flush_model()
        model.env["itsm.clock"].flush_model()
        model.env["itsm.agreement"].flush_model(["code", "terminated_at", "tz"])
        model.env["helpdesk.ticket"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT c.id AS clock_id, c.ticket_id, c.company_id, c.agreement_id,
                          c.metric, c.phase, c.breached_at, c.overrun_seconds,
                          c.exempt, c.is_history, a.tz, a.code,
                          c.stopped_at >= a.terminated_at
                              AND c.breached_at < c.stopped_at AS ended,
                          t.itsm_kind, t.priority, t.service_id,
                          t.commercial_partner_id, t.team_id, t.supplier_id,
                          t.customer_warned_at, b.id
                     FROM itsm_clock c
                     JOIN helpdesk_ticket t ON t.id = c.ticket_id
                     JOIN itsm_agreement a ON a.id = c.agreement_id
                     LEFT JOIN itsm_breach b ON b.clock_id = c.id
                    WHERE (c.id = ANY(%s) OR c.ticket_id = ANY(%s))
                      AND c.kind = 'sla'
                      AND (c.breached_at IS NOT NULL OR b.id IS NOT NULL)
                    ORDER BY c.id""",
                list(clock_ids),
                list(ticket_ids),
            )
        )
        new, known = [], {}
        for row in rows:
            row["late"] = bool(row["breached_at"]) and (
                row["phase"] != "cancelled" or bool(row["ended"])
            )
            if row["id"]:
                known[row["id"]] = row
            elif row["late"]:
                new.append(row)
        if new:
            model._follow_new(new, state)
        if known:
            model._follow_known(known)

    @api.model
    def _follow_new(self, rows, state):
        legs = self._proposed_legs(rows)
        names = (*KEPT, *FOLLOWED)
        values = []
        for row in rows:
            asked = not (row["is_history"] or row["exempt"])
            own = state or ("to_explain" if asked else "not_asked")
            vals = {
                **row,
                **self._prepare_followed(row),
                **legs[row["clock_id"]],
                "state": own,
                "is_asked": own == "to_explain",
            }
            values.append(tuple(vals[name] for name in names))
        insert_rows(self, names, values)

    @api.model
    def _follow_known(self, known):
        """Correct the breaches that say something else than their clocks."""
        changed = []
        for breach in self.browse(known):
            row = known[breach.id]
            vals = self._prepare_followed(row, breach)
            # Counted again: now it is asked for.
            if breach.exempt and not (row["exempt"] or row["is_history"]):
                vals["is_asked"] = True
                if breach.state == "not_asked":
                    vals["state"] = "to_explain"
            if any(
                breach._fields[name].convert_to_write(breach[name], breach)
                != (vals[name] or False)
                and (breach[name] or vals[name])
                for name in FOLLOWED
            ):
                changed.append((breach.id, *(vals[name] for name in FOLLOWED)))
        if changed:
            update_rows(self, FOLLOWED, changed)

    @api.model
    def _prepare_followed(self, row, breach=None):
        """Values of what a breach takes over from its clock.

        :param dict row: as `_follow` reads it
        :param breach: what there is; None: it is made
        """
        late = row["late"]
        vals = {
            "company_id": row["company_id"],
            "agreement_id": row["agreement_id"],
            "exempt": bool(row["exempt"]),
            "active": late,
            "vanished_at": None,
            "vanished_why": None,
            "action_id": None,
        }
        if breach:
            vals |= {
                "state": breach.state,
                "is_asked": breach.is_asked,
                "warned_beforehand": breach.warned_beforehand,
                "action_id": breach.action_id.id or None,
            }
        if late:
            day = local_date(row["tz"] or "UTC", row["breached_at"])
            vals |= {
                "breached_at": row["breached_at"],
                "month": date(day.year, day.month, 1),
                "overrun_seconds": row["overrun_seconds"] or 0,
            }
            if breach and breach.agreement_id.id != row["agreement_id"]:
                # Whose promise was missed, and when, is over: only a correction moves
                # it.
                if breach.active and not self._is_correction():
                    vals |= {
                        "agreement_id": breach.agreement_id.id,
                        "breached_at": breach.breached_at,
                        "month": breach.month,
                    }
                elif not row["code"] or row["code"] != breach.agreement_id.code:
                    vals["action_id"] = None  # of another series now
            if not breach or breach.state != "explained":
                warned = row["customer_warned_at"]
                vals["warned_beforehand"] = bool(
                    warned and warned < vals["breached_at"]
                )
            return vals
        # When it was late, and by how much, stays readable.
        cancelled = row["phase"] == "cancelled" and row["breached_at"]
        return {
            **vals,
            "breached_at": breach.breached_at,
            "month": breach.month,
            "overrun_seconds": breach.overrun_seconds,
            "vanished_at": breach.vanished_at or fields.Datetime.now(),
            "vanished_why": "cancelled" if cancelled else "corrected",
        }

    @api.model
    def _is_correction(self):
        """Whether the clocks are worked out again from the log, not changed."""
        return self.env.context.get("itsm_clock_source") is guard.CORRECTION

    # === Who is proposed as responsible ===

    @api.model
    def _proposed_legs(self, rows):
        """The leg on which most of the time went, for many breaches at once.

        Of the ticket's clocks of teams (OLA) and suppliers (UC) those of the same
        metric are taken, or of resolution if there is none. Their working time, each
        on its own hours, is added up per team and supplier until the moment at which
        the promise was missed. The largest sum is proposed; of equal ones the leg
        that began first. Without such time it is the supplier who holds the ticket,
        else the ticket's team, else nobody.

        :param list rows: as `_follow` reads them
        :return: dict of clock id to values
        """
        clocks = self.env["itsm.clock"].search(
            Domain("ticket_id", "in", list({row["ticket_id"] for row in rows}))
            & Domain("kind", "in", ("ola", "uc"))
            & Domain("metric", "in", ("response", "resolution")),
            order="ticket_id, started_at, id",
        )
        resolver = self.env["itsm.agreement"]._clock_resolver()
        of_ticket = dict(groupby(clocks, lambda clock: clock.ticket_id.id))
        found = {}
        for row in rows:
            legs = of_ticket.get(row["ticket_id"], [])
            own = [clock for clock in legs if clock.metric == row["metric"]]
            own = own or [clock for clock in legs if clock.metric == "resolution"]
            used = {}
            for clock in own:
                key = clock.leg_team_id.id, clock.leg_partner_id.id
                seconds = clock._used_until(row["breached_at"], resolver)
                used[key] = used.get(key, 0) + seconds
            found[row["clock_id"]] = self._prepare_leg(row, used)
        return found

    @api.model
    def _prepare_leg(self, row, used):
        """Values of the responsible leg.

        :param dict used: ``(team id, supplier id)`` to working seconds, in the order
            in which the legs began
        """
        total = sum(used.values())
        if total:
            team, supplier = max(used, key=used.get)
            share = 100 * used[team, supplier] / total
        else:
            supplier, share = row["supplier_id"], 0
            team = None if supplier else row["team_id"]
        responsible = "team" if team else "supplier" if supplier else "none"
        return {
            "responsible": responsible,
            "responsible_team_id": team,
            "responsible_partner_id": supplier,
            "proposed_team_id": team,
            "proposed_partner_id": supplier,
            "proposed_share": share,
        }
