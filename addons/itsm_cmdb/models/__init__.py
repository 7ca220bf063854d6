# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import (
    itsm_ci_definition_mixin,
    itsm_ci_record_mixin,
    itsm_ci_state,
    itsm_ci_class,
    itsm_ci_class_definition,
    itsm_ci_attribute,
    itsm_ci_attribute_option,
    itsm_ci,
    itsm_ci_attribute_values,
    itsm_ci_life,
    itsm_ci_surroundings,
    itsm_ci_history,
    itsm_ci_record,
    itsm_ci_relation_type,
    itsm_ci_relation,
    itsm_ci_relation_record,
    itsm_ci_redundancy,
    itsm_ci_redundancy_record,
    itsm_ci_impact,
    itsm_ci_graph,
    itsm_ci_service,
    itsm_service,
    itsm_service_dependency,
    helpdesk_ticket,
)
