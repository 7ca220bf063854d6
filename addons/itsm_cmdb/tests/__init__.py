# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import (
    test_access,
    test_attributes,
    test_audit,
    test_audit_tour,
    test_baseline,
    test_ci,
    test_ci_report,
    test_ci_tours,
    test_class,
    test_control,
    test_control_copy,
    test_control_record,
    test_control_tour,
    test_graph,
    test_graph_layout,
    test_graph_tour,
    test_health,
    test_history,
    test_impact,
    test_js,
    test_relation,
    test_service,
    test_ticket,
)
