// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";

// What tests/test_tours_approval.py has made.
registry.category("web_tour.tours").add("itsm_approval_form", {
    steps: () => [
        {
            content: "Who is asked, in the banner",
            trigger: ".o_form_view .alert:contains(waits for: Tour Approver)",
        },
        {
            content: "The content is locked",
            trigger: ".o_form_view:not(:has(.o_field_widget[name=body] .odoo-editor-editable))",
        },
        {
            trigger: ".o_form_statusbar button[name=action_open_approve]",
            run: "click",
        },
        {
            content: "The dialog says what is approved",
            trigger: ".modal .o_data_row:contains(Tour notice)",
        },
        {
            trigger: ".modal .o_field_widget[name=comment] textarea",
            run: "edit Tour: looks right",
        },
        {
            trigger: ".modal button[name=action_confirm]:contains(Approve)",
            run: "click",
        },
        {
            content: "It is valid, and nothing is left to decide",
            trigger:
                ".o_form_view:not(:has(button[name=action_open_approve])) " +
                ".o_statusbar_status .o_arrow_button_current:contains(Approved)",
        },
        {
            trigger: ".o_notebook .nav-link:contains(Approvals)",
            run: "click",
        },
        {
            content: "The decision is kept with its comment",
            trigger:
                ".o_field_widget[name=decision_ids] .o_data_row:contains(Tour: looks right)",
        },
    ],
});

registry.category("web_tour.tours").add("itsm_approval_list", {
    steps: () => [
        {
            content: "What waits for me, and nothing else",
            trigger:
                ".o_list_view:not(:has(.o_data_row:nth-child(2))) " +
                ".o_data_row:contains(Tour notice)",
        },
        {
            trigger: ".o_data_row:contains(Tour notice) .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_control_panel button[name=action_open_reject]",
            run: "click",
        },
        {
            content: "Without a reason nothing is rejected",
            trigger: ".modal button[name=action_confirm]:contains(Reject)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=comment].o_field_invalid textarea",
            run: "edit Tour: figures are missing",
        },
        {
            trigger: ".modal button[name=action_confirm]:contains(Reject)",
            run: "click",
        },
        {
            content: "Nothing waits any more",
            trigger: "body:not(:has(.modal)) .o_view_nocontent:contains(Nothing waits)",
        },
    ],
});

/** The page fits the screen: nobody scrolls sideways to find a button. */
function assertFits() {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) {
        throw new Error(`The page is ${scrollWidth} px wide on ${clientWidth} px`);
    }
    for (const button of document.querySelectorAll(".o_itsm_approval_form button")) {
        const { left, right, height } = button.getBoundingClientRect();
        if (left < 0 || right > clientWidth || height < 40) {
            throw new Error(`${button.value}: from ${left} to ${right}, ${height} high`);
        }
    }
}

registry.category("web_tour.tours").add("itsm_approval_page", {
    steps: () => [
        {
            trigger: ".o_itsm_approval h1:contains(Tour notice)",
            run() {
                if (window.innerWidth > 400) {
                    throw new Error(`Not a phone: ${window.innerWidth} px`);
                }
                assertFits();
            },
        },
        {
            content: "A rejection without a reason",
            trigger: ".o_itsm_approval_form button[value=no]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_itsm_approval .alert-danger:contains(Say why)",
            run: assertFits,
        },
        {
            trigger: ".o_itsm_approval_form textarea[name=comment]",
            run: "edit Tour: by telephone",
        },
        {
            trigger: ".o_itsm_approval_form button[value=yes]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The decision is shown, and no button",
            trigger:
                ".o_itsm_approval:not(:has(.o_itsm_approval_form)) .o_itsm_approval_done",
            run: assertFits,
        },
        {
            trigger: ".o_itsm_approval li:contains(Tour: by telephone)",
        },
    ],
});
