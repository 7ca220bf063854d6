// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";

// What tests/test_major_tour.py has made; each tour is one visit of one person.

function reached(state) {
    return {
        content: `The state is ${state}`,
        trigger:
            "body:not(:has(.modal)) .o_statusbar_status " +
            `.o_arrow_button_current:contains(${state})`,
    };
}

registry.category("web_tour.tours").add("itsm_desk_major_propose", {
    steps: () => [
        {
            content: "The gear menu of the ticket",
            trigger: ".o_form_view .o_cp_action_menus button:has(.fa-cog)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o-dropdown-item:contains(Propose Major Incident)",
            run: "click",
        },
        {
            content: "Why it is a major incident",
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit Nobody in the office has mail",
        },
        {
            trigger: ".modal footer button[name=action_confirm]:contains(Propose)",
            run: "click",
        },
        reached("Proposed"),
        {
            content: "An agent proposes and does not declare",
            trigger: ".o_form_view:not(:has(button[name=action_declare]))",
        },
    ],
});

registry.category("web_tour.tours").add("itsm_desk_major_lead", {
    steps: () => [
        {
            content: "Without the impact it is not declared",
            trigger: ".o_form_view button[name=action_declare]",
            run: "click",
        },
        {
            trigger: ".modal:contains(before you declare it) .modal-footer button",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_field_widget[name=impact_text] textarea",
            run: "edit No mail in the office",
        },
        {
            trigger: ".o_form_view button[name=action_declare]",
            run: "click",
        },
        reached("Declared"),
        {
            content: "Tell the customers",
            trigger: ".o_form_view button[name=action_communicate]",
            run: "click",
        },
        {
            content: "Who is concerned is there already",
            trigger: ".modal .o_field_widget[name=partner_ids] .o_tag",
        },
        {
            trigger: ".modal .o_field_widget[name=subject] input",
            run: "edit Tour: mail is disturbed",
        },
        {
            trigger: ".modal .o_field_widget[name=body] .odoo-editor-editable",
            run: "editor We work on it",
        },
        {
            trigger: ".modal footer button[name=action_send]:contains(Send)",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.modal)) .o_notebook .nav-link:contains(Communication)",
            run: "click",
        },
        {
            content: "It is in the log",
            trigger:
                "body:not(:has(.modal)) .o_field_widget[name=communication_ids] " +
                ".o_data_row:contains(Tour: mail is disturbed)",
        },
        {
            trigger: ".o_form_view button[name=action_control]",
            run: "click",
        },
        reached("Under Control"),
        {
            trigger: ".o_form_view button[name=action_open_step]:contains(Restored)",
            run: "click",
        },
        {
            trigger: ".modal footer button[name=action_confirm]",
            run: "click",
        },
        reached("Restored"),
        {
            content: "Plan the review",
            trigger: ".o_form_view button[name=action_plan_review]",
            run: "click",
        },
        {
            content: "The meeting",
            trigger: ".o_form_view .o_field_widget[name=kind_id]:contains(Post-incident), .o_form_view .o_field_widget[name=kind_id] input",
        },
    ],
});

registry.category("web_tour.tours").add("itsm_desk_major_review", {
    steps: () => [
        {
            trigger: ".o_notebook .nav-link:contains(Review)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=cause] textarea",
            run: "edit The disk was full",
        },
        {
            trigger: ".o_field_widget[name=lessons] textarea",
            run: "edit Watch the disk",
        },
        {
            content: "Neither an action nor a reason: not reviewed",
            trigger: ".o_form_view button[name=action_review]",
            run: "click",
        },
        {
            trigger: ".modal:contains(Write down an action) .modal-footer button",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_field_widget[name=no_action_reason] textarea",
            run: "edit The disk was enlarged",
        },
        {
            trigger: ".o_form_view button[name=action_review]",
            run: "click",
        },
        reached("Reviewed"),
        {
            trigger: ".o_notebook .nav-link:contains(Timeline)",
            run: "click",
        },
        {
            content: "What happened, in order",
            trigger: ".o_itsm_major_timeline tr:contains(Tour: mail is disturbed)",
        },
        {
            trigger: ".o_form_view button[name=action_close]",
            run: "click",
        },
        reached("Closed"),
    ],
});
