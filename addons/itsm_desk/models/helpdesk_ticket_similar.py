# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

import psycopg2

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

PARAMETER = "itsm_desk.similar_threshold"
#: How much of what is typed a title names at least, from 0 to 1, unless the database
#: says otherwise.
THRESHOLD = 0.5
#: How far above the threshold is looked first, in parts of what is left up to 1: titles
#: that are nearly the same are found fast, and make the wider looks needless.
STEPS = (0.6, 0.2, 0.0)
#: Of so many titles that are alike enough the best are taken.
CANDIDATES = 100
#: Without pg_trgm only the newest tickets are looked through.
NEWEST = 5000
#: Shorter texts say nothing yet; of longer ones the beginning counts.
SHORTEST, LONGEST = 3, 120
#: The most hints that anybody gets at once.
MOST = 10
#: What a ticket of the same service counts more.
SAME_SERVICE = 0.1


def _index(registry):
    # Without fastupdate: a search would read what a busy day has left to be sorted in.
    if registry.has_trigram:
        return "USING gin (name gin_trgm_ops) WITH (fastupdate = off)"
    return ""


class HelpdeskTicket(models.Model):
    """Similar tickets while a title is typed (INC-19, issue 5, Incidents)."""

    _inherit = "helpdesk.ticket"

    _itsm_similar_idx = models.Index(_index)

    def _auto_init(self):
        self._itsm_ensure_trigrams()
        return super()._auto_init()

    def _itsm_ensure_trigrams(self):
        """Make the extension pg_trgm, which Odoo makes in databases of its own.

        A database role that may not create it gets hints from the newest tickets only,
        and the log says what to do.
        """
        if self.pool.has_trigram:
            return
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except psycopg2.Error:
            _logger.warning(
                "The database role may not create the extension pg_trgm: similar "
                "tickets are looked for among the newest %s only. Let an administrator "
                "of PostgreSQL run CREATE EXTENSION pg_trgm in this database, then "
                "update the addon itsm_desk.",
                NEWEST,
            )
        else:
            self.pool.has_trigram = True

    # === For the form ===

    @api.model
    @api.readonly
    def itsm_similar_tickets(self, text, service_id=False, ticket_id=False):
        """What is known already of a title that somebody types.

        Only tickets that the user may read are named.

        :param str text: the title so far; fewer than 3 characters find nothing
        :param int service_id: tickets of this service come first
        :param int ticket_id: a ticket that is left out, the one being edited
        :return: dict of ``tickets`` (dicts of ``id``, ``number``, ``name``, ``state``,
            ``state_label``, ``solved``) and ``knowledge`` (see
            ``_itsm_knowledge_hints``), best first
        :rtype: dict
        """
        self.browse().check_access("read")
        if not isinstance(text, str):
            return {"tickets": [], "knowledge": []}
        service_id = service_id if isinstance(service_id, int) else False
        tickets = self._itsm_similar(text, service_id)
        tickets = tickets.filtered(lambda ticket: ticket.id != ticket_id)
        return {
            "tickets": tickets._itsm_hint_values(),
            "knowledge": self._itsm_knowledge_hints(text, service_id),
        }

    def _itsm_hint_values(self):
        """What of each ticket is shown in a hint."""
        # sudo: the stage says what there is of a ticket that he may read
        self.sudo().fetch(["number", "name", "stage_id", "duplicate_id", "solution"])
        stages = self.env["helpdesk.ticket.stage"]
        labels = dict(stages._fields["itsm_state"]._description_selection(self.env))
        values = []
        for ticket in self:
            state = ticket._itsm_effective_state()
            values.append(
                {
                    "id": ticket.id,
                    "number": ticket.number,
                    "name": ticket.name,
                    "state": state,
                    "state_label": labels.get(state, ""),
                    # sudo: whether there is one, on a solved ticket that he may read
                    "solved": ticket._itsm_solved_stage()
                    and ticket.sudo().has_solution,
                }
            )
        return values

    @api.model
    def _itsm_knowledge_hints(self, text, service_id=False, limit=5):
        """Hook: what the knowledge base knows of it, within the user's rights (INC-32).

        :param str text: the title so far
        :param int service_id: the service, if it is known
        :param int limit: at most so many
        :return: list of dicts with ``model``, ``id`` and ``name``
        """
        return []

    # === Looking ===

    @api.model
    def _itsm_similar_threshold(self):
        """How much of a text similar titles name at least, from 0.1 to 1."""
        # sudo: a setting of the database, which every user feels
        text = self.env["ir.config_parameter"].sudo().get_param(PARAMETER)
        try:
            value = float(text or THRESHOLD)
        except ValueError:
            value = THRESHOLD
        return min(max(value, 0.1), 1.0)

    @api.model
    def _itsm_similar(self, text, service_id=False, limit=5):
        """The tickets whose titles are most like a text, best first.

        Candidates come from an index, at most `CANDIDATES` of those that the user's
        record rules show him.

        :param str text: plain text
        :param int service_id: tickets of this service count a little more
        :param int limit: at most so many
        :return: ``helpdesk.ticket``
        """
        text = " ".join((text or "").replace("\0", " ").split())[:LONGEST]
        if len(text) < SHORTEST:
            return self.browse()
        limit = min(limit, MOST)
        self.flush_model(["name", "active", "company_id", "service_id"])
        if not self.pool.has_trigram:
            return self._itsm_similar_newest(text, limit)
        threshold = self._itsm_similar_threshold()
        for step in STEPS:
            level = threshold + (1 - threshold) * step
            rows = self._itsm_similar_candidates(text, level)
            if len(rows) >= limit:
                break
        scores = {
            ticket_id: score + (SAME_SERVICE if service_id == service else 0)
            for ticket_id, service, score in rows
        }
        best = sorted(scores, key=lambda ticket_id: (-scores[ticket_id], -ticket_id))
        return self.browse(best[:limit])

    @api.model
    def _itsm_similar_candidates(self, text, level):
        """Ids, services and likeness of titles like *text* that the user may read.

        :param float level: how alike they are at least
        :return: list of ``(id, service id, likeness)``
        """
        # For this transaction only; the operator <% goes by it: how much of what was
        # typed is found, in one stretch, in the title. And the planner, which cannot
        # know how rare a text is, would sometimes read the whole table.
        self.env.cr.execute(
            SQL(
                "SET LOCAL pg_trgm.word_similarity_threshold = %s;"
                "SET LOCAL enable_seqscan = off",
                round(level, 4),
            )
        )
        query = self._search([("company_id", "in", self.env.companies.ids)])
        name = SQL.identifier(query.table, "name")
        query.add_where(SQL("%s <%% %s", text, name))
        query.limit = CANDIDATES
        rows = self.env.execute_query(
            query.select(
                SQL.identifier(query.table, "id"),
                SQL.identifier(query.table, "service_id"),
                SQL(
                    "word_similarity(%(text)s, %(name)s)"
                    " + similarity(%(text)s, %(name)s) / 10",
                    text=text,
                    name=name,
                ),
            )
        )
        self.env.cr.execute("RESET enable_seqscan")
        return rows

    @api.model
    def _itsm_similar_newest(self, text, limit):
        """Tickets among the newest that name every word, without pg_trgm."""
        newest = self.env.execute_query(
            SQL(
                "SELECT id FROM helpdesk_ticket ORDER BY id DESC OFFSET %s LIMIT 1",
                NEWEST,
            )
        )
        domain = Domain.AND(Domain("name", "ilike", word) for word in text.split())
        if newest:
            domain &= Domain("id", ">", newest[0][0])
        return self.search(domain, order="id desc", limit=limit)
