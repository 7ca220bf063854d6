// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

// What tests/test_tours.py has made.
const SERVICE = "Tour E-mail";
const CUSTOMER = "Tour Requester";
const TEAM = "Tour Service Desk";
const TEMPLATE = "Tour Template";

function chooseRecord(field, name) {
    return [
        {
            content: `Look for ${name}`,
            trigger: `.o_field_widget[name=${field}] input`,
            run: `edit ${name}`,
        },
        {
            content: `Choose ${name}`,
            trigger: `.o-autocomplete--dropdown-item a:contains(${name})`,
            run: "click",
        },
    ];
}

function newTicket(name) {
    return [
        {
            content: "A new ticket",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=name] textarea, .o_field_widget[name=name] input",
            run: `edit ${name}`,
        },
        ...chooseRecord("team_id", TEAM),
        ...chooseRecord("partner_id", CUSTOMER),
        ...chooseRecord("service_id", SERVICE),
        {
            trigger: ".o_field_widget[name=description] .odoo-editor-editable",
            run: "editor It does not work since this morning",
        },
        ...stepUtils.saveForm(),
    ];
}

function moveTo(stage) {
    return [
        {
            content: `Move the ticket to ${stage}`,
            trigger: `.o_statusbar_status button[role=radio]:enabled:contains(${stage})`,
            run: "click",
        },
        {
            trigger: `.o_statusbar_status .o_arrow_button_current:contains(${stage})`,
        },
    ];
}

/** The same for a stage that is folded into the menu of the status bar. */
function moveToFolded(stage) {
    return [
        {
            content: `Move the ticket to ${stage}`,
            trigger: ".o_statusbar_status button.dropdown-toggle:enabled",
            run: "click",
        },
        {
            trigger: `.o-dropdown--menu .dropdown-item:contains(${stage})`,
            run: "click",
        },
        {
            trigger: `.o_statusbar_status .o_arrow_button_current:contains(${stage})`,
        },
    ];
}

function clock(metric, status) {
    return `.o_itsm_clock[data-metric=${metric}][data-status=${status}]`;
}

registry.category("web_tour.tours").add("itsm_sla_agent", {
    url: "/odoo/itsm-tickets",
    steps: () => [
        ...newTicket("Tour no mail since nine"),
        {
            content: "Both clocks run, with a countdown",
            trigger: `${clock("response", "running")} .o_itsm_clock_main:contains(s left)`,
        },
        {
            trigger: `${clock("resolution", "running")} .o_itsm_clock_usage:contains(of 4 h)`,
        },
        ...moveTo("In Progress"),
        ...moveTo("Awaiting"),
        {
            content: "Without a reason nothing is paused, and the form says so",
            trigger: "div[name=itsm_pause_banner]:contains(clocks keep running)",
        },
        {
            trigger: clock("resolution", "running"),
        },
        ...chooseRecord("pause_reason_id", "Tour reason"),
        ...stepUtils.saveForm(),
        {
            content: "The clocks wait and show what is left",
            trigger: `${clock("resolution", "paused")} .o_itsm_clock_main:contains(paused)`,
            // The log has whole seconds: let the pause be one.
            run: () => new Promise((resolve) => setTimeout(resolve, 1100)),
        },
        {
            trigger: `${clock("resolution", "paused")} .o_itsm_clock_due:contains(no deadline)`,
        },
        {
            trigger: "body:not(:has(div[name=itsm_pause_banner]))",
        },
        ...moveTo("In Progress"),
        {
            content: "The clocks go on",
            trigger: `${clock("resolution", "running")} .o_itsm_clock_main:contains(s left)`,
        },
        ...moveTo("Resolved"),
        {
            content: "In time",
            trigger: `${clock("resolution", "met")} .o_itsm_clock_status:contains(Met)`,
        },
        ...chooseRecord("closing_code_id", "Tour code"),
        ...stepUtils.saveForm(),
        ...moveToFolded("Done"),
        {
            trigger: clock("response", "met"),
        },
        {
            content: "Why?",
            trigger: `${clock("resolution", "met")} .o_itsm_clock_why`,
            run: "click",
        },
        {
            content: "The clock explains itself: running, paused, running",
            trigger: ".o_itsm_clock_why table:contains(Paused, does not count)",
        },
        {
            content: "Back to the ticket",
            trigger: ".breadcrumb .o_back_button, .o_breadcrumb .o_back_button",
            run: "click",
        },
        {
            trigger: clock("resolution", "met"),
        },
        {
            content: "Back to the list",
            trigger: ".breadcrumb-item a:contains(All Tickets), .o_back_button:contains(All Tickets)",
            run: "click",
        },
        {
            content: "The list shows it too",
            trigger: ".o_data_row:contains(Tour no mail since nine) .o_itsm_chip[data-status=met]",
        },
    ],
});

