# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import Counter

from odoo import api, models

from odoo.addons.itsm_base.tools.kpi import cut

#: How many missed promises a report lists; all of them are counted.
LISTED = 60


class ItsmServiceReport(models.Model):
    """Sections about promises: targets, breaches, availability, credits, trends.

    Another addon adds a section by a record of ``itsm.report.section``, a method
    ``_section_<code>(first, last)`` that returns plain data, and the template
    ``report_section_<code>`` (`_section_template`). It is called once for each language
    with the words of that language; what is dear to count goes through
    `_once_for_all_languages`.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service.report"

    # === Figures ===

    @api.model
    def _figure(self, value, domain=None, model="helpdesk.ticket", text=None):
        """A figure with the records behind it.

        :param int value: the figure
        :param list domain: the records, as plain data; None: nothing to show
        :param str model: of the records
        :param str text: how it is printed; default: the figure
        :rtype: dict
        """
        figure = {"value": value, "text": str(value) if text is None else text}
        if domain is not None:
            figure |= {"model": model, "domain": domain}
        return figure

    @api.model
    def _share_text(self, hits, counted):
        """Per cent with two digits, cut off; nothing counted is no data."""
        if not counted:
            return self.env._("no data")
        return f"{cut(100 * hits / counted, 2)} %"

    @api.model
    def _ticket_labels(self):
        """Words for kinds, priorities and metrics, in the order in which they print."""
        tickets = self.env["helpdesk.ticket"]
        targets = self.env["itsm.agreement.target"]
        return {
            "kind": dict(tickets._fields["itsm_kind"]._description_selection(self.env)),
            "priority": dict(
                reversed(tickets._fields["priority"]._description_selection(self.env))
            ),
            "metric": dict(targets._fields["metric"]._description_selection(self.env)),
        }

    def _by_id(self, model, ids):
        """Records by id, prefetched together; of None an empty one.

        :rtype: dict
        """
        # sudo: as in _agreements
        records = self.env[model].sudo().browse(dict.fromkeys(filter(None, ids)))
        return {None: records.browse(), **{record.id: record for record in records}}

    # === Targets ===

    def _section_targets(self, first, last):
        """Kept and missed promises by kind, priority and metric (REP-04).

        What is promised but was not asked for in the period has a row as well.
        """
        labels = self._ticket_labels()
        own = len(self._trend_periods()) - 1
        cells = {
            key[1:]: cell for key, cell in self._verdicts().items() if key[0] == own
        }
        promised = self._promised_targets()
        order = {name: list(words) for name, words in labels.items()}
        rows = []
        for metric, kind, priority in sorted(
            {*cells, *promised},
            key=lambda key: (
                order["kind"].index(key[1]),
                order["priority"].index(key[2]),
                order["metric"].index(key[0]),
            ),
        ):
            cell = cells.get((metric, kind, priority), Counter())
            terms = [
                ["metric", "=", metric],
                ["ticket_id.itsm_kind", "=", kind],
                ["ticket_id.priority", "=", priority],
            ]
            rows.append(
                {
                    "kind": labels["kind"][kind],
                    "priority": labels["priority"][priority],
                    "metric": labels["metric"][metric],
                    "target": promised.get((metric, kind, priority), "–"),
                    **self._verdict_figures(cell, *terms),
                }
            )
        totals = []
        for metric, label in labels["metric"].items():
            cell = Counter()
            for key, found in cells.items():
                if key[0] == metric:
                    cell.update(found)
            if cell:
                figures = self._verdict_figures(cell, ["metric", "=", metric])
                totals.append({"metric": label, "code": metric, **figures})
        return {"rows": rows, "totals": totals}

    def _promised_targets(self):
        """What is promised, in words, by metric, kind and priority.

        Of the version in force on the last day of the period.
        """
        self.ensure_one()
        if not self.agreement_id:
            return {}
        return {
            (target.metric, target.itsm_kind, target.priority): target._summary_text()
            # sudo: as in _agreements
            for target in self._latest_version().with_env(self.sudo().env).target_ids
        }

    def _latest_version(self):
        """The version of the agreement in force on the last day of the period."""
        versions = self._agreements().filtered(
            lambda agreement: agreement.date_start <= self.period_end
        )
        return versions.sorted(lambda a: (a.date_start, a.version, a.id))[-1:]

    def _verdict_figures(self, cell, *terms):
        """Figures of verdicts with what is behind them.

        :param Counter cell: ``met``, ``missed``, ``exempt``
        :param list terms: terms on the clocks
        """
        [span] = self._counted_spans()[-1:]
        decided = cell["met"] + cell["missed"]
        return {
            "met": self._figure(cell["met"], self._kept_tickets_domain(span, *terms)),
            "missed": self._figure(
                cell["missed"], self._missed_tickets_domain(span, *terms)
            ),
            "decided": decided,
            "compliance": self._share_text(cell["met"], decided),
            "exempt": self._figure(
                cell["exempt"], self._exempt_tickets_domain(span, *terms)
            ),
        }

    # === Breaches ===

    def _section_breaches(self, first, last):
        """Missed promises, why, and who is responsible (REP-04, SLM-38).

        Promises of restricted tickets count and are not listed.
        """
        [span] = self._counted_spans()[-1:]
        groups = self._once_for_all_languages("breaches", self._count_breaches)
        total = sum(groups.values())
        base = self._breaches_domain(span)
        causes, legs, warned = Counter(), Counter(), 0
        for (cause, responsible, team, supplier, told), number in groups.items():
            causes[cause] += number
            leg = (None, None, None)
            if cause:
                leg = (responsible, team, supplier)
            legs[leg] += number
            warned += number if told else 0
        listed = self._late_list()
        return {
            "total": self._figure(total, self._missed_tickets_domain(span)),
            "warned": self._figure(
                warned,
                [["breach_ids", "any", [*base, ["warned_beforehand", "=", True]]]],
            ),
            "late_changes": self._late_changes(span),
            "unexplained": causes[None],
            "causes": self._cause_rows(causes, total, base),
            "legs": self._leg_rows(legs, total, base),
            "rows": listed,
            "unlisted": total - len(listed),
        }

    def _cause_rows(self, causes, total, base):
        names = self._by_id("itsm.breach.cause", causes)
        return [
            {
                "name": names[cause].name or self.env._("Not explained"),
                "number": self._figure(
                    number,
                    [["breach_ids", "any", [*base, ["cause_id", "=", cause or False]]]],
                ),
                "share": f"{cut(100 * number / total, 1)} %",
            }
            for cause, number in sorted(
                causes.items(), key=lambda item: (-item[1], item[0] or 0)
            )
        ]

    def _leg_rows(self, legs, total, base):
        breaches = self.env["itsm.breach"]
        words = dict(breaches._fields["responsible"]._description_selection(self.env))
        # names of teams and suppliers, as on explained breaches
        teams = self._by_id("helpdesk.ticket.team", [leg[1] for leg in legs])
        partners = self._by_id("res.partner", [leg[2] for leg in legs])
        rows = []
        for leg, number in sorted(
            legs.items(), key=lambda item: (-item[1], str(item[0]))
        ):
            responsible, team, supplier = leg
            party = teams[team] if team else partners[supplier]
            terms = [
                ["responsible", "=", responsible or False],
                ["responsible_team_id", "=", team or False],
                ["responsible_partner_id", "=", supplier or False],
                ["cause_id", "!=", False],
            ]
            if not any(leg):
                terms = [["cause_id", "=", False]]
            name = (team or supplier) and party.display_name
            rows.append(
                {
                    "name": name
                    or words.get(responsible)
                    or self.env._("Not explained"),
                    "number": self._figure(
                        number, [["breach_ids", "any", [*base, *terms]]]
                    ),
                    "share": f"{cut(100 * number / total, 1)} %",
                }
            )
        return rows

    def _late_changes(self, span):
        """Tickets that were cancelled, exempted or changed when a promise was late or
        nearly so (design 2, gaming shows)."""
        changed = [["is_late_change", "=", True], *span.domain("time")]
        domain = [*self._tickets_domain(valid=False), ["event_ids", "any", changed]]

        def count():
            tickets = self.env["helpdesk.ticket"].sudo()  # sudo: as in _agreements
            return tickets.with_context(active_test=False).search_count(domain)

        number = self._once_for_all_languages("late_changes", count)
        return self._figure(number, domain)

    def _late_list(self):
        """The missed promises that overran most, without a word of the ticket but its
        number: who may read the report need not read its tickets."""
        labels = self._ticket_labels()
        rows = self._once_for_all_languages(
            "late_rows", lambda: self._late_rows(LISTED)
        )
        # read together, not one by one; sudo: as in _agreements
        breaches = self._by_id("itsm.breach", [row["breach_id"] for row in rows])
        services = self._by_id("itsm.service", [row["service_id"] for row in rows])
        clocks = self.env["itsm.clock"]
        listed = []
        for row in rows:
            breach = breaches[row["breach_id"]]
            service = services[row["service_id"]]
            listed.append(
                {
                    "ticket": row["number"],
                    "service": service.display_name or "–",
                    "metric": labels["metric"].get(row["metric"], ""),
                    "priority": labels["priority"].get(row["priority"], ""),
                    "since": self._wall_text(row["at"]),
                    "overrun": clocks._duration_label(row["overrun_seconds"]),
                    "cause": breach.cause_id.name or "–",
                    "responsible": breach.cause_id and breach.responsible_name or "–",
                }
            )
        return listed

    # === Availability ===

    def _section_availability(self, first, last):
        """Availability of the months of the period (AVC-04)."""
        agreements = self._agreements()
        section = agreements._availability_section_data(first, last)
        rows = agreements._availability_section_rows(first, last)
        for row, data in zip(rows, section["rows"], strict=True):
            data["figure"] = self._figure(
                row.failure_count,
                [["id", "in", row.outage_ids.ids]],
                model="itsm.outage",
            )
        section["missed"] = sum(row.status == "missed" for row in rows)
        section["untargeted"] = self._untargeted_section(
            first, last, known=rows.outage_ids
        )
        return section

    def _untargeted_section(self, first, last, known):
        """Outages of services of which no availability is promised nor measured.

        Those of restricted incidents are counted and not listed.

        :param known: outages that stand behind a target already
        :rtype: dict
        """
        ids = self._once_for_all_languages(
            "untargeted",
            lambda: self._agreements()._untargeted_outages(first, last).ids,
        )
        shown = set(known.ids)
        # sudo: as in _agreements
        outages = self.env["itsm.outage"].sudo()
        found = outages.browse(i for i in ids if i not in shown)
        listed = found._as_section_rows(self._zone())
        return {
            "number": self._figure(
                len(found), [["id", "in", found.ids]], model="itsm.outage"
            ),
            "rows": listed,
            "unlisted": len(found) - len(listed),
        }

    # === Credits ===

    def _section_credits(self, first, last):
        """Credits that were decided for the months of the period (SLM-64).

        Proposals that nobody decided yet, and rejected ones, are no promise.
        """
        proposals = self.env["itsm.credit.proposal"].sudo()  # sudo: as in _agreements
        found = proposals.search(
            [
                ("agreement_id", "in", self._agreements().ids),
                ("month", ">=", first.replace(day=1)),
                ("month", "<=", last),
                ("state", "in", ("accepted", "settled")),
            ],
            order="month, agreement_id, revision",
        )
        labels = dict(found._fields["state"]._description_selection(self.env))
        rows = []
        for proposal in found:
            breaches = proposal.line_ids.breach_id
            rows.append(
                {
                    "name": proposal.display_name,
                    "month": proposal.month_name,
                    "tickets": self._figure(
                        len(breaches.ticket_id),
                        [["breach_ids", "any", [["id", "in", breaches.ids]]]],
                    ),
                    "amount": proposal.currency_id.format(proposal.total),
                    "state": labels[proposal.state],
                }
            )
        totals = [
            {"amount": currency.format(sum(of_currency.mapped("total")))}
            for currency, of_currency in found.grouped("currency_id").items()
        ]
        return {"rows": rows, "totals": totals}

    # === Conclusions ===

    def _section_conclusions(self, first, last):
        """What the author concludes (REP-08, REP-32)."""
        lines = self.sudo().conclusion_ids  # sudo: people are named to all readers
        labels = dict(lines._fields["kind"]._description_selection(self.env))
        return {
            "rows": [
                {
                    "kind": labels[line.kind],
                    "text": line.name,
                    "owner": line.owner_id.name or "",
                    "due": line.due_date.isoformat() if line.due_date else "",
                }
                for line in lines
            ]
        }
