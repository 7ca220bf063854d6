// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";

// The item of another, which tests/test_ci_tours.py has made.

const read = [
    {
        content: "It says that it is only read",
        trigger: ".o_form_view .alert-info:contains(cannot change it)",
    },
    {
        content: "Nothing can be entered",
        trigger:
            ".o_form_readonly:not(:has(.o_field_widget input)) .o_field_widget[name=serial]:contains(TOUR-1)",
    },
];

registry.category("web_tour.tours").add("itsm_ci_write_reader", {
    steps: () => [
        ...read,
        {
            trigger: "button[name=action_graph]",
            run: "click",
        },
        {
            content: "What he may do works",
            trigger:
                ".o_itsm_ci_graph_node .o_itsm_ci_graph_name:contains(tour-foreign)",
        },
    ],
});

registry.category("web_tour.tours").add("itsm_ci_write_owner", {
    steps: () => [
        ...read,
        {
            trigger: "button[name=action_hand_over]",
            run: "click",
        },
        {
            content: "A sheet that he fills in",
            trigger:
                ".o_form_editable:has(.o_field_widget[name=line_ids] .o_data_row:contains(tour-foreign)) .o_field_widget[name=partner_id] input",
        },
        {
            content: "He leaves it",
            trigger: ".o_form_button_cancel",
            run: "click",
        },
        {
            trigger: ".o_form_readonly button[name=action_graph]",
        },
    ],
});
