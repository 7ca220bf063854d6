# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from odoo.addons.itsm_base.tools import guard


class ItsmCi(models.Model):
    """What else refers to merged configuration items and goes over (CFG-26).

    Evidence stays with whose it is: sheets that are done, counts, checks, history.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    @api.model
    def _merge_references(self):
        """Fields of living records that lead to the one that stays from then on.

        :return: list of ``(model, many2one or many2many field)``
        """
        return [
            ("itsm.ci.licence.reservation", "ci_id"),
            ("itsm.ci.maintenance.plan", "ci_ids"),
            ("itsm.ci.maintenance.plan", "location_id"),
            ("itsm.ci.spare.rule", "location_id"),
        ]

    @api.model
    def _merge_single(self):
        """What a configuration item has one of at most.

        :return: dict: relational field → fields that go with it
        """
        return {}

    @api.model
    def _merge_open_papers(self):
        """Papers that are under way and would be about something else.

        :return: list of ``(model, domain of open ones, fields that lead to items)``
        """
        return [
            (
                "itsm.ci.handover",
                [("state", "in", ("waiting", "signed"))],
                ("line_ids.ci_id", "location_id"),
            ),
            (
                "itsm.ci.scrapping",
                [("state", "in", ("in_approval", "approved"))],
                ("line_ids.ci_id",),
            ),
            (
                "itsm.ci.maintenance.order",
                [("state", "in", ("progress", "reported"))],
                ("ci_ids",),
            ),
            ("itsm.ci.repair", [("state", "=", "sent")], ("ci_id",)),
        ]

    def _check_merge_references(self, keep):
        """Whether what refers to these can go over to *keep*.

        :raise UserError: naming what stands in the way
        """
        for model_name, domain, names in self._merge_open_papers():
            # sudo: what is open counts, whoever may see it
            papers = self.env[model_name].sudo().with_context(active_test=False)
            about = Domain.OR([(name, "in", self.ids)] for name in names)
            paper = papers.search(Domain(domain) & about, limit=1)
            if paper:
                raise UserError(
                    self.env._(
                        "%(paper)s is not finished and names what would be merged. "
                        "Finish or cancel %(paper)s first.",
                        paper=paper.number,
                    )
                )
        self._check_merge_drafts(keep)
        # sudo: as above
        items = (keep | self).sudo().with_context(active_test=False)
        for name in self._merge_single():
            if len(items.mapped(name)) > 1:
                raise UserError(
                    self.env._(
                        "Each of %(items)s has its own “%(field)s”: %(values)s. Take "
                        "it from one of them, or do not merge them.",
                        items=", ".join(items.filtered(name).mapped("name")),
                        field=items._fields[name]._description_string(self.env),
                        values=", ".join(items.mapped(name).mapped("display_name")),
                    )
                )

    def _merge_referring(self, keep):
        """References lead to *keep*, and it gets what it has one of at most."""
        for model_name, name in self._merge_references():
            # sudo: they go over in every company, whoever may see them
            records = self.env[model_name].sudo().with_context(active_test=False)
            records = records.search([(name, "in", self.ids)])
            if not records:
                continue
            value = keep.id
            if records._fields[name].type == "many2many":
                value = [Command.link(keep.id), *map(Command.unlink, self.ids)]
            records.write({name: value})
        self._merge_drafts(keep)
        # with the key: nobody enters where something comes from
        gone, stays = guard.with_token(self.sudo()), guard.with_token(keep.sudo())
        for name, more in self._merge_single().items():
            having = gone.filtered(name)
            if gone._fields[name].type != "many2one" or not having:
                continue
            vals = {}
            if not stays[name]:
                names = [name, *(other for other in more if having[0][other])]
                vals = {other: having[0][other].id for other in names}
            having.write({name: False})
            # each is unique
            having.flush_recordset([name])
            if vals:
                stays.write(vals)
