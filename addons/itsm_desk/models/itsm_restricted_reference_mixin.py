# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

TICKET = "helpdesk.ticket"
#: Records that belong to a ticket and have messages, activities, actions or documents
#: of their own, and the way from them to the ticket.
WAYS = {
    "itsm.visit": "ticket_id",
    "itsm.request": "ticket_id",
    "itsm.request.task": "request_id.ticket_id",
    "itsm.major.incident": "ticket_id",
    "itsm.meeting": "itsm_major_ids.ticket_id",
}
#: What names one of these by model and id, and has messages and activities, too.
NESTED = ("itsm.action", "calendar.event")
#: What is read to find all of these.
JOINED = {
    "itsm.visit": ["ticket_id"],
    "itsm.request": ["ticket_id"],
    "itsm.request.task": ["request_id"],
    "itsm.major.incident": ["ticket_id", "meeting_id"],
    "itsm.action": ["res_model", "res_id"],
    "calendar.event": ["res_model", "res_id"],
    "itsm.meeting": ["event_id"],
}


class ItsmRestrictedReferenceMixin(models.AbstractModel):
    """What names a record by model and id, and belongs to a restricted ticket.

    Messages, activities, followers, ratings, findings: a record rule cannot follow a
    model name and an id, and Odoo lets people read messages that they once wrote or
    were notified of. Who is shut out of a ticket is shut out of these too, and of
    those of its visits, requests, major incident, review, actions and events.
    """

    _name = "itsm.restricted.reference.mixin"
    _description = "Part of a Restricted Ticket"

    def _itsm_reference_fields(self):
        """Names of the fields that hold the model and the id."""
        return "res_model", "res_id"

    @api.model
    def _itsm_shut_out_references(self):
        """Domain of the records that belong to tickets the user is shut out of.

        :rtype: Domain
        """
        model_field, id_field = self._itsm_reference_fields()
        pairs = self._itsm_shut_out_pairs()

        def to_sql(model, alias, query):
            # sudo: what belongs to what is no secret to the system
            model = model.sudo()
            return SQL(
                "(COALESCE(%s, ''), COALESCE(%s, 0)) IN (%s)",
                model._field_to_sql(alias, model_field, query),
                model._field_to_sql(alias, id_field, query),
                pairs,
            )

        def predicate(record):
            return bool(record._itsm_filter_shut_out())

        return Domain.custom(to_sql=to_sql, predicate=predicate)

    @api.model
    def _itsm_shut_out_pairs(self):
        """Model and id of all that belongs to tickets the user is shut out of.

        In SQL: every search of messages asks for it. It goes from the few tickets, by
        their indexes, to the rest.

        :rtype: SQL
        """
        for name, names in JOINED.items():
            self.env[name].flush_model(names)
        return SQL(
            """
            WITH hidden AS %s, owner AS (
                SELECT 'helpdesk.ticket' AS model, id FROM hidden
                UNION ALL
                SELECT 'itsm.visit', visit.id
                  FROM itsm_visit visit JOIN hidden ON hidden.id = visit.ticket_id
                UNION ALL
                SELECT 'itsm.request', request.id
                  FROM itsm_request request
                  JOIN hidden ON hidden.id = request.ticket_id
                UNION ALL
                SELECT 'itsm.request.task', task.id
                  FROM itsm_request_task task
                  JOIN itsm_request request ON request.id = task.request_id
                  JOIN hidden ON hidden.id = request.ticket_id
                UNION ALL
                SELECT 'itsm.major.incident', major.id
                  FROM itsm_major_incident major
                  JOIN hidden ON hidden.id = major.ticket_id
                UNION ALL
                SELECT 'itsm.meeting', major.meeting_id
                  FROM itsm_major_incident major
                  JOIN hidden ON hidden.id = major.ticket_id
                 WHERE major.meeting_id IS NOT NULL
            )
            SELECT model, id FROM owner
            UNION ALL
            SELECT 'itsm.action', action.id
              FROM itsm_action action
              JOIN owner ON owner.model = action.res_model AND owner.id = action.res_id
            UNION ALL
            SELECT 'calendar.event', event.id
              FROM calendar_event event
              JOIN owner ON owner.model = event.res_model AND owner.id = event.res_id
            UNION ALL
            SELECT 'calendar.event', meeting.event_id
              FROM itsm_meeting meeting
              JOIN owner ON owner.model = 'itsm.meeting' AND owner.id = meeting.id
             WHERE meeting.event_id IS NOT NULL
            """,
            self._itsm_shut_out_tickets().subselect(),
        )

    @api.model
    def _itsm_shut_out_ids(self, model):
        """Ids of the records of a model among `_itsm_shut_out_pairs`, as a subquery.

        :param str model: one of `WAYS` or `NESTED`
        :rtype: SQL
        """
        return SQL(
            "(SELECT pair.id FROM (%s) pair WHERE pair.model = %s)",
            self._itsm_shut_out_pairs(),
            model,
        )

    @api.model
    def _itsm_shut_out_tickets(self):
        """The tickets that the user is shut out of, as a query.

        :rtype: Query
        """
        # sudo: as in _itsm_shut_out_references
        tickets = self.env[TICKET].sudo().with_context(active_test=False)
        return tickets._search(self.env.user._itsm_shut_out_domain())

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        bypass_access=False,
        **kwargs,
    ):
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & ~self._itsm_shut_out_references()
        return super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or not any(self._ids):
            return result
        allowed = self - result[0] if result else self
        hidden = allowed._itsm_filter_shut_out()
        if not hidden:
            return result
        if result:
            return result[0] + hidden, result[1]
        return hidden, lambda: hidden._make_access_error(operation)

    def _itsm_filter_shut_out(self):
        """The records of ``self`` that belong to tickets the user is shut out of."""
        # sudo: what a record belongs to decides whether it may be read
        records_sudo = self.sudo().with_context(active_test=False)
        found = records_sudo.search(
            Domain("id", "in", self.ids) & self._itsm_shut_out_references()
        )
        return self.browse(found.ids)

    def _make_access_error(self, operation):
        parent = super()
        if hasattr(parent, "_make_access_error"):
            return parent._make_access_error(operation)
        return self.env["ir.rule"]._make_access_error(operation, self)
