# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What an import changes under control, counted while it works."""

from odoo.tools import SQL

#: The tallies of a transaction by source, in the cache of its cursor.
TALLIES = "itsm_ci_import_tallies"
#: Refusals that are kept word for word.
KEPT = 20


class Tally:
    """What of the rows of one source is under control.

    :param source: `itsm.ci.source`

    ``authorised`` counts what was changed or added under the authority of the source,
    ``refused`` the rows and relations that are refused; what is recorded as
    unauthorised is in the database.
    """

    def __init__(self, source):
        self.authorised = 0
        self.refused = 0
        self.messages = []
        rows = source.env.execute_query(
            SQL("SELECT COALESCE(MAX(id), 0) FROM itsm_ci_unauthorised")
        )
        #: What is recorded from now on has a higher id.
        self.start = rows[0][0]
        self.source = source
        self._enter()

    def _enter(self):
        cache = self.source.env.cr.cache
        cache.setdefault(TALLIES, {})[self.source.id] = self

    def back_to(self, authorised):
        """After a savepoint was rolled back, which forgets the cache of the cursor.

        :param int authorised: the count before it
        """
        self.authorised = authorised
        self._enter()

    def refuse(self, entry, message):
        """Note a row that is refused.

        :param Entry entry: the row
        :param str message: why
        """
        self.refused += 1
        if len(self.messages) < KEPT:
            first = (message or "").splitlines()[:1]
            self.messages.append(": ".join([entry.key or "", *first]))


def tally_of(source):
    """The tally of the import of a source that works now; None if none does."""
    return source.env.cr.cache.get(TALLIES, {}).get(source.id)
