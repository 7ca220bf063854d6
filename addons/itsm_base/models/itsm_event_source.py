# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..tools.event_input import SOURCE_SIZE, clean

GROUP = "itsm_base.itsm_group_event_source"


class ItsmEventSource(models.Model):
    """Who may send events in the name of a source (issue 4, Events in).

    A source that is not named here may be sent for by every user of the group *Event
    source* who works in the company.
    """

    _name = "itsm.event.source"
    _description = "Monitoring Source"
    _order = "name, id"

    name = fields.Char(
        required=True,
        size=SOURCE_SIZE,
        help="As the system calls itself in its events; upper and lower case are "
        "the same.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    user_ids = fields.Many2many(
        comodel_name="res.users",
        string="Sent By",
        # a user who goes must not leave the source open to somebody else
        ondelete="restrict",
        context={"active_test": False},
        domain=lambda self: [("all_group_ids", "in", self.env.ref(GROUP).ids)],
        help="Only these users may send events of this source. Empty: nobody.",
    )
    note = fields.Text(help="What the system is, and who looks after it.")
    active = fields.Boolean(
        default=True, help="Archived: every event source may send for it again."
    )

    _name_uniq = models.UniqueIndex(
        "(company_id, LOWER(name)) WHERE active",
        "This source is there already. Change it instead.",
    )

    @api.constrains("name")
    def _check_name(self):
        for source in self:
            if clean(source.name) != source.name or len(source.name) > SOURCE_SIZE:
                raise ValidationError(
                    self.env._(
                        "%(system)s: enter the name as the system sends it, without "
                        "blanks around it, and at most %(size)s characters.",
                        system=source.name,
                        size=SOURCE_SIZE,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        sources = super().create(vals_list)
        self.env.registry.clear_cache()
        return sources

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        # what it has become must be allowed too: not another company's
        self.check_access("write")
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    @tools.ormcache("company_id")
    def _senders(self, company_id):
        """Who may send for the sources of a company that are named; kept in memory.

        :param int company_id: id of a ``res.company``
        :return: ids of users by the name of the source in lower case
        :rtype: dict[str, frozenset[int]]
        """
        # sudo: who may send does not depend on who asks
        sources = self.sudo().search([("company_id", "=", company_id)])
        return {
            source.name.lower(): frozenset(source.user_ids.ids) for source in sources
        }

    @api.model
    def _may_send(self, source, user, company_id):
        """Whether a user may send events of a source.

        :param str source: as it was sent, cleaned
        :param user: ``res.users``
        :param int company_id: id of the ``res.company`` that the events go to
        :rtype: bool
        """
        senders = self._senders(company_id).get(source.lower())
        return senders is None or user.id in senders
