# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import (
    ci_rows,
    ci_values,
    graph,
    graph_layout,
    graph_svg,
    impact,
    properties,
    reconciler,
    reconciler_entry,
    reconciler_links,
    reconciler_matching,
    reconciler_relations,
    reconciler_telling,
)
