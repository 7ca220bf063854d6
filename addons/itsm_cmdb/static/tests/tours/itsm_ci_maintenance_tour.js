// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";

// What tests/test_maintenance_tour.py has made: a plan, an order, one server.

registry.category("web_tour.tours").add("itsm_ci_maintenance", {
    steps: () => [
        {
            content: "From the plan to its work order",
            trigger: "button[name=action_view_orders]",
            run: "click",
        },
        {
            trigger: ".o_data_row td:contains(Tour plan)",
            run: "click",
        },
        {
            content: "Begin",
            trigger: ".o_form_view button[name=action_start]",
            run: "click",
        },
        {
            content: "The check list is laid out",
            trigger: "[name=result_ids] .o_data_row td:contains(Tour lamps)",
        },
        {
            content: "Open Points",
            trigger: "button[name=action_view_results]:contains(1)",
            run: "click",
        },
        {
            content: "The line, as a card",
            trigger: ".o_switch_view.o_kanban",
            run: "click",
        },
        {
            content: "Not OK",
            trigger: ".o_kanban_record:contains(Tour lamps) button[name=action_not_ok]",
            run: "click",
        },
        {
            trigger: ".o_kanban_record:contains(Tour lamps) .badge:contains(Not OK)",
            run: "click",
        },
        {
            content: "Why",
            trigger: ".o_form_view [name=note] textarea",
            run: "edit The red lamp is on",
        },
        {
            content: "An incident of it",
            trigger: "button[name=action_make_incident]",
            run: "click",
        },
        {
            content: "It says where it comes from",
            trigger: ".o_form_view .o_notebook .nav-link:contains(Configuration Items)",
            run: "click",
        },
        {
            trigger: "[name=ci_ids]:contains(Tour server)",
        },
        {
            trigger: "button[name=action_view_maintenance]",
            run: "click",
        },
        {
            content: "Back at the work order",
            trigger: ".o_form_view .o_field_widget[name=name]:contains(Tour plan)",
        },
    ],
});
