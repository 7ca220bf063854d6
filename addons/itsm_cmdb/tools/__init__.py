# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import (
    bulk,
    ci_rows,
    ci_values,
    control,
    graph,
    graph_layout,
    graph_svg,
    impact,
    process,
    properties,
    reconciler,
    reconciler_entry,
    reconciler_links,
    reconciler_matching,
    reconciler_relations,
    reconciler_telling,
    sample,
    sheet_file,
)
