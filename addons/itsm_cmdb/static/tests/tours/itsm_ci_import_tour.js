// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";

// What tests/test_import_tour.py has made.

registry.category("web_tour.tours").add("itsm_ci_import", {
    steps: () => [
        {
            content: "Compare first",
            trigger: "button[name=action_check]:contains(Dry Run)",
            run: "click",
        },
        {
            content: "The row in error says why",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(not “forty”)",
        },
        {
            content: "The other one is new",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(tour-one)",
        },
        {
            content: "The first rows",
            trigger: ".o_notebook a.nav-link:contains(First Rows)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=preview_html] td:contains(tour-two)",
        },
        {
            content: "Do it",
            trigger: "button[name=action_import_ask]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains(Imported)",
        },
        {
            content: "What the source knows now",
            trigger: ".o_field_widget[name=source_id] a, .o_field_widget[name=source_id]",
        },
    ],
});
