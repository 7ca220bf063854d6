# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import (
    test_access,
    test_attributes,
    test_ci,
    test_class,
    test_graph,
    test_graph_layout,
    test_graph_tour,
    test_history,
    test_impact,
    test_import,
    test_import_access,
    test_import_debian,
    test_import_form,
    test_import_json2,
    test_import_tour,
    test_duplicate,
    test_js,
    test_relation,
    test_service,
    test_ticket,
)
