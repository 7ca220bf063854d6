# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard

from .itsm_ci_source import MANAGER
from .itsm_ci_spare import DECIDED
from .itsm_ci_state import GONE


class ItsmCi(models.Model):
    """Two records of one thing become one; the other stays as its past (CFG-26)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    merged_into_id = fields.Many2one(
        comodel_name="itsm.ci",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The configuration item that stands for it now.",
    )
    merged_ids = fields.One2many(
        comodel_name="itsm.ci",
        inverse_name="merged_into_id",
        string="Merged Items",
        readonly=True,
        context={"active_test": False},
    )

    # === Guard ===

    @api.model_create_multi
    def create(self, vals_list):
        if not guard.has_token(self.env):
            # a merge is done, not recorded; neither the context says another
            vals_list = [{**vals, "merged_into_id": False} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if "merged_into_id" in vals and not guard.has_token(self.env):
            raise AccessError(
                self.env._("Use “Merge”, which moves relations and tickets as well.")
            )
        if vals.get("active") and not guard.has_token(self.env):
            merged = self.filtered("merged_into_id")
            if merged:
                raise UserError(
                    self.env._(
                        "%(name)s was merged into another configuration item and stays "
                        "archived.",
                        name=merged[0].name,
                    )
                )
        return super().write(vals)

    def _archive_references(self):
        return [*super()._archive_references(), ("itsm.ci", "merged_into_id")]

    # === The past of both ===

    def _with_merged(self):
        """These and all that was merged into them."""
        found = part = self
        while part:
            # sudo: the past of an item is read by who reads it
            part = part.sudo().with_context(active_test=False).merged_ids - found
            found |= part
        return found.sudo(self.env.su)

    def _stands_for(self):
        """These, and instead of those that were merged what they were merged into."""
        items = self
        while merged := items.filtered("merged_into_id"):
            items = (items - merged) | merged.merged_into_id
        return items

    def action_view_history(self):
        action = super().action_view_history()
        ids = self._with_merged().ids
        domain = Domain("ci_id", "in", ids) | Domain("other_ci_id", "in", ids)
        return {**action, "domain": list(domain)}

    def _compute_history_count(self):
        result = super()._compute_history_count()
        lines = self.env["itsm.ci.history"]
        for item in self.filtered(lambda i: i._with_merged() != i):
            ids = item._with_merged().ids
            domain = Domain("ci_id", "in", ids) | Domain("other_ci_id", "in", ids)
            item.history_count = lines.search_count(domain)
        return result

    # === Merging ===

    def action_merge(self):
        """Merge these: choose which one stays and what of the others it takes over."""
        return self.env["itsm.ci.merge"]._open_for(self)

    def _check_merge(self, keep):
        """Whether these can become one of them.

        :raise AccessError: not a configuration manager
        :raise UserError: naming what stands in the way
        """
        if not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only configuration managers merge configuration items.")
            )
        self.check_access("write")
        gone = self - keep
        if keep not in self or not gone:
            raise UserError(
                self.env._("Choose at least two different configuration items.")
            )
        services = gone.filtered("service_id")
        if services:
            raise UserError(
                self.env._(
                    "%(name)s stands for a service of the catalogue and is not merged "
                    "into another: let it be the one that stays.",
                    name=services[0].name,
                )
            )
        merged = self.filtered("merged_into_id") | self.filtered(
            lambda item: not item.active
        )
        if merged:
            raise UserError(
                self.env._(
                    "%(name)s is archived or was merged already.", name=merged[0].name
                )
            )
        if len({item.company_id for item in self}) > 1:
            raise UserError(
                self.env._(
                    "They belong to different companies: %(names)s. Only items of one "
                    "company are merged.",
                    names=", ".join(self.mapped("name")),
                )
            )
        shared = self.env["itsm.shared.mixin"]
        if not self.env.su and not keep.company_id and shared._works_elsewhere():
            # what hangs on them is of all companies
            raise shared._shared_error(gone[0])
        gone._check_merge_references(keep)

    def _merge_into(self, keep, vals=None):
        """Let *keep* stand for all of these; the others are archived.

        Values, relations, redundancies, places, tickets and what sources know go over;
        history stays with whose it is and is shown with *keep*.

        :param keep: one of these
        :param dict vals: what *keep* takes over from the others, as for ``write``
        :raise UserError: as `_check_merge`, or a rule that *keep* would break
        """
        self._check_merge(keep)
        keep.ensure_one()
        # sudo: asked above; what hangs on them goes over in every company
        gone = (self - keep).sudo()
        # nothing stands in itself
        location = (vals or {}).get("location_id") or keep.location_id.id
        if location in gone.ids or location == keep.id:
            place = self.browse(location)
            while place in self:
                place = place.location_id
            vals = {**(vals or {}), "location_id": place.id}
        gone._merge_relations(keep.sudo())  # sudo: as above
        gone._merge_referring(keep)
        if vals:
            keep.with_context(**DECIDED).write(vals)
        inside = gone.with_context(active_test=False).search(
            [("location_id", "in", gone.ids), ("id", "not in", self.ids)]
        )
        inside.write({"location_id": keep.id})
        gone._merge_tickets(keep)
        gone._merge_attributes(keep)
        gone._merge_links(keep)
        gone._merge_away(keep)
        groups = self.env["itsm.ci.duplicate"].sudo()  # sudo: written by code only
        for group in groups.search([("ci_ids", "in", gone.ids)]):
            if len(group.ci_ids.filtered("active")) < 2:
                guard.with_token(group).write(
                    {"state": "merged", "user_id": self.env.uid}
                )
        return keep

    def _merge_relations(self, keep):
        """Relations lead to *keep*; those that would be there twice are dropped."""
        relations = self._relations_of().sorted("id")
        redundancies = self.env["itsm.ci.redundancy"].search(
            [("ci_id", "in", self.ids)]
        )
        # a redundancy and its members fit together again once both have moved
        of_group = {r: r.redundancy_id for r in relations | redundancies.relation_ids}
        of_group = {r: group for r, group in of_group.items() if group}
        self.env["itsm.ci.relation"].union(*of_group).write({"redundancy_id": False})
        redundancies.write({"ci_id": keep.id})
        there = {
            r._merge_key(r.source_id, r.target_id): r
            for r in keep._relations_of()
            if r not in relations
        }
        both, dropped = self | keep, []
        for relation in relations:
            source = keep if relation.source_id in self else relation.source_id
            target = keep if relation.target_id in self else relation.target_id
            key = relation._merge_key(source, target)
            within = relation.source_id in both and relation.target_id in both
            if within or key in there:
                group = of_group.pop(relation, None)
                dropped += [group] if group else []
                if not within and group and there[key] not in of_group:
                    of_group[there[key]] = group
                start = relation.date_start
                relation.unlink()
                if not within:
                    there[key]._merge_start(start)
                continue
            there[key] = relation
            relation.write({"source_id": source.id, "target_id": target.id})
        for relation, group in of_group.items():
            if relation.exists():
                relation.redundancy_id = group
        for group in redundancies.union(*of_group.values(), *dropped):
            # members that were there twice, or one of the merged, are fewer now
            if group.required > max(len(group.relation_ids), 1):
                group.required = max(len(group.relation_ids), 1)

    def _merge_tickets(self, keep):
        """Tickets are about *keep*: in one statement, so that no ticket is touched."""
        field = self.env["helpdesk.ticket"]._fields["ci_ids"]
        self.env.flush_all()
        names = {
            "table": SQL.identifier(field.relation),
            "ticket": SQL.identifier(field.column1),
            "ci": SQL.identifier(field.column2),
        }
        self.env.cr.execute(
            SQL(
                "INSERT INTO %(table)s (%(ticket)s, %(ci)s)"
                " SELECT DISTINCT %(ticket)s, %(keep)s FROM %(table)s"
                " WHERE %(ci)s = ANY(%(gone)s) ON CONFLICT DO NOTHING",
                keep=keep.id,
                gone=self.ids,
                **names,
            )
        )
        self.env.cr.execute(
            SQL(
                "DELETE FROM %(table)s WHERE %(ci)s = ANY(%(gone)s)",
                gone=self.ids,
                **names,
            )
        )
        self.env["helpdesk.ticket"].invalidate_model(["ci_ids"])

    def _merge_attributes(self, keep):
        """Attributes of other items that point to these point to *keep*."""
        attributes = self.env["itsm.ci.attribute"].with_context(active_test=False)
        for attribute in attributes.search(
            [("kind", "=", "many2one"), ("comodel", "=", "itsm.ci")]
        ):
            rows = self.env.execute_query(
                SQL(
                    "SELECT id FROM itsm_ci WHERE attributes -> %s = ANY(%s::jsonb[])",
                    attribute.code,
                    [str(item_id) for item_id in self.ids],
                )
            )
            rows += self.env.execute_query(
                SQL(
                    "SELECT id FROM itsm_ci WHERE id = %s AND attributes -> %s = %s",
                    keep.id,
                    attribute.code,
                    SQL("to_jsonb(%s)", keep.id),
                )
            )
            items = self.browse(row[0] for row in rows) - self
            # what stays does not point to itself
            (items & keep).write({"attributes": {attribute.code: False}})
            (items - keep).write({"attributes": {attribute.code: keep.id}})

    def _merge_links(self, keep):
        """Sources mean *keep* by their keys; a second key of one changes nothing."""
        links = self.env["itsm.ci.source.link"]
        # sudo: what a source knows is moved, whoever may see the source
        moved = guard.with_token(links.sudo()).search([("ci_id", "in", self.ids)])
        known = set(links.sudo().search([("ci_id", "=", keep.id)]).source_id.ids)
        for link in moved.sorted("id"):
            vals = {"ci_id": keep.id, "is_alias": link.source_id.id in known}
            if vals["is_alias"]:
                # a second key does not vanish
                vals |= {"state": "seen", "missed": 0}
            link.write(vals)
            known.add(link.source_id.id)

    def _merge_away(self, keep):
        """The end of the others: archived, and the history of both says it."""
        for state, items in self.grouped(lambda item: item._merge_state()).items():
            if state:
                items.write({"state": state})
        guard.with_token(self).write({"merged_into_id": keep.id, "active": False})

    def _merge_state(self):
        """The last state of the class that follows: cancelled, before dismantled."""
        self.ensure_one()
        if self.state in GONE:
            return None
        known = self.class_id._inherited("state_ids").mapped("code")
        if not known or "cancelled" in known:
            return "cancelled"
        state = self._last_state()
        return None if state == self.state else state


class ItsmCiRelation(models.Model):
    """Two relations that a merge makes one."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.relation"

    def _merge_key(self, source, target):
        """What it would be between these ends; one without end is there only once."""
        self.ensure_one()
        start = self.date_start if self.date_end else False
        return (self.type_id.id, source.id, target.id, start, self.date_end)

    def _merge_start(self, start):
        """It has held since the earlier of the two days; none: always."""
        self.ensure_one()
        if self.date_end or self.is_catalogue or not self.date_start:
            return
        if not start or start < self.date_start:
            self.date_start = start
