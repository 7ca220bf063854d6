// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

// What tests/test_tours_exceptions.py has made.
const ASKED = ".o_field_widget.o_required_modifier[name=clock_change_reason]";
const REASON = `${ASKED} input`;

registry.category("web_tour.tours").add("itsm_sla_late_change", {
    steps: () => [
        {
            content: "Nothing is asked before something changes",
            trigger: `body:not(:has(${ASKED})) [name=itsm_clocks]`,
        },
        {
            content: "Another kind",
            trigger: ".o_field_widget[name=itsm_kind] .o_selection_badge:contains(request)",
            run: "click",
        },
        {
            content: "The reason is asked for",
            trigger: REASON,
        },
        {
            content: "Without it nothing is saved",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The server says what is missing",
            trigger: ".modal-footer button.btn-primary",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) ${REASON}`,
            run: "edit The customer says so",
        },
        ...stepUtils.saveForm(),
        {
            content: "Saved, and not asked again",
            trigger: `body:not(:has(${ASKED})) [name=itsm_clocks]`,
        },
        {
            content: "Another change",
            trigger: ".o_field_widget[name=itsm_kind] .o_selection_badge:contains(Incident)",
            run: "click",
        },
        {
            content: "A reason belongs to one save: it is empty",
            trigger: REASON,
            run() {
                if (this.anchor.value) {
                    throw new Error(`The reason is still there: ${this.anchor.value}`);
                }
            },
        },
        ...stepUtils.discardForm(),
    ],
});

registry.category("web_tour.tours").add("itsm_sla_exceptions", {
    steps: () => [
        {
            content: "Leave the ticket out",
            trigger: "button[name=action_exempt]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit Flood",
        },
        {
            trigger: ".modal button[name=action_confirm]:contains(Exempt)",
            run: "click",
        },
        {
            trigger: ".o_itsm_clock[data-status=exempt] .o_itsm_clock_main:contains(not count)",
        },
        {
            trigger: "button[name=action_count_again]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit No flood",
        },
        {
            trigger: ".modal button[name=action_confirm]:contains(Count)",
            run: "click",
        },
        {
            trigger: ".o_itsm_clock[data-status=breached]",
        },
        {
            content: "The interruptions",
            trigger: ".o_menu_sections button:contains(Performance)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .dropdown-item:contains(Planned Interruptions)",
            run: "click",
        },
        {
            content: "In a calendar",
            trigger: ".o_calendar_renderer .fc-event:contains(Tour upgrade)",
        },
        {
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Tour upgrade) .o_data_cell[name=name]",
            run: "click",
        },
        {
            trigger: "button[name=action_agree]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Agreed)",
        },
        {
            content: "A temporary level",
            trigger: ".o_menu_sections button:contains(Service Levels)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .dropdown-item:contains(Agreements)",
            run: "click",
        },
        {
            trigger: ".o_data_cell:contains(Tour Agreement)",
            run: "click",
        },
        {
            trigger: "button[name=action_view_levels]",
            run: "click",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=name] :is(input, textarea)",
            run: "edit Tour level",
        },
        {
            trigger: ".o_field_widget[name=date_to] input, .o_field_widget[name=date_to] button",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=date_to] input",
            run: "edit 12/31/2099 && press Tab",
        },
        {
            trigger: ".o_field_widget[name=reason] textarea",
            run: "edit Agreed",
        },
        {
            trigger: "input[data-cell='incident|1|resolution']",
            run: "edit 8 h && press Tab",
        },
        ...stepUtils.saveForm(),
        {
            content: "It begins today: its targets are text from now on",
            trigger: ".o_itsm_target_matrix span[data-cell='incident|1|resolution']:contains(8 h)",
        },
    ],
});
