# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What an import of ticket history would do: planned here, written by nobody yet."""

from odoo.exceptions import UserError

from . import history_plan


class Planner:
    """Plans some tickets of an import: reconciles, builds the log, folds it, compares.

    :param record: the `itsm.history.import`
    :param findings: `history_plan.Findings` that collects what there is to say
    """

    def __init__(self, record, findings):
        self.record = record
        self.env = record.env
        self.findings = findings
        self.compared = {}  # what was counted while comparing

    def make(self, rows):
        """What the import would do with the tickets of some rows.

        :param rows: all `FileRow`s of these tickets
        :return: list of `history_plan.Plan`
        """
        by_number = {}
        for row in rows:
            by_number.setdefault(row.number, []).append(row)
        plans = self._reconcile(by_number)
        self._build(plans)
        self._fold(plans, self.record.last_event_at)
        self._compare(plans)
        return plans

    def _reconcile(self, by_number):
        """Compare with the tickets that are there already, by ticket number."""
        # sudo: a ticket that the user may not see has its number all the same
        tickets = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        found = tickets.search(
            [
                ("company_id", "=", self.record.company_id.id),
                ("number", "in", list(by_number)),
            ]
        )
        links = (
            self.env["itsm.history.import.ticket"]
            .sudo()  # sudo: as above
            .search([("ticket_id", "in", found.ids)])
        )
        known = links._known_keys()
        self.imported = set(links._event_ids())
        by_ticket_number = {}
        for ticket in found:
            by_ticket_number.setdefault(ticket.number, []).append(ticket)
        plans = []
        for number, rows in by_number.items():
            rows, doubtful = history_plan.sort_rows(rows)
            for row in doubtful:
                self.findings.add(
                    "warning",
                    self.env._(
                        "The order column puts this row earlier than its time does; "
                        "the time counts."
                    ),
                    row.row,
                    number,
                )
            plan = history_plan.Plan(number, rows=rows, every=rows)
            plans.append(plan)
            own = by_ticket_number.get(number)
            if own:
                plan.ticket = own[0]
                reason = self._match(plan, own, known)
                if reason:
                    plan.action = "skip"
                    self.findings.add("skip", reason, rows[0].row, number)
        return plans

    def _match(self, plan, tickets, known):
        """Set what is new for a ticket that is there; return why not, or None."""
        live = [ticket for ticket in tickets if not ticket.is_history]
        if live or len(tickets) > 1:
            return self.env._(
                "A ticket that was not imported has this number. It is left alone; its "
                "rows were not imported."
            )
        ticket = tickets[0]
        if ticket not in known:
            return self.env._(
                "This ticket is history, but none of these imports made it. It is left "
                "alone."
            )
        events = ticket.event_ids
        if not self.imported.issuperset(events.ids):
            return self.env._(
                "Somebody has worked on this ticket since it was imported. It is left "
                "alone."
            )
        rows = history_plan.new_rows(plan.rows, known[ticket])
        if rows is None or plan.rows[0].opened != ticket.reported_at:
            return self.env._(
                "Rows of this ticket that were imported before read differently now "
                "(earlier rows added or corrected, or another mapping). Undo the "
                "earlier import first, then import again."
            )
        plan.rows = rows
        plan.action = "extended" if rows else "unchanged"
        plan.known = [history_plan.from_record(event) for event in events]
        return None

    def _build(self, plans):
        """Make log rows and ticket values."""
        stages = self._stages()
        builder = history_plan.Builder(
            stages=stages,
            # A list has a column for it.
            response="progress" if self.record._is_flat() else self.record.response,
            defaults={
                "partner_id": self.record.partner_id.id or None,
                "service_id": self.record.service_id.id or None,
                "itsm_kind": self.record.itsm_kind,
            },
            notes={
                "reported": self.env._(
                    "Imported from %(file)s",
                    file=self.record.filename or self.record.name,
                ),
                "reply": self._reply_note(),
                "paused": self._paused_note,
            },
        )
        for plan in plans:
            if plan.action == "created":
                plan.events = builder.build(plan.rows, plan.rows[0].opened)
                plan.vals = self._prepare_ticket(plan)
            elif plan.action == "extended":
                plan.events = builder.extend(
                    plan.rows,
                    history_plan.facts_of(plan.known),
                    max(event["sequence"] for event in plan.known) + 1,
                    any(event["what"] == "reply" for event in plan.known),
                )
                plan.vals = history_plan.ticket_values(plan.known + plan.events)
            self._check_opened(plan)

    def _reply_note(self):
        if self.record._is_flat():
            return self.env._("Response: the time in the list")
        return {
            "progress": self.env._("Response: the first state “In progress”"),
            "assignee": self.env._("Response: the first assignee"),
            "none": "",
        }[self.record.response]

    def _paused_note(self, minutes):
        return self.env._(
            "Paused for %(minutes)s minutes by the list, which does not say when: laid "
            "directly before the solution",
            minutes=f"{minutes:g}",
        )

    def _check_opened(self, plan):
        others = [row for row in plan.every if row.opened != plan.every[0].opened]
        if others and plan.action != "skip":
            self.findings.add(
                "warning",
                self.env._(
                    "Opened at differs between the rows of this ticket; that of row "
                    "%(row)s counts.",
                    row=plan.every[0].row,
                ),
                others[0].row,
                plan.number,
            )

    def _stages(self):
        """The stage of each state: one for all teams first, an active one first.

        :raise UserError: a state has no stage
        """
        stages = (
            self.env["helpdesk.ticket.stage"]
            .with_context(active_test=False)
            .search([("company_id", "in", (False, self.record.company_id.id))])
        )
        found = {}
        for stage in stages.sorted(
            lambda s: (not s.active, bool(s.team_ids), s.sequence, s.id)
        ):
            found.setdefault(stage.itsm_state, stage.id)
        used = self.record.value_ids.filtered(lambda v: v.meaning == "state")
        labels = dict(stages._fields["itsm_state"]._description_selection(self.env))
        states = ["new", *used.mapped("itsm_state")]
        if self.record._is_flat():
            states += ["open", "paused", "resolved", "closed"]
        for state in states:
            if state and state != "keep" and state not in found:
                raise UserError(
                    self.env._(
                        "Values: %(state)s is needed, but no stage has this ITSM "
                        "State. Create one under Configuration, or choose another "
                        "state.",
                        state=f"“{labels[state]}”",
                    )
                )
        return found

    def _prepare_ticket(self, plan):
        """Values of a ticket that is history."""
        vals = history_plan.ticket_values(plan.events)
        extra = {}
        for row in plan.rows:
            extra.update((k, v) for k, v in row.extra.items() if v)
        title = extra.get("title") or extra.get("category_name") or plan.number
        return {
            **vals,
            "number": plan.number,
            "name": title,
            "description": title,
            "company_id": self.record.company_id.id,
            "is_history": True,
            "reported_at": plan.rows[0].opened,
            "impact": extra.get("impact", False),
            "urgency": extra.get("urgency", False),
            "category_id": extra.get("category_id", False),
            "partner_name": extra.get("customer_name", False),
            "support_line": False,
            "channel_id": False,
        }

    def _fold(self, plans, last):
        """Fold every log."""
        agreements = self.env["itsm.agreement"]
        links = self.env["itsm.history.import.ticket"]
        resolvers = {}
        for plan in plans:
            if plan.action not in ("created", "extended"):
                continue
            forced = self.record.agreement_id
            if plan.action == "extended":
                forced = links._forced_of(plan.ticket)
            forced = forced.sudo()  # sudo: as the resolver itself
            if forced not in resolvers:
                resolvers[forced] = agreements._clock_resolver(forced or None)
            plan.fold = links._fold(
                resolvers[forced],
                self.record.company_id.id,
                history_plan.steps_of(plan.known + plan.events),
                last,
            )

    # === Comparing and reporting ===

    def _compare(self, plans):
        """List where columns that are only compared say something else."""
        verdicts = {"same": 0, "ours": 0, "theirs": 0}
        absent = {"resolved": 0, "closed": 0}
        # A list has nothing to compare its times with.
        positions = set()
        if not self.record._is_flat():
            positions = set(self.record.column_ids.mapped("meaning"))
        for plan in plans:
            if plan.action == "skip":
                continue
            events = plan.known + plan.events
            for name, whats in (
                ("resolved", ("resolved", "closed")),
                ("closed", ("closed",)),
            ):
                if name in positions:
                    self._compare_time(plan, name, whats, events, absent)
            met = self.is_met(plan)
            theirs = plan.every[-1].extra.get("verdict")
            if met is not None and theirs is not None:
                if met == theirs:
                    verdicts["same"] += 1
                else:
                    verdicts["ours" if met else "theirs"] += 1
        for name, count in (absent | verdicts).items():
            self.compared[name] = self.compared.get(name, 0) + count

    def take_compared(self):
        """What was counted while comparing, since this was asked last."""
        counts, self.compared = self.compared, {}
        return counts

    def tell_compared(self, counts):
        """Say what was compared in the whole file.

        :param dict counts: sums of what `take_compared` returned
        """
        verdicts = {name: counts.get(name, 0) for name in ("same", "ours", "theirs")}
        labels = dict(
            self.record.column_ids._fields["meaning"]._description_selection(self.env)
        )
        for name in ("resolved", "closed"):
            count = counts.get(name)
            if count:
                self.findings.add(
                    "info",
                    self.env._(
                        "%(column)s: empty for %(count)s tickets, which could not be "
                        "compared.",
                        column=labels[name],
                        count=count,
                    ),
                )
        if sum(verdicts.values()):
            self.findings.add(
                "info",
                self.env._(
                    "The other system's verdict on the resolution, by its own "
                    "agreement: the same for %(same)s tickets; met only here "
                    "%(ours)s, met only there %(theirs)s.",
                    **verdicts,
                ),
            )

    def _compare_time(self, plan, name, whats, events, absent):
        row = plan.every[-1]
        theirs = row.extra.get(name)
        times = next(
            filter(
                None, ([e["time"] for e in events if e["what"] == w] for w in whats)
            ),
            [],
        )
        if not theirs:
            absent[name] += bool(times)
            return
        if times and times[0] == theirs:
            return
        labels = dict(
            self.record.column_ids._fields["meaning"]._description_selection(self.env)
        )
        self.findings.add(
            "difference",
            self.env._(
                "%(column)s: %(theirs)s; by the events first %(ours)s, last %(last)s.",
                column=labels[name],
                theirs=self.record._local(theirs),
                ours=self.record._local(times[0]) if times else "–",
                last=self.record._local(times[-1]) if times else "–",
            ),
            row.row,
            plan.number,
        )

    @staticmethod
    def clocks_of(plan):
        """Clocks of what the customer was promised, stored or only folded."""
        clocks = plan.fold.clocks if plan.fold else plan.ticket.clock_ids
        return [clock for clock in clocks if clock.kind == "sla"]

    def is_met(self, plan):
        """Our verdict on the resolution, or None while it is open or has no clock."""
        own = [c for c in self.clocks_of(plan) if c.metric == "resolution"]
        if not own or own[-1].phase != "stopped":
            return None
        return not any(clock.breached_at for clock in own)
