# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A row of a source, and what becomes of it: no ORM."""


class Problem(Exception):
    """Why a row cannot be done, for people."""


class Entry:
    """A row, and what becomes of it."""

    __slots__ = (
        *("number", "cells", "key", "ci_class", "values", "link", "item", "known"),
        *("candidates", "outcome", "message", "vals", "changes", "blocked", "again"),
        "refused",
    )

    def __init__(self, number, cells):
        self.number = number
        self.cells = cells
        self.key = self.ci_class = self.link = self.item = self.known = None
        self.values = {}
        self.candidates = []
        self.outcome = self.message = None
        self.vals = {}
        self.changes = []
        self.blocked = []
        self.again = False
        #: Whether it was refused because what it changes is under control.
        self.refused = False

    def fail(self, message, outcome="error"):
        self.outcome, self.message = outcome, message
