// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";

// What tests/test_level_tours.py has made, by the people who do it.
// Each step may take its time on a busy machine.
const addTour = (name, steps) =>
    registry.category("web_tour.tours").add(name, {
        steps: () => steps.map((step) => ({ timeout: 40000, ...step })),
    });

const isState = (label) => ({
    trigger: `.o_statusbar_status .o_arrow_button_current:contains(${label})`,
});
const press = (name) => ({
    trigger: `.o_statusbar_buttons button[name=${name}]:enabled`,
    run: "click",
});

addTour("itsm_level_agreement", [
    isState("Collected"),
    press("action_analyse"),
    isState("Analysed"),
    press("action_baseline"),
    isState("Baselined"),
    press("action_make_agreement"),
    {
        content: "The agreement takes the customer from the requirement",
        trigger:
            ".o_form_view:has(.o_field_widget[name=calendar_id]) .o_field_widget[name=partner_id] input:value(Customer One)",
    },
    {
        trigger: ".o_notebook .nav-link[name=signatures]",
        run: "click",
    },
    {
        content: "Who signs for the customer",
        trigger: ".o_field_widget[name=signer_ids] input",
        run: "edit itsm-portal",
    },
    {
        trigger: ".o-autocomplete--dropdown-item a:contains(itsm-portal)",
        run: "click",
    },
    {
        content: "The department of the template countersigns",
        trigger:
            ".o_field_widget[name=countersign_ids] .o_data_row:contains(Service Desk):contains(Waiting)",
    },
    press("action_put_to_signature"),
    {
        content: "It says who is missing",
        trigger:
            ".o_field_widget[name=signing_missing]:contains(Service Desk has to countersign)",
    },
]);

addTour("itsm_level_sign", [
    press("action_open_sign"),
    {
        content: "Nobody signs unread",
        trigger: ".modal .o_field_widget[name=has_read] input",
        run: "click",
    },
    {
        trigger: ".modal footer button[name=action_confirm]:contains(Sign)",
        run: "click",
    },
    {
        content: "Signed; who may sign for us may still enter the customer's paper",
        trigger: "body:not(:has(.modal)) .o_form_view",
    },
    {
        trigger: ".o_notebook .nav-link[name=signatures]",
        run: "click",
    },
    {
        trigger: ".o_field_widget[name=signature_ids] .o_data_row:contains(Valid)",
    },
]);

addTour("itsm_level_in_force", [
    {
        trigger: ".o_notebook .nav-link[name=signatures]",
        run: "click",
    },
    {
        trigger: ".o_field_widget[name=signing_state]:contains(Signed)",
    },
    press("action_open_activation"),
    isState("Active"),
]);

addTour("itsm_level_whatif_ask", [
    {
        trigger: ".o_notebook button[name=action_whatif]",
        run: "click",
    },
    {
        content: "A new scenario about the tickets of this agreement, which it counts",
        trigger:
            ".o_form_view:has(.o_field_widget[name=scope] input[data-value=agreement]:checked) .o_field_widget[name=taken_text]:contains(2 tickets that)",
    },
    {
        trigger: ".o_field_widget[name=name] :is(input, textarea)",
        run: "edit Two hours instead of eight?",
    },
    {
        trigger: ".o_field_widget[name=target_ids] .o_field_x2many_list_row_add a",
        run: "click",
    },
    {
        trigger: ".o_field_widget[name=target_ids] .o_field_widget[name=priority] input",
        run: "click",
    },
    {
        trigger: ".o_select_menu_item:contains(Medium)",
        run: "click",
    },
    {
        trigger: ".o_field_widget[name=minutes] input",
        run: "edit 2h",
    },
    {
        content: "Another line, which nobody fills, is in nobody's way",
        trigger: ".o_field_widget[name=target_ids] .o_field_x2many_list_row_add a",
        run: "click",
    },
    {
        trigger: ".o_field_widget[name=target_ids] .o_data_row:contains(2 h)",
    },
    press("action_compute"),
    isState("Being worked out"),
    {
        content: "The run waits for its turn, and can be stopped",
        trigger: ".o_field_widget[name=run_progress]",
    },
    {
        trigger: ".o_statusbar_buttons button[name=action_run_cancel]",
    },
]);

addTour("itsm_level_whatif_read", [
    isState("Worked out"),
    {
        trigger: ".o_field_widget[name=summary]:contains(1 become late)",
    },
    {
        trigger: ".o_notebook .nav-link[name=answers]",
        run: "click",
    },
    {
        content: "What would reach it: four hours",
        trigger: ".o_field_widget[name=answer_ids] .o_data_row:contains(4 h)",
    },
    {
        content: "Which tickets would have been late",
        trigger: ".o-form-buttonbox button:contains(Become late)",
        run: "click",
    },
    {
        trigger: ".o_list_view .o_data_row:contains(Solved after four hours)",
    },
]);
