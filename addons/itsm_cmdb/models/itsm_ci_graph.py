# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.tools.pdf_form import shorten

from ..tools import graph_layout
from ..tools.graph import Drawn
from ..tools.graph_svg import svg
from .itsm_ci_state import GONE

#: Nodes that are drawn at most, and lines; more lines are first grouped away.
NODES = 2000
EDGES = 5000
#: More than so many of one class behind one node become one node.
GROUP = 12
#: Tried one after the other while there are too many lines.
TIGHTER = (GROUP, 3, 1)
#: More redundancies than this behind the same members become one.
SAME = 3
#: Room for the picture on a landscape sheet of the printed form, in pixels.
SHEET = (1320, 680)
#: Colours of classes; white is readable on each.
COLOURS = (
    *("#1f5fa8", "#1b7340", "#8a4b08", "#6b3fa0", "#a32a5b", "#0b6e75"),
    *("#5a5f00", "#9c2f22", "#3d4f8f", "#4a5a66", "#7a3b77", "#2f6b2a"),
)


class ItsmCi(models.Model):
    """The picture of an impact: nodes, lines, redundancies and where they stand.

    What is drawn is what `_impact` finds; there is a constant number of queries more,
    whatever the number of nodes. Causes stand left of what they affect, whichever way
    one looks.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    @api.readonly
    def read_graph(self, options=None):
        """What the impact graph shows (CFG-25).

        :param dict options: ``direction`` (down, up), ``depth`` (levels, 0: all),
            ``date`` (text or False: today), ``hidden`` (ids of classes), ``group``
            (more than so many become one node, 0: never), ``opened`` (ids of groups
            that are drawn one by one)
        :return: ``title``, ``nodes``, ``redundancies``, ``edges``, ``classes``,
            ``states``, ``truncated``, ``notes``, ``size`` and ``options``: plain data,
            lengths in pixels
        :rtype: dict
        :raise AccessError: the user may not read one of these
        """
        options = self._graph_options(options or {})
        impact = self._impact(options["direction"], options["depth"], options["date"])
        class_of = self._graph_classes(impact)
        grouping = options["group"]
        thresholds = [t for t in TIGHTER if not grouping or t < grouping]
        for threshold in (grouping, *thresholds):
            drawn = Drawn(
                impact,
                class_of,
                options["hidden"],
                threshold,
                options["opened"],
                NODES,
            )
            rows = self._graph_rows(drawn, options)
            if len({row[:2] for row in rows}) <= EDGES:
                break
        return self._graph_picture(impact, drawn, rows, class_of, options, threshold)

    @api.model
    def _graph_options(self, options):
        """Options as the browser sends them, checked."""
        direction = options.get("direction") or "down"
        if direction not in ("down", "up"):
            raise UserError(self.env._("A failure is followed down or up."))
        return {
            "direction": direction,
            "depth": max(int(options.get("depth") or 0), 0) or None,
            "date": fields.Date.to_date(options.get("date"))
            or fields.Date.context_today(self),
            "hidden": [int(number) for number in options.get("hidden") or ()],
            "group": max(int(options.get("group", GROUP) or 0), 0),
            "opened": [int(number) for number in options.get("opened") or ()],
        }

    # === What is read ===

    def _graph_classes(self, impact):
        """``{id: id of class}`` of all that was reached, which one may see."""
        self.flush_model(["class_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id, class_id FROM itsm_ci WHERE id = ANY(%s)",
                list(impact.depth),
            )
        )
        return dict(rows)

    def _graph_rows(self, drawn, options):
        """Relations between nodes, one row for each pair of nodes and redundancy.

        :return: rows ``(node of the cause, node of the affected, redundancy or None,
            affected or None)``; the affected only with a redundancy. With one, either
            node may be missing.
        """
        relations = self.env["itsm.ci.relation"]
        # types are the same both ways: only what is looked for differs
        forward, backward = self._impact_types("down")
        types = [*forward, *backward]
        # the rules of relations hold as well
        readable = relations._search(
            Domain("type_id", "in", types) & relations._valid_domain(options["date"])
        )
        relations.flush_model(["redundancy_id"])
        return self.env.execute_query(
            SQL(
                """
                WITH node AS MATERIALIZED (
                    SELECT * FROM unnest(%(ids)s::int[], %(nodes)s::int[]) n(id, node)
                ), found AS (
                    SELECT r.id, r.type_id, r.redundancy_id, r.source_id, r.target_id,
                           one.node AS source, two.node AS target
                      FROM node one
                      JOIN itsm_ci_relation r ON r.source_id = one.id
                      LEFT JOIN node two ON two.id = r.target_id
                     WHERE two.id IS NOT NULL OR r.redundancy_id IS NOT NULL
                     UNION ALL
                    SELECT r.id, r.type_id, r.redundancy_id, r.source_id, r.target_id,
                           NULL, two.node
                      FROM node two
                      JOIN itsm_ci_relation r ON r.target_id = two.id
                     WHERE r.redundancy_id IS NOT NULL
                       AND r.source_id NOT IN (SELECT id FROM node)
                ), along AS (
                    SELECT source AS cause, target AS hit, redundancy_id,
                           target_id AS affected
                      FROM found
                     WHERE type_id = ANY(%(forward)s) AND id IN %(readable)s
                     UNION ALL
                    SELECT target, source, redundancy_id, source_id
                      FROM found
                     WHERE type_id = ANY(%(backward)s) AND id IN %(readable)s
                )
                SELECT DISTINCT cause, hit, redundancy_id,
                       CASE WHEN redundancy_id IS NOT NULL THEN affected END
                  FROM along
                 WHERE cause IS DISTINCT FROM hit
                 ORDER BY cause, hit, redundancy_id""",
                ids=list(drawn.node),
                nodes=list(drawn.node.values()),
                forward=forward,
                backward=backward,
                readable=readable.subselect(),
            )
        )

    def _graph_redundancies(self, rows, date):
        """Redundancies that the user may see, with members that could be up.

        :return: ``{redundancy: ids of live members}``
        """
        ids = {row[2] for row in rows if row[2]}
        redundancies = self.env["itsm.ci.redundancy"].search([("id", "in", list(ids))])
        redundancies.fetch(["name", "ci_id", "required"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT g.id, array_agg(DISTINCT member.id)
                  FROM itsm_ci_redundancy g
                  JOIN itsm_ci_relation r ON r.redundancy_id = g.id
                  JOIN itsm_ci member ON member.id = CASE
                       WHEN r.source_id = g.ci_id THEN r.target_id
                       ELSE r.source_id END
                 WHERE g.id = ANY(%(ids)s) AND %(valid)s
                   AND member.active AND member.state <> ALL(%(gone)s)
                 GROUP BY g.id""",
                ids=redundancies.ids,
                valid=self.env["itsm.ci.relation"]._valid_sql("r", date),
                gone=list(GONE),
            )
        )
        members = {number: set(found) for number, found in rows}
        items = redundancies.ci_id._filtered_access("read").filtered(
            lambda item: item.active and item.state not in GONE
        )
        return {
            redundancy: members.get(redundancy.id, set())
            for redundancy in redundancies
            if redundancy.ci_id in items
        }

    def _graph_tickets(self, drawn):
        """``{node: ids of open tickets}``, as far as the user may see them."""
        tickets = self.env["helpdesk.ticket"]
        result = defaultdict(set)
        if tickets.has_access("read"):
            rows = tickets._read_group(
                [("ci_ids", "in", list(drawn.node)), ("stage_id.closed", "=", False)],
                ["ci_ids"],
                ["id:array_agg"],
            )
            for item, ids in rows:
                if item.id in drawn.node:
                    result[drawn.node[item.id]].update(ids)
        return result

    # === Putting it together ===

    def _graph_picture(self, impact, drawn, rows, class_of, options, threshold):
        is_down = options["direction"] == "down"
        place = {node: number for number, node in enumerate(drawn.level)}
        layers = [2 * level for level in drawn.level.values()]
        redundancies, lines = self._graph_redundancy_nodes(
            impact, drawn, rows, options, place, layers
        )
        lines.update(self._graph_bypasses(impact, drawn, place, lines, is_down))
        missing = 0
        if len(lines) > EDGES:
            # even grouped they are too many: the shortest ways, and redundancies
            kept = self._graph_ways(impact, drawn, place, lines, is_down)
            missing = len(lines) - len(kept)
            lines = kept
        centres = graph_layout.lay_out(layers, list(lines))
        if centres and not is_down:
            # causes stand on the left
            right = max(x for x, _y in centres) + min(x for x, _y in centres)
            centres = [(right - x, y) for x, y in centres]
        widths = [graph_layout.WIDTH] * len(place)
        widths += [graph_layout.ROUND] * len(redundancies)
        for number, redundancy in enumerate(redundancies, len(place)):
            redundancy["x"], redundancy["y"] = map(round, centres[number])
        size = self._graph_size(centres)
        return {
            "title": self._graph_title(),
            "nodes": self._graph_nodes(drawn, centres, class_of),
            "redundancies": redundancies,
            "edges": [
                [
                    one,
                    two,
                    style,
                    graph_layout.line(
                        centres[one],
                        centres[two],
                        (widths[one], widths[two]),
                        size[1],
                    ),
                ]
                for (one, two), style in lines.items()
            ],
            "classes": self._graph_class_list(impact, class_of, options),
            "states": dict(self._fields["state"]._description_selection(self.env)),
            "truncated": {
                "total": len(impact.reached),
                "nodes": drawn.left_out,
                "edges": missing,
            },
            "notes": self._graph_notes(impact, drawn, missing, options, threshold),
            "size": size,
            "options": {
                **options,
                "depth": options["depth"] or 0,
                "date": fields.Date.to_string(options["date"]),
            },
        }

    @api.model
    def _graph_size(self, centres):
        if not centres:
            return [graph_layout.WIDTH, graph_layout.HEIGHT]
        return [
            round(max(x for x, _y in centres) + graph_layout.WIDTH / 2),
            round(max(y for _x, y in centres) + graph_layout.HEIGHT / 2),
        ]

    def _graph_redundancy_nodes(self, impact, drawn, rows, options, place, layers):
        """Redundancies as nodes, and all lines that relations make.

        Adds the layers of the redundancies.

        :return: list of dicts, ``{(from, to): style}`` by index
        """
        is_down = options["direction"] == "down"
        lines = {}
        members = defaultdict(set)
        for cause, hit, redundancy, affected in rows:
            if redundancy:
                members[redundancy, affected].add((cause, hit))
            else:
                lines[place[cause], place[hit]] = "plain"
        found = self._graph_redundancies(rows, options["date"])
        # members that the user may not see have failed as well
        down = impact.failed
        same = defaultdict(list)
        for redundancy, live in found.items():
            item = redundancy.ci_id.id
            pairs = members.pop((redundancy.id, item), ())
            causes = frozenset(place[cause] for cause, _hit in pairs if cause)
            alone = drawn.node.get(item) == item and item not in drawn.groups
            is_root = item in impact.roots
            spared = is_down and item not in impact.depth
            if not causes or not (spared or alone and not (is_down and is_root)):
                members[redundancy.id, None] = pairs
                continue
            alone = alone and not spared
            lost = is_down and len(live - down) < redundancy.required
            key = redundancy.id if alone else (causes, lost)
            same[key, causes, lost, alone].append((redundancy, len(live)))
        # what is not drawn as a redundancy is a relation like others
        for pairs in members.values():
            for cause, hit in pairs:
                if cause and hit:
                    lines.setdefault((place[cause], place[hit]), "plain")
        nodes = []
        for (_key, causes, lost, alone), group in same.items():
            for part in [group] if len(group) > SAME else [[one] for one in group]:
                number = len(layers)
                style = "plain" if lost or not is_down else "standby"
                nodes.append(self._graph_redundancy(part, lost, is_down, alone))
                first = part[0][0].ci_id.id
                levels = [layers[cause] for cause in causes]
                if alone:
                    layers.append(layers[place[first]] + (-1 if is_down else 1))
                    lines[number, place[first]] = style
                else:
                    layers.append(max(levels) + 1)
                for cause in causes:
                    lines[cause, number] = style
        return nodes, lines

    def _graph_redundancy(self, part, lost, is_down, alone):
        """One node for a redundancy, or for several of the same members."""
        redundancy, live = part[0]
        values = {
            "required": redundancy.required,
            "members": live,
            "name": redundancy.name,
            "item": redundancy.ci_id.name,
        }
        if len(part) > 1:
            label, caption = f"× {len(part)}", ""
            title = (
                self.env._("%(count)s redundancies are lost.", count=len(part))
                if lost
                else self.env._("%(count)s redundancies hold.", count=len(part))
            )
        else:
            label = self.env._("%(required)s of %(members)s", **values)
            caption = redundancy.ci_id.name or ""
            if not is_down:
                title = self.env._(
                    "%(name)s of %(item)s: %(required)s of %(members)s must be up.",
                    **values,
                )
            elif lost:
                title = self.env._(
                    "%(name)s of %(item)s: %(required)s of %(members)s must be up, "
                    "fewer are left.",
                    **values,
                )
            else:
                title = self.env._(
                    "%(name)s of %(item)s: %(required)s of %(members)s must be up. "
                    "Enough are left, it holds.",
                    **values,
                )
        return {
            "id": redundancy.id,
            "item": redundancy.ci_id.id,
            "label": label,
            "caption": "" if alone else shorten(caption, graph_layout.CAPTION, 10.5),
            "title": title,
            "lost": lost,
            "holds": is_down and not lost,
            "end": not alone,
            "count": len(part),
            "required": redundancy.required,
            "members": live,
        }

    def _graph_bypasses(self, impact, drawn, place, lines, is_down):
        """Lines past nodes whose class is switched off."""
        result = {}
        for node, level in drawn.level.items():
            before = impact.before.get(node, (None,))[0]
            if not level or before is None or before in drawn.node:
                continue
            anchor = drawn.anchor.get(before)
            if anchor is None:
                continue
            pair = (place[anchor], place[node])
            pair = pair if is_down else pair[::-1]
            if pair not in lines:
                result[pair] = "past"
        return result

    def _graph_ways(self, impact, drawn, place, lines, is_down):
        """Of too many lines those along which the nodes were reached."""
        ways = set()
        for node in drawn.level:
            anchor = drawn.anchor.get(impact.before.get(node, (None,))[0])
            if anchor is not None:
                pair = (place[anchor], place[node])
                ways.add(pair if is_down else pair[::-1])
        kept = {}
        for pair, style in lines.items():
            if pair in ways or style == "past" or max(pair) >= len(place):
                kept[pair] = style
        return kept

    def _graph_nodes(self, drawn, centres, class_of):
        items = self.browse(drawn.level)
        items.fetch(["name", "number", "state"])
        tickets = self._graph_tickets(drawn)
        nodes = []
        classes = self.env["itsm.ci.class"]
        for (item, level), (x, y) in zip(drawn.level.items(), centres, strict=False):
            record = items.browse(item).with_prefetch(items.ids)
            members = drawn.groups.get(item)
            name, number = record.name or "", record.number or ""
            if members:
                ci_class = classes.browse(class_of[item])
                name = f"{len(members)} × {ci_class.name}"
                number = self.env._("Click to show them")
            nodes.append(
                {
                    "id": item,
                    "name": name,
                    "number": number,
                    "label": shorten(name, graph_layout.WIDTH - 48, 12.5),
                    "note": shorten(number, graph_layout.WIDTH - 48, 10.5),
                    "class": class_of[item],
                    "state": record.state,
                    "level": level,
                    "root": not level,
                    "count": len(members) if members else 1,
                    "tickets": sorted(tickets.get(item, ())),
                    "x": round(x),
                    "y": round(y),
                }
            )
        return nodes

    def _graph_class_list(self, impact, class_of, options):
        """Classes that were reached, with counts, a short label and a colour."""
        counts = defaultdict(int)
        roots = set()
        for item, level in impact.depth.items():
            if level:
                counts[class_of[item]] += 1
            else:
                roots.add(class_of[item])
        classes = self.env["itsm.ci.class"].browse({*counts, *roots})
        classes.fetch(["name", "number_prefix"])
        hidden = set(options["hidden"])
        colours = {
            ci_class: COLOURS[number % len(COLOURS)]
            for number, ci_class in enumerate(classes.sorted("id"))
        }
        return [
            {
                "id": ci_class.id,
                "name": ci_class.name,
                "label": self._graph_label(ci_class),
                "colour": colours[ci_class],
                "count": counts.get(ci_class.id, 0),
                "hidden": ci_class.id in hidden,
            }
            for ci_class in sorted(
                classes, key=lambda c: (-counts.get(c.id, 0), c.name or "")
            )
        ]

    @api.model
    def _graph_label(self, ci_class):
        """Up to four letters: those of its numbers, or of its name."""
        prefix = (ci_class.number_prefix or "").strip("-_/ .")
        if 0 < len(prefix) <= 4:
            return prefix
        name = ci_class.name or ""
        words = name.split()
        if not name.isascii():
            return name[:2]
        if len(words) > 1:
            return "".join(word[0] for word in words[:4]).upper()
        return name[:3].upper()

    def _graph_notes(self, impact, drawn, missing, options, threshold):
        """What the picture does not show, in plain sentences."""
        notes = []
        spared = impact.spared
        self.browse(one.item for one in spared).fetch(["name"])
        if not impact.reached and spared:
            notes.append(self.env._("Nothing else is affected."))
        elif not impact.reached:
            notes.append(self.env._("Nothing else: no relation leads on from there."))
        notes += self._spared_summary(map(self._spared_text, spared))
        if drawn.left_out:
            notes.append(
                self.env._(
                    "%(total)s configuration items were reached. The nearest are "
                    "drawn; %(count)s farther ones are not. Look at fewer levels or "
                    "switch classes off to see others.",
                    total=len(impact.reached),
                    count=drawn.left_out,
                )
            )
        if threshold != options["group"]:
            notes.append(
                self.env._(
                    "There are too many relations to draw: configuration items of one "
                    "class are grouped."
                )
            )
        if missing:
            notes.append(
                self.env._(
                    "Only the shortest ways are drawn; %(count)s other relations are "
                    "not.",
                    count=missing,
                )
            )
        return notes

    # === What people open and take along ===

    def action_graph(self, options=None):
        """Open the graph of the impact of these configuration items."""
        if not self:
            raise UserError(self.env._("Choose at least one configuration item."))
        return {
            **self.env["ir.actions.client"]._for_xml_id(
                "itsm_cmdb.itsm_ci_graph_action"
            ),
            "name": self._graph_title(),
            "params": {"ci_ids": self.ids, **(options or {})},
        }

    def _graph_title(self):
        names = self[:3].mapped("name") + (["…"] if len(self) > 3 else [])
        return self.env._("Impact Graph: %(names)s", names=", ".join(names))

    def print_graph(self, options=None, kind="svg"):
        """The picture as a file.

        :param dict options: see `read_graph`
        :param str kind: ``svg`` or ``pdf`` (the printed form)
        :return: ``name`` and ``content`` (base64)
        :rtype: dict
        :raise UserError: nothing to draw, or the PDF cannot be made
        """
        if not self or kind not in ("svg", "pdf"):
            raise UserError(self.env._("Choose at least one configuration item."))
        first = self[0]
        items = self.with_context(lang=first._itsm_form_lang())
        graph = items.read_graph(options)
        picture = svg(graph, SHEET if kind == "pdf" else None)
        if kind == "pdf":
            report = self.env.ref("itsm_cmdb.itsm_ci_graph_report")
            values = {
                "graph": graph,
                # built element by element: names are texts there
                "picture": Markup(picture),
                "names": items.mapped("name"),
            }
            content = self.env["ir.actions.report"]._itsm_form_pdf(
                report, first, values
            )
        else:
            content = picture.encode()
        return {
            "name": f"{first.number or first.id}-impact.{kind}",
            "content": base64.b64encode(content).decode(),
        }
