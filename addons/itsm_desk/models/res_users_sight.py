# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

#: Who handles restricted tickets, by restriction.
RESTRICTION_GROUPS = {
    "security": "itsm_desk.itsm_group_security",
    "person": "itsm_desk.itsm_group_complaint",
}
EXTERNAL_GROUP = "itsm_desk.itsm_group_external"


class ResUsers(models.Model):
    """Which tickets a user sees at all: one place for all record rules.

    Rules of groups add up, so that no group rule could ever take a ticket away. The
    domains below stand in global rules, which narrow what the groups give.
    """

    _inherit = "res.users"

    def _itsm_handled_restrictions(self):
        """The restrictions whose tickets this user handles.

        :rtype: list[str]
        """
        self.ensure_one()
        return [
            restriction
            for restriction, group in RESTRICTION_GROUPS.items()
            if self.has_group(group)
        ]

    def _itsm_shut_out_domain(self):
        """Tickets that are restricted and not for this user (SEC-05, issue 5).

        Restricted tickets are for the group that handles them, for whom they are
        assigned to, for users and teams named on the ticket, and for the requester.
        Never for the person that a complaint is about, whatever else he is.

        :return: domain on ``helpdesk.ticket`` for record rules
        :rtype: Domain
        """
        self.ensure_one()
        partner_id = self.partner_id.id
        reader = (
            Domain("restriction", "in", self._itsm_handled_restrictions())
            | Domain("user_id", "=", self.id)
            | Domain("partner_id", "=", partner_id)
            | Domain("restricted_user_ids", "in", self.ids)
            | Domain("restricted_team_ids.user_ids", "in", self.ids)
        )
        about_him = Domain("complaint_about_id", "=", partner_id)
        return Domain("restriction", "!=", False) & (about_him | ~reader)

    def _itsm_let_in_domain(self):
        """Tickets that are not restricted, or are for this user all the same.

        The opposite of `_itsm_shut_out_domain` as one lookup by index in the few
        restricted tickets, done once: asked for each row of a long list the planner
        would count it as dear (issue 5, Speed).

        :rtype: Domain
        """
        restricted = Domain("restriction", "!=", False)
        for_him = restricted & ~self._itsm_shut_out_domain()
        domain = ~restricted | for_him

        def to_sql(model, alias, query):
            # sudo: as record rules are evaluated
            model = model.sudo().with_context(active_test=False)
            return SQL(
                "(%s IS NULL OR %s IN %s)",
                model._field_to_sql(alias, "restriction", query),
                SQL.identifier(alias, "id"),
                model._search(for_him).subselect(),
            )

        def predicate(record):
            return bool(record.sudo().filtered_domain(domain))  # sudo: as above

        return Domain.custom(to_sql=to_sql, predicate=predicate)

    def _itsm_sight_domain(self):
        """Tickets that this kind of user may see, restricted or not (table 3).

        Customers: their own, those they follow, those of the people whose requests
        they approve, and all of their organisation if they are marked for it or the
        company does not ask for the mark. External engineers: what is assigned to
        people of their own firm or held by it as a supplier, and their own. All
        others: what their groups give.

        :rtype: Domain
        """
        self.ensure_one()
        partner = self.partner_id
        mine = Domain("partner_id", "=", partner.id)
        if self.has_group(EXTERNAL_GROUP):
            firm_id = partner.commercial_partner_id.id
            return (
                mine
                | Domain("user_id", "=", self.id)
                | Domain("user_id.partner_id.commercial_partner_id", "=", firm_id)
                | Domain("supplier_id.commercial_partner_id", "=", firm_id)
            )
        if self.share and not partner.itsm_sees_company_tickets:
            return self._itsm_as_rule(
                mine
                | Domain("message_partner_ids", "in", partner.ids)
                | Domain("company_id.itsm_portal_own_tickets", "=", False)
                | self._itsm_department_domain()
            )
        return Domain.TRUE

    def _itsm_sight_domain_of(self, name):
        """The same for records that belong to a ticket.

        :param str name: many2one to the ticket
        :rtype: Domain
        """
        domain = self._itsm_sight_domain()
        return domain if domain.is_true() else Domain(name, "any", domain)

    def _itsm_department_domain(self):
        """Tickets of the people of the departments whose requests he decides about.

        :rtype: Domain
        """
        self.ensure_one()
        led = self.itsm_led_department_ids
        if not led:
            return Domain.FALSE
        return self._itsm_as_rule(
            Domain("partner_id.itsm_department_id", "in", led.ids)
        )

    def _itsm_as_rule(self, domain):
        """*domain* for a record rule, asking no customer for rights to its fields.

        helpdesk_mgmt adds the rules of tickets to the domain with which the portal
        searches, and there the rights of the user to each field count.

        :param Domain domain: on ``helpdesk.ticket``
        :rtype: Domain
        """
        if not self.share:
            return domain

        def to_sql(model, alias, query):
            model = model.sudo()  # sudo: as record rules are evaluated
            return domain.optimize_full(model)._to_sql(model, alias, query)

        def predicate(record):
            return bool(record.sudo().filtered_domain(domain))  # sudo: as above

        return Domain.custom(to_sql=to_sql, predicate=predicate)
