// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";

// What tests/test_request_tour.py has made; each tour is one visit of one person.

/** Nothing of the page itself is wider than the screen; Odoo's own header is its own. */
function assertFits() {
    const { clientWidth } = document.documentElement;
    const wide = [...document.querySelectorAll("#wrap *")]
        .filter((el) => el.getBoundingClientRect().right > clientWidth)
        .map((el) => `${el.tagName}.${el.className}`);
    if (wide.length) {
        throw new Error(`Wider than the screen (${clientWidth}): ${wide}`);
    }
}

registry.category("web_tour.tours").add("itsm_desk_request_ask", {
    steps: () => [
        {
            content: "The requester chooses in the catalogue",
            trigger: ".o_itsm_service:contains(Tour Laptop)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "a[name=request]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "A question is left open",
            trigger: ".o_itsm_request_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What is missing is said at the question",
            trigger: ".o_itsm_wrong:contains(an answer is needed)",
            run: assertFits,
        },
        {
            trigger: ".o_itsm_request_form input[name=q_size]",
            run: "edit 14",
        },
        {
            trigger: ".o_itsm_request_form textarea[name=reason]",
            run: "edit I travel",
        },
        {
            trigger: ".o_itsm_request_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is sent, and he sees whose turn it is",
            trigger: ".o_itsm_request .alert-success",
            run: assertFits,
        },
        {
            trigger: ".o_itsm_request td:contains(Waiting for the department)",
        },
        {
            trigger: ".o_itsm_request .list-group-item:contains(Size of the screen)",
        },
        {
            content: "No price is shown to him, and nothing to decide",
            trigger:
                ".o_itsm_request:not(:contains(900)):not(:has(a[href^='/itsm/approval']))",
        },
    ],
});

registry.category("web_tour.tours").add("itsm_desk_request_department", {
    steps: () => [
        {
            content: "The approver reads what is asked for, why, and the price",
            trigger: ".o_itsm_approval table:contains(900):contains(I travel)",
            run: assertFits,
        },
        {
            trigger: ".o_itsm_approval_form textarea[name=comment]",
            run: "edit Needed for the fair",
        },
        {
            trigger: ".o_itsm_approval_form button[value=yes]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The decision is kept; there is no second one",
            trigger:
                ".o_itsm_approval:not(:has(.o_itsm_approval_form)) .o_itsm_approval_done",
        },
        {
            content: "From there to the request, which waits for the next step",
            trigger: ".o_itsm_approval a[href^='/my/requests/']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_itsm_request td:contains(Waiting for approval)",
            run: assertFits,
        },
    ],
});

registry.category("web_tour.tours").add("itsm_desk_request_lead", {
    steps: () => [
        {
            content: "The desk lead sees that it waits for him",
            trigger: ".o_form_view .alert:contains(Waiting for approval)",
        },
        {
            isActive: ["mobile"],
            trigger:
                ".o_statusbar_buttons:not(:has(button[name=action_open_approve])) .dropdown-toggle," +
                " .o_statusbar_buttons button[name=action_open_approve]",
            run(helpers) {
                if (this.anchor.name !== "action_open_approve") {
                    helpers.click();
                }
            },
        },
        {
            trigger: "button[name=action_open_approve]:visible",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=comment] textarea",
            run: "edit One is in stock",
        },
        {
            trigger: ".modal button[name=action_confirm]:contains(Approve)",
            run: "click",
        },
        {
            content: "It is approved, and the tasks are there",
            trigger:
                "body:not(:has(.modal)) .o_form_view" +
                ":not(:has(button[name=action_open_approve]))",
        },
        {
            trigger: ".o_notebook .nav-link[name=tasks]",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=task_ids] .o_data_row:contains(Order)," +
                " .o_field_widget[name=task_ids] .o_kanban_record:contains(Order)",
        },
    ],
});

registry.category("web_tour.tours").add("itsm_desk_request_confirm", {
    steps: () => [
        {
            content: "The requester finds his request",
            trigger: "a[href^='/my/requests/']:contains(Tour Laptop)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "and confirms what he got",
            trigger: ".o_itsm_request_confirm button[value=confirm]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "How satisfied he is with the item",
            trigger: ".o_itsm_request_rate input[value='5']",
            run: "click",
        },
        {
            trigger: ".o_itsm_request_rate button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Closed, and nothing is asked any more",
            trigger:
                ".o_itsm_request:not(:has(.o_itsm_request_rate)):contains(Your answer: Satisfied)",
            run: assertFits,
        },
    ],
});
