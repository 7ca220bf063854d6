// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";

// What tests/test_visit_tour.py has made: the engineer at the customer's.

const SAVED = "body:not(:has(.modal))";

registry.category("web_tour.tours").add("itsm_desk_visit", {
    steps: () => [
        {
            content: "I am here",
            trigger: ".o_statusbar_buttons button[name=action_arrive]",
            run: "click",
        },
        {
            content: "What was done",
            trigger: ".o_field_widget[name=work_done] textarea",
            run: "edit Changed the router",
        },
        {
            content: "I go",
            trigger: ".o_statusbar_buttons button[name=action_leave]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_sign]",
        },
        {
            content: "The customer writes the name",
            trigger: ".o_field_widget[name=signed_by] input",
            run: "edit Ms Customer",
        },
        {
            content: "The customer takes the telephone",
            trigger: ".o_field_widget[name=signature] .o_signature",
            run: "click",
        },
        {
            content: "The signature can be used once it is there",
            trigger: ".modal canvas",
        },
        {
            trigger: ".modal footer .btn-primary:enabled",
            run: "click",
        },
        {
            trigger: `${SAVED} .o_field_widget[name=signature] img`,
        },
        {
            content: "Seal it",
            trigger: `${SAVED} .o_statusbar_buttons button[name=action_sign]`,
            run: "click",
        },
        {
            content: "After that nobody can change it",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            trigger: `${SAVED} .o_field_widget[name=seal]:contains(As it was signed)`,
        },
    ],
});

registry.category("web_tour.tours").add("itsm_desk_proposal", {
    steps: () => [
        {
            content: "Who should take it, and why",
            trigger: ".o_itsm_proposal:contains(on shift until)",
        },
        {
            trigger: ".o_itsm_proposal button[name=action_accept_proposal]",
            run: "click",
        },
        {
            trigger: ".o_form_view:not(:has(.o_itsm_proposal:visible))",
        },
    ],
});