registry.category("web_tour.tours").add("itsm_sla_manager", {
    url: "/odoo/itsm-agreement-templates",
    steps: () => [
        {
            content: "Open the template",
            trigger: `.o_data_cell:contains(${TEMPLATE})`,
            run: "click",
        },
        {
            content: "Make an agreement of it",
            trigger: "button[name=action_new_from_template]",
            run: "click",
        },
        {
            content: "It is a draft of its own",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Draft)",
        },
        {
            trigger: ".o_field_widget[name=name] :is(input, textarea)",
            run: "edit Tour Agreement",
        },
        ...chooseRecord("service_ids", SERVICE),
        {
            content: "What nobody understands is refused",
            trigger: "input[data-cell='incident|1|response']",
            run: "edit 3d && press Tab",
        },
        {
            trigger: ".o_itsm_target_messages:contains(days need the time of day)",
        },
        {
            content: "A time is taken over",
            trigger: "input[data-cell='incident|1|response']",
            run: "edit 0:45 && press Tab",
        },
        {
            trigger: ".o_itsm_target_matrix:not(:has(.o_itsm_target_invalid))",
        },
        {
            content: "Another one",
            trigger: "input[data-cell='incident|0|response']",
            run: "edit 30 && press Tab",
        },
        {
            trigger: "button.o_itsm_target_copy",
            run: "click",
        },
        ...stepUtils.saveForm(),
        {
            trigger: "input[data-cell='request|1|response']:value(45 min)",
        },
        {
            trigger: "input[data-cell='incident|1|response']:value(45 min)",
        },
        {
            content: "Put it in force",
            trigger: "button[name=action_open_activation]",
            run: "click",
        },
        {
            content: "One open ticket has no clock so far; it stays so",
            trigger: ".modal [name=open_count]:contains(1)",
        },
        {
            trigger: ".modal button[name=action_activate]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Active)",
        },
        {
            content: "In force: the targets are text",
            trigger: ".o_itsm_target_matrix span[data-cell='incident|1|response']:contains(45 min)",
        },
        {
            content: "To the tickets",
            trigger: ".o_menu_sections button:contains(Tickets)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .dropdown-item:contains(All Tickets)",
            run: "click",
        },
        ...newTicket("Tour mailbox full"),
        {
            content: "The agreement is applied",
            trigger: `${clock("response", "running")} .o_itsm_clock_usage:contains(of 45 min)`,
        },
        {
            trigger: "div[name=itsm_clocks] [name=agreement_id]:contains(Tour Agreement)",
        },
        {
            trigger:
                "div[name=itsm_clocks] [name=agreement_reason]:contains(every customer of this service)",
        },
    ],
});

registry.category("web_tour.tours").add("itsm_sla_helpdesk_user", {
    steps: () => [
        {
            content: "Whatever view comes first, to the list",
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Plain ticket) .o_itsm_chip",
        },
        {
            trigger: ".o_switch_view.o_kanban",
            run: "click",
        },
        {
            trigger: ".o_kanban_record:contains(Plain ticket) .o_itsm_chip",
        },
        {
            trigger: ".o_kanban_record:contains(Plain ticket)",
            run: "click",
        },
        {
            trigger: ".o_itsm_clock[data-metric=response]",
        },
        ...moveTo("In Progress"),
        {
            trigger: ".o_itsm_clock[data-metric=response] .o_itsm_clock_why",
            run: "click",
        },
        {
            trigger: ".o_itsm_clock_why table",
        },
    ],
});
