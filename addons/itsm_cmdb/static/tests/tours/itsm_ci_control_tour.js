// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";

// What tests/test_control_tour.py has made: an owner first, then a manager.

registry.category("web_tour.tours").add("itsm_ci_control_owner", {
    steps: () => [
        {
            content: "The form says that it is under control",
            trigger: ".o_form_view .alert-warning:contains(recorded as unauthorised)",
        },
        {
            content: "A new serial number",
            trigger: ".o_field_widget[name=serial] input",
            run: "edit CAUGHT-2",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "It is counted",
            trigger: "button[name=action_view_unauthorised]:contains(1)",
        },
    ],
});

registry.category("web_tour.tours").add("itsm_ci_control_manager", {
    steps: () => [
        {
            content: "What, from what to what",
            trigger:
                ".o_data_row:contains(Tour item):contains(Serial Number):contains(CAUGHT-2) td[name=ci_name]",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_explain]",
            run: "click",
        },
        {
            content: "Why it is accepted",
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit Power supply replaced at night.",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "Who decided",
            trigger:
                "body:not(:has(.modal)) .o_form_view .o_field_widget[name=reason]:contains(at night)",
        },
        {
            trigger: ".o_form_view:not(:has(button[name=action_explain]))",
        },
    ],
});
