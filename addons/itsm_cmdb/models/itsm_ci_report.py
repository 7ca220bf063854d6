# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from .itsm_ci_state import GONE

#: The class of definitive libraries and backup media, and what they are to others.
LIBRARY = "library"
KEEPS_COPIES = "backs_up"
#: So many of the latest versions, and of what an item depends on, are told.
VERSIONS = 5
NEEDS = 10


class ItsmCi(models.Model):
    """What the configuration management report says of one item (CFG-34).

    With the version these are its five columns: where the item is, where its master
    copy is, what it depends on, and the versions it had.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    place_text = fields.Char(
        string="Place",
        compute="_compute_place_text",
        help="Where it stands, from the site down.",
    )
    master_text = fields.Char(
        string="Master Copy",
        compute="_compute_relation_texts",
        help="The library or medium that keeps copies of it, and where that is.",
    )
    needs_text = fields.Char(
        string="Depends on",
        compute="_compute_relation_texts",
        help="Configuration items whose failure reaches this one directly.",
    )
    versions_text = fields.Char(
        string="Version History",
        compute="_compute_versions_text",
        help="The latest changes of its version, the last first.",
    )

    # === Place ===

    @api.depends("location_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_place_text(self):
        texts = self._place_texts()
        for item in self:
            item.place_text = texts.get(item.location_id.id, "")

    def _place_texts(self):
        """Where these stand, from the site down: one query for each level of places.

        :return: by the place in which they stand; without those that the user may not
            see
        :rtype: dict[int, str]
        """
        names, above = {}, {}
        level = self.location_id
        while level:
            for place in level._filtered_access("read"):
                names[place.id] = place.name
                above[place.id] = place.location_id.id
            readable = level.browse([place.id for place in level if place.id in names])
            level = readable.location_id.filtered(lambda place: place.id not in names)
            level = level._filtered_access("read")
        texts = {}
        for place_id in names:
            path, step = [], place_id
            # places that stand in each other are named once
            while step in names and step not in path:
                path.append(step)
                step = above[step]
            texts[place_id] = " / ".join(names[step] for step in reversed(path))
        return texts

    # === Relations ===

    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_relation_texts(self):
        relations = self.env["itsm.ci.relation"]
        ends = Domain("source_id", "in", self.ids) | Domain("target_id", "in", self.ids)
        today = fields.Date.context_today(self)
        needs, masters = defaultdict(list), defaultdict(self.browse)
        for relation in relations.search(ends & relations._valid_domain(today)):
            kind, source, target = (
                relation.type_id,
                relation.source_id,
                relation.target_id,
            )
            if kind.impact in ("forward", "both"):
                needs[target.id].append((kind.inverse_name, source))
            if kind.impact in ("backward", "both"):
                needs[source.id].append((kind.name, target))
            if kind.code == KEEPS_COPIES and source.class_id.code == LIBRARY:
                masters[target.id] |= source
        libraries = self.browse().union(*masters.values())
        places = libraries._place_texts()
        for item in self:
            item.needs_text = self._needs_text(needs[item.id])
            item.master_text = ", ".join(
                f"{library.name} ({place})" if place else library.name
                for library in masters[item.id]
                for place in [places.get(library.location_id.id)]
            )

    @api.model
    def _needs_text(self, needs):
        """In words, by kind of relation: ``runs on a, b; depends on c``.

        :param list needs: pairs of what the relation says and the item it leads to
        :rtype: str
        """
        there = [
            (words, item)
            for words, item in needs
            if item.active and item.state not in GONE
        ]
        told = defaultdict(list)
        for words, item in sorted(there, key=lambda need: (need[0], need[1].name)):
            told[words].append(item.name)
        parts, left = [], NEEDS
        for words, names in told.items():
            if left > 0:
                parts.append(f"{words} {', '.join(names[:left])}")
            left -= len(names)
        if left < 0:
            parts.append(self.env._("and %(count)s more", count=-left))
        return "; ".join(parts)

    # === Versions ===

    @api.depends("version")
    @api.depends_context("uid", "lang", "tz")
    def _compute_versions_text(self):
        lines = self.env["itsm.ci.history"]
        if self.ids:
            # sudo: who reads an item reads its past
            lines = lines.sudo().search(
                [("ci_id", "in", self.ids), ("attribute", "=", "version")]
            )
        found = lines.grouped("ci_id")
        for item in self:
            item.versions_text = "; ".join(
                self.env._(
                    "%(version)s since %(day)s",
                    version=line.new_value or "–",
                    day=format_date(
                        self.env,
                        fields.Datetime.context_timestamp(self, line.time).date(),
                    ),
                )
                for line in found.get(item._origin, lines.browse())[:VERSIONS]
            )
