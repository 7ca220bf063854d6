# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import Counter

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools.period import Period

from .itsm_document_kind_desk import CLOSED


class ItsmDocument(models.Model):
    """The month of the desk (D45): channels, teams, visits; and by person (D45P)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.document"

    @api.constrains("kind_id", "confidentiality")
    def _check_desk_people(self):
        for document in self:
            if (
                document.kind_id.source == "desk_people"
                and document.confidentiality not in CLOSED
            ):
                raise ValidationError(
                    self.env._(
                        "%(document)s has figures of persons: its confidentiality is "
                        "“Confidential” or “Strictly confidential”.",
                        document=document.display_name,
                    )
                )

    def _content_desk_summary(self):
        """Adds channels (DSK-11), staffing (DSK-03) and visits (DSK-21).

        :rtype: dict
        """
        period = self._period() or Period.of("month", self._today())
        return super()._content_desk_summary() | {
            "channels": self._desk_channels(period),
            "teams": self._desk_teams(period),
            "visits": self._desk_visits(period),
        }

    def _content_desk_people(self):
        """What each person of the desk did in the period (DSK-09).

        Solved: by whoever the ticket is assigned to; *after* is what he has open at the
        end. Norm: of what he solved on channels with a norm, what was answered in time.

        :return: ``people``, rows with ``name`` and figures
        :rtype: dict
        """
        self.ensure_one()
        period = self._period() or Period.of("month", self._today())
        domains = self._desk_domains(period)
        start, stop = period.bounds_utc(self._zone())
        tickets = self.env["helpdesk.ticket"]
        company = Domain("company_id", "=", self.company_id.id)
        kpis = self.env["itsm.kpi"]
        judged = domains["solved"] & kpis._kpi_norm_counted()
        figures = {
            "solved": self._desk_count(tickets, domains["solved"], "user_id"),
            "after": self._desk_count(tickets, domains["after"], "user_id"),
            "reopened": self._desk_count(
                tickets,
                company
                & Domain("reopened_at", ">=", start)
                & Domain("reopened_at", "<", stop),
                "user_id",
            ),
            "judged": self._desk_count(tickets, judged, "user_id"),
            "met": self._desk_count(tickets, judged & kpis._kpi_norm_met(), "user_id"),
            "visits": self._desk_count(
                self.env["itsm.visit"],
                company
                & Domain("arrived_at", ">=", start)
                & Domain("arrived_at", "<", stop),
                "engineer_id",
            ),
            "hours": self._desk_shift_hours(start, stop, "user_id"),
        }
        members = (
            self.env["helpdesk.ticket.team"]
            .search([("company_id", "in", (False, self.company_id.id))])
            .user_ids
        )
        users = members.browse(
            {user.id for user in members}
            | {key for counter in figures.values() for key in counter if key}
        )
        rows = [
            {"name": user.sudo().name}  # sudo: people who left the company, too
            | {name: counter[user.id] for name, counter in figures.items()}
            for user in users
        ]
        for row in rows:
            row["norm"] = self._desk_percent(row["met"], row["judged"])
            row["hours"] = round(row["hours"], 1)
        return {"people": sorted(rows, key=lambda row: row["name"])}

    # === Parts of D45 ===

    def _desk_channels(self, period):
        """Tickets by channel, and how many were answered by the norm (DSK-11)."""
        tickets = self.env["helpdesk.ticket"]
        reported = self._desk_domains(period)["reported"]
        kpis = self.env["itsm.kpi"]
        judged = reported & kpis._kpi_norm_counted()
        counts = {
            "reported": self._desk_count(tickets, reported, "channel_id"),
            "judged": self._desk_count(tickets, judged, "channel_id"),
            "met": self._desk_count(
                tickets, judged & kpis._kpi_norm_met(), "channel_id"
            ),
        }
        # sudo: names and norms of channels are no secret
        channels = (
            self.env["helpdesk.ticket.channel"]
            .sudo()
            .browse(key for key in counts["reported"] if key)
            .sorted(lambda channel: (channel.sequence, channel.id))
        )
        keys = [
            (channel.id, channel.name, channel.response_minutes) for channel in channels
        ]
        if counts["reported"].get(False):
            keys.append((False, self.env._("Without a channel"), 0))
        return [
            {
                "name": name,
                "norm": minutes or 0,
                "reported": counts["reported"][key],
                "judged": counts["judged"][key],
                "met": counts["met"][key],
                "rate": self._desk_percent(counts["met"][key], counts["judged"][key]),
            }
            for key, name, minutes in keys
        ]

    def _desk_teams(self, period):
        """People and planned hours of teams against their tickets (DSK-03)."""
        tickets = self.env["helpdesk.ticket"]
        domains = self._desk_domains(period)
        counts = {
            name: self._desk_count(tickets, domains[name], "team_id")
            for name in ("reported", "solved", "after")
        }
        hours = self._desk_shift_hours(*period.bounds_utc(self._zone()), "team_id")
        teams = self.env["helpdesk.ticket.team"].search(
            [("company_id", "in", (False, self.company_id.id))]
        )
        rows = []
        for team in teams:
            people = len(team.user_ids)
            row = {name: counter[team.id] for name, counter in counts.items()}
            if not any(row.values()) and not hours[team.id]:
                continue
            per_person = round(row["reported"] / people, 1) if people else None
            rows.append(
                {
                    "name": team.display_name,
                    "people": people,
                    "hours": round(hours[team.id], 1),
                    "per_person": per_person,
                    **row,
                }
            )
        return rows

    def _desk_visits(self, period):
        """Visits planned in the period, by what became of them (DSK-19, DSK-21)."""
        start, stop = period.bounds_utc(self._zone())
        visits = self.env["itsm.visit"]
        planned = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("planned_start", ">=", start)
            & Domain("planned_start", "<", stop)
        )
        counts = dict(visits._read_group(planned, ["state"], ["__count"]))
        labels = visits._fields["state"]._description_selection(self.env)
        return [{"name": label, "count": counts.get(key, 0)} for key, label in labels]

    def _desk_shift_hours(self, start, stop, by):
        """Planned hours at the desk of shifts that begin in the period, by person or
        team."""
        # sudo: hours that were planned, of the document's company only
        rows = (
            self.env["itsm.shift"]
            .sudo()
            ._read_group(
                Domain("kind", "=", "desk")
                & Domain("company_id", "in", (False, self.company_id.id))
                & Domain("start", ">=", start)
                & Domain("start", "<", stop),
                [by],
                ["hours:sum"],
            )
        )
        return Counter({record.id: hours for record, hours in rows})

    def _desk_count(self, model, domain, by):
        """Counts of records by a many2one: one query.

        :rtype: Counter
        """
        return Counter(
            {
                record.id: count
                for record, count in model._read_group(domain, [by], ["__count"])
            }
        )

    def _desk_percent(self, part, whole):
        """A share as text, cut off; a dash where nothing counts."""
        return f"{1000 * part // whole / 10:.1f} %" if whole else "–"
