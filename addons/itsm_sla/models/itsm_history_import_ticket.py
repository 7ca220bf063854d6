# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import json
from itertools import islice

from odoo import fields, models

from odoo.addons.itsm_base.tools import guard

from ..tools import history_plan
from ..tools.fold import TicketFold

#: What a person may change on a ticket without the event log noticing.
TOUCHABLE = (
    *("number", "name", "description", "stage_id", "team_id", "user_id", "priority"),
    *("partner_id", "partner_name", "partner_email", "priority_reason", "impact"),
    *("urgency", "service_id", "category_id", "channel_id", "itsm_kind", "active"),
    *("support_line", "pause_reason_id", "closing_code_id", "tag_ids", "reported_at"),
    "duplicate_id",
)


class ItsmHistoryImportTicket(models.Model):
    """What one import did to one ticket: enough to compare, and to take it back."""

    _name = "itsm.history.import.ticket"
    _description = "Ticket of a Ticket History Import"
    _order = "import_id desc, id"
    _rec_name = "number"
    _allow_sudo_commands = False

    import_id = fields.Many2one(
        comodel_name="itsm.history.import",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    number = fields.Char(required=True, readonly=True)
    action = fields.Selection(
        selection=[("created", "Created"), ("extended", "Extended")],
        required=True,
        readonly=True,
    )
    row_keys = fields.Json(
        readonly=True, help="What tells the imported rows from others."
    )
    event_keys = fields.Json(
        readonly=True, help="Ids of the rows of the event log that this import wrote."
    )
    fingerprint = fields.Char(readonly=True, help="The ticket as the import left it.")

    # Two people importing the same file at once: the second one fails as a whole.
    _created_uniq = models.UniqueIndex(
        "(company_id, number) WHERE action = 'created'",
        "A ticket of this file was imported by somebody else at the same moment. "
        "Nothing was imported: press Import again, and only what is new is added.",
    )

    def _known_keys(self):
        """Keys of the rows imported so far: dict of ticket to list, in order."""
        keys = {}
        for link in self.sorted("id"):
            keys.setdefault(link.ticket_id, []).extend(link.row_keys or [])
        return keys

    def _event_ids(self):
        """Ids of the log rows that these imports wrote."""
        return [event_id for link in self for event_id in link.event_keys or []]

    # === Writing ===

    def _store_plans(self, history_import, plans):
        """Write the plans of one slice: tickets, log, clocks and links.

        :param history_import: the `itsm.history.import`
        :param list plans: plans whose action is ``created`` or ``extended``
        """
        tickets = self.env["helpdesk.ticket"].sudo()  # sudo: as the import says
        create = [plan for plan in plans if plan.action == "created"]
        # No creation message, follower, tracking or activity: history is silent.
        silent = guard.with_token(tickets).with_context(
            tracking_disable=True,
            mail_create_nolog=True,
            mail_create_nosubscribe=True,
            mail_notrack=True,
            mail_activity_automation_skip=True,
        )
        created = silent.create([plan.vals for plan in create])
        for plan, ticket in zip(create, created, strict=True):
            plan.ticket = tickets.browse(ticket.id)
        extended = [plan for plan in plans if plan.action == "extended"]
        self._store_ticket_values({plan.ticket: plan.vals for plan in extended})
        events = self.env["itsm.ticket.event"]._append(
            [
                dict(event, ticket_id=plan.ticket.id)
                for plan in plans
                for event in plan.events
            ],
            "import",
        )
        event_ids = iter(events.ids)
        self._store_folds({plan.ticket: plan.fold for plan in plans})
        every = tickets.browse(plan.ticket.id for plan in plans)
        every.invalidate_recordset(["event_ids", "clock_ids"], flush=False)
        # sudo: nobody has the right to write what was imported
        self.sudo().create(
            [
                {
                    "import_id": history_import.id,
                    "company_id": history_import.company_id.id,
                    "ticket_id": plan.ticket.id,
                    "number": plan.number,
                    "action": plan.action,
                    "row_keys": [row.key for row in plan.rows],
                    "event_keys": list(islice(event_ids, len(plan.events))),
                    "fingerprint": self._fingerprint(ticket),
                }
                for plan, ticket in zip(plans, every, strict=True)
            ]
        )

    def _store_ticket_values(self, values):
        """Write values on history tickets, past write(): no mail and no new facts."""
        names = list(dict.fromkeys(name for vals in values.values() for name in vals))
        # sudo: past write(), where who imports was checked
        tickets = self.env["helpdesk.ticket"].sudo().browse(t.id for t in values)
        with self.env.protecting([tickets._fields[name] for name in names], tickets):
            for ticket, vals in zip(tickets, values.values(), strict=True):
                for name, value in vals.items():
                    ticket[name] = value
            # Within: what follows from the team must not move stage and assignee.
            tickets.modified(names)

    def _store_folds(self, folds):
        """Store clocks; clocks that the log no longer makes are removed."""
        clocks = self.env["itsm.clock"].sudo()  # sudo: nobody may write clocks
        stored = clocks.search([("ticket_id", "in", [ticket.id for ticket in folds])])
        clocks_of = stored.grouped("ticket_id")
        gone = clocks.browse()
        for ticket, fold in folds.items():
            own = clocks_of.get(ticket, clocks)
            by_key = {clock._identity(): clock for clock in own}
            for clock in fold.clocks:
                record = by_key.pop(clock.identity, None)
                clock.key = record.id if record else None
                clock.changed = True
            gone |= clocks.union(*by_key.values())
        guard.with_token(gone).unlink()
        self.env["helpdesk.ticket"]._clock_store(folds, clocks_of, is_history=True)

    def _fold(self, resolver, company_id, steps, as_of):
        """Fold a log.

        :param steps: as `history_plan.steps_of` makes them
        :param as_of: naive UTC datetime up to which time has passed for open clocks
        :return: `TicketFold`
        """
        fold = TicketFold(resolver.for_company(company_id))
        if not fold.replay(steps, as_of):
            # A calendar that ran out of hours: the history is kept without clocks.
            fold.clocks = []
        return fold

    def _forced_of(self, ticket):
        """The agreement that was chosen when the ticket was imported, if one was."""
        if ticket.agreement_reason == "import":
            return ticket.agreement_id
        return ticket.agreement_id.browse()

    def _fingerprint(self, ticket):
        values = [
            ticket[name].ids if field.relational else str(ticket[name] or "")
            for name in TOUCHABLE
            for field in (ticket._fields[name],)
        ]
        return hashlib.sha1(json.dumps(values).encode()).hexdigest()

    # === Undo ===

    def _touched(self):
        """Why tickets cannot be taken back: dict of link to list of reasons."""
        # sudo: what others did counts, whether the user may read it or not
        links = self.sudo()
        tickets = links.ticket_id
        # sudo: as above
        later = self.sudo().search(
            [("ticket_id", "in", tickets.ids), ("id", "not in", links.ids)]
        )
        latest = {}
        for link in (later | links).sorted("id"):
            latest[link.ticket_id] = link
        imported = (later | links)._event_ids()
        in_ids = [("res_id", "in", tickets.ids)]
        of_ticket = [("model", "=", "helpdesk.ticket")]
        res_ticket = [("res_model", "=", "helpdesk.ticket")]
        counts = [
            (
                self.env._("its event log has entries of its own"),
                "itsm.ticket.event",
                [("ticket_id", "in", tickets.ids), ("id", "not in", imported)],
                "ticket_id",
            ),
            (
                self.env._("it has messages"),
                "mail.message",
                of_ticket + in_ids,
                "res_id",
            ),
            (
                self.env._("it has activities"),
                "mail.activity",
                res_ticket + in_ids,
                "res_id",
            ),
            (
                self.env._("it has attachments"),
                "ir.attachment",
                res_ticket + in_ids,
                "res_id",
            ),
        ]
        touched_ids = []
        for reason, model, domain, group in counts:
            rows = self.env[model].sudo()._read_group(domain, [group])  # sudo: as above
            ids = {getattr(row[0], "id", row[0]) for row in rows}
            touched_ids.append((reason, ids))
        result = {}
        for link in links:
            ticket = link.ticket_id
            last = latest[ticket]
            if last != link:
                result[link] = [
                    self.env._(
                        "%(other)s added to it: undo that import first",
                        other=last.import_id.display_name,
                    )
                ]
                continue
            reasons = [reason for reason, ids in touched_ids if ticket.id in ids]
            if not reasons and self._fingerprint(ticket) != link.fingerprint:
                reasons = [self.env._("somebody has changed it")]
            if reasons:
                result[link] = reasons
        return result

    def _undo(self):
        """Take back what the imports of these links did to their tickets."""
        links = guard.with_token(self.sudo())  # sudo: nobody else may remove evidence
        env = links.env
        events = env["itsm.ticket.event"].browse(links._event_ids())
        created = links.filtered(lambda link: link.action == "created")
        extended = self.env["helpdesk.ticket"].browse((links - created).ticket_id.ids)
        gone = env["helpdesk.ticket"].browse(created.ticket_id.ids)
        clocks = env["itsm.clock"].search([("ticket_id", "in", gone.ids)])
        links.unlink()
        clocks.unlink()
        events.unlink()
        gone.with_context(tracking_disable=True).unlink()
        self.sudo()._restore(extended)  # sudo: as above

    def _restore(self, tickets):
        """Bring tickets back to what the rest of their log says."""
        if not tickets:
            return
        tickets = tickets.with_env(self.env)
        tickets.invalidate_recordset(["event_ids"])
        links = self.search([("ticket_id", "in", tickets.ids)]).sorted("id")
        latest = {link.ticket_id: link for link in links}
        resolvers = {}
        values, folds = {}, {}
        for ticket in tickets:
            events = [history_plan.from_record(e) for e in ticket.event_ids]
            vals = history_plan.ticket_values(events)
            values[ticket] = {n: v for n, v in vals.items() if n in ticket._fields}
            forced = self._forced_of(ticket)
            if forced not in resolvers:
                agreements = self.env["itsm.agreement"]
                resolvers[forced] = agreements._clock_resolver(forced or None)
            folds[ticket] = self._fold(
                resolvers[forced],
                ticket.company_id.id,
                history_plan.steps_of(events),
                latest[ticket].import_id.last_event_at or events[-1]["time"],
            )
        self._store_ticket_values(values)
        self._store_folds(folds)
        tickets.invalidate_recordset(["clock_ids"], flush=False)
        for ticket, link in latest.items():
            link.fingerprint = self._fingerprint(ticket)
