# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.itsm_base.tools.period import local_date

from .itsm_ci_record import RELATION

#: Of a relation, what makes it another one.
ENDS = ("type", "source", "target")


class ItsmCiBaseline(models.Model):
    """What differs between a baseline and now, or another one (CFG-23).

    The number of queries does not depend on the number of configuration items.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.baseline"

    def _contents(self):
        """The content of the baseline as the table has it.

        :rtype: dict[int, dict]
        """
        self.ensure_one()
        lines = self.env["itsm.ci.baseline.line"]
        lines.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT ci_id, content FROM %s WHERE baseline_id = %s ORDER BY ci_id",
                SQL.identifier(lines._table),
                self.id,
            )
        )
        return dict(rows)

    def _differences(self, other=None):
        """What differs from the baseline to another one, or to how it is now.

        Relations count as they held on the day of each side. One that both of its ends
        know is said once.

        :param other: itsm.ci.baseline; None: now
        :return: dicts ``change`` (added, removed, changed), ``ci_id``, ``attribute``,
            ``old``, ``new`` (JSON values); of all configuration items, seen or not
        :rtype: list[dict]
        """
        self.ensure_one()
        # sudo: all of it is compared; who shows it leaves out what one may not see
        baseline = self.sudo()
        before = baseline._contents()
        if other:
            after = other.sudo()._contents()
            present = set(after)
            days = (self._local_day(self.moment), self._local_day(other.moment))
        else:
            now = fields.Datetime.now()
            items = self.env["itsm.ci"].sudo()
            present = set(items.search(baseline._scope_domain()).ids)
            every = items.browse(sorted(present | before.keys())).exists()
            after = self._contents_of(every, now)
            days = (self._local_day(self.moment), self._local_day(now))
        found = []
        for ci_id in sorted(before.keys() | present):
            old, new = before.get(ci_id), after.get(ci_id)
            row = {"ci_id": ci_id, "attribute": False, "old": None, "new": None}
            if old is None:
                found.append({**row, "change": "added"})
                continue
            gone = ci_id not in present
            if gone:
                found.append({**row, "change": "removed"})
            if new is None:
                continue
            for name, one, two in self._content_differences(old, new, days):
                if not (gone and name == "active"):
                    change = {"attribute": name, "old": one, "new": two}
                    found.append({**row, **change, "change": "changed"})
        return self._without_twins(found)

    def _local_day(self, moment):
        # sudo: the zone of a company is no secret
        return local_date(
            self.env["itsm.kpi"]._kpi_zone(self.company_id.sudo()), moment
        )

    @api.model
    def _content_differences(self, old, new, days=None):
        """Which fields, attributes and relations differ between two contents.

        :param dict old: content of one configuration item
        :param dict new: as *old*
        :param tuple days: the days on which relations are looked at; None: all count
        :return: ``(attribute, before, after)``, one after the other
        """
        plain_old = {name: value for name, value in old.items() if name != "relations"}
        yield from self.env["itsm.ci"]._differences(plain_old, new)
        one = self._held(old["relations"], days and days[0])
        two = self._held(new["relations"], days and days[1])
        for key in sorted(one.keys() | two.keys()):
            before, after = one.get(key), two.get(key)
            if self._without_record(before) != self._without_record(after):
                yield RELATION, before, after

    @api.model
    def _held(self, relations, day):
        """``{(type, source, target): relation}`` of those that hold on a day."""
        text = day and fields.Date.to_string(day)
        return {
            tuple(relation[name] for name in ENDS): relation
            for relation in relations
            if not day
            or (
                (not relation["start"] or relation["start"] <= text)
                and (not relation["end"] or relation["end"] >= text)
            )
        }

    @api.model
    def _without_record(self, relation):
        # made again, it is the same relation
        ignored = ("id", "created")
        return relation and {k: v for k, v in relation.items() if k not in ignored}

    @api.model
    def _without_twins(self, rows):
        seen = set()
        kept = []
        for row in rows:
            if row["attribute"] == RELATION:
                known = row["new"] or row["old"]
                key = tuple(known[name] for name in ENDS)
                if key in seen:
                    continue
                seen.add(key)
            kept.append(row)
        return kept

    def _propose_restoring(self, rows):
        """Ask the owners to put back what differs: one action for each (CFG-27).

        Nothing is changed here: the owner, or a change, does it. What is said is what
        the owner may know; prices are never in it.

        :param list rows: as `_differences` gives them
        :return: the actions
        :rtype: itsm.action
        """
        self.ensure_one()
        items = self.env["itsm.ci"].with_context(active_test=False)
        by_owner = {}
        for row in rows:
            # sudo: whose it is decides who is asked
            owner = items.browse(row["ci_id"]).sudo().owner_id
            able = owner.active and self.company_id in owner.company_ids
            by_owner.setdefault(owner if able else self.env.user, []).append(row)
        today = fields.Date.context_today(self)
        vals_list = [
            {
                "name": self.env._(
                    "Restore to %(baseline)s (differences: %(count)s)",
                    baseline=self.display_name,
                    count=len(own),
                ),
                "kind": "correction",
                "description": self.with_user(owner)._restore_text(own),
                "res_model": self._name,
                "res_id": self.id,
                "owner_id": owner.id,
                "company_id": self.company_id.id,
                "due_date": fields.Date.add(today, days=14),
            }
            for owner, own in by_owner.items()
        ]
        # sudo: it is for the owner, whoever proposes it
        return self.env["itsm.action"].sudo().create(vals_list)

    def _restore_text(self, rows):
        """A table of what is to be put back, in the words of the present user."""
        companies = self.env.user.company_ids.ids
        items = self.env["itsm.ci"].with_context(
            lang=self.env.user.lang, allowed_company_ids=companies
        )
        env = items.env
        head = (env._("Configuration Item"), env._("What"), env._("Now"), env._("Then"))
        body = []
        names = items._record_texts({("itsm.ci", row["ci_id"]) for row in rows})
        words = items._difference_words(rows)
        for row, (what, then, now) in zip(rows, words, strict=True):
            field = items._fields.get(row["attribute"] or "")
            if field is not None and field.groups:
                then = now = env._("(hidden)")
            elif row["change"] == "removed":
                what, then, now = "", env._("there"), env._("archived or out of scope")
            body.append((names["itsm.ci", row["ci_id"]], what, now, then))
        return self._html_table(head, body)

    @api.model
    def _html_table(self, head, body):
        """A table of texts; what they contain is escaped."""
        cell, row = Markup("<td>%s</td>"), Markup("<tr>%s</tr>")
        lines = [
            row % Markup().join(cell % (text or "") for text in line)
            for line in (head, *body)
        ]
        return Markup("<table class='table table-sm'><tbody>%s</tbody></table>") % (
            Markup().join(lines)
        )
