# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a source knows and when it named it, for `reconciler.Reconciler`."""

from odoo import fields
from odoo.tools import SQL


class Links:
    """Notes of what was seen, in a few statements for a batch."""

    def _note_links(self, entries):
        """Links of what was recognised, and that it was seen."""
        seen, moved, made = [], [], []
        for entry in entries:
            if not entry.item and not entry.link:
                continue
            if entry.link:
                seen.append(entry.link)
                if entry.candidates and entry.outcome != "error":
                    # recognised by what it has: the source calls it otherwise now
                    moved.append((entry.link, entry.key))
            elif entry.outcome in ("new", "changed", "unchanged", "linked"):
                made.append((entry.key, entry.item))
        if self.write:
            self._write_links(seen, moved, made)
        elif seen:
            self.env.cr.execute(
                SQL(
                    "UPDATE itsm_ci_source_link SET check_token = %s"
                    " WHERE id = ANY(%s)",
                    self.token,
                    seen,
                )
            )

    def _write_links(self, seen, moved, made):
        run = self.env.cr.execute
        for link, key in moved:
            run(SQL("UPDATE itsm_ci_source_link SET key = %s WHERE id = %s", key, link))
        now = fields.Datetime.now()
        if seen:
            run(
                SQL(
                    "UPDATE itsm_ci_source_link SET token = %s, seen_at = %s,"
                    " state = 'seen', missed = 0 WHERE id = ANY(%s)",
                    self.token,
                    now,
                    seen,
                )
            )
        if made:
            run(
                SQL(
                    """INSERT INTO itsm_ci_source_link (source_id, key, ci_id, state,
                            missed, seen_at, token, create_uid, create_date, write_uid,
                            write_date)
                       SELECT %(source)s, v.key, v.ci_id, 'seen', 0, %(now)s, %(token)s,
                              %(uid)s, %(now)s, %(uid)s, %(now)s
                         FROM unnest(%(keys)s::text[], %(ids)s::int[]) v(key, ci_id)
                       ON CONFLICT (source_id, key) DO NOTHING""",
                    source=self.source.id,
                    now=now,
                    token=self.token,
                    uid=self.env.uid,
                    keys=[key for key, _item in made],
                    ids=[item for _key, item in made],
                )
            )
        self.env["itsm.ci.source.link"].invalidate_model(flush=False)

    def finish(self):
        """A complete pass is over: what it has not named has vanished, once more.

        :return: how many were not seen, for a dry run how many would be
        """
        links = self.env["itsm.ci.source.link"]
        links.flush_model()
        # a second key is no item of its own: it may be given up
        missed = SQL(
            "source_id = %s AND NOT COALESCE(is_alias, false)"
            " AND %s IS DISTINCT FROM %s",
            self.source.id,
            SQL.identifier(self.mark),
            self.token,
        )
        if not self.write:
            rows = self.env.execute_query(
                SQL("SELECT count(*) FROM itsm_ci_source_link WHERE %s", missed)
            )
            self.counts["vanished"] = rows[0][0]
            return rows[0][0]
        state = {"mark": "missing", "propose": "proposed"}
        self.env.cr.execute(
            SQL(
                """UPDATE itsm_ci_source_link
                      SET missed = COALESCE(missed, 0) + 1,
                          state = CASE
                              WHEN state = 'kept' OR NOT %(does)s
                                   OR COALESCE(missed, 0) + 1 < %(runs)s THEN state
                              ELSE %(state)s END
                    WHERE %(missed)s""",
                does=self.source.on_vanished != "nothing",
                runs=self.source.missing_runs,
                state=state.get(self.source.on_vanished, "seen"),
                missed=missed,
            )
        )
        self.counts["vanished"] = self.env.cr.rowcount
        links.invalidate_model(flush=False)
        return self.counts["vanished"]
