# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What is being carried out at this moment: what was decided elsewhere."""

#: In the context of what a step of a paper writes; no client can send a `Process`.
CONTEXT = "itsm_ci_process"


class Process:
    """Says of which papers a step is running.

    :param str model: of the papers
    :param ids: of the papers
    :param dict items: id of the paper by id of the configuration item, where the
        database does not say yet which belongs to which
    """

    def __init__(self, model, ids=(), items=None):
        self.model = model
        self.ids = frozenset(ids)
        self.items = items or {}
