// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { uploadFile } from "@itsm_base/../tests/tours/upload_file";
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

// Of two tickets one is in time and the other is not; the last row has no time.
const FILE = `number,opened_at,updated_at,state,priority,short_description
TOUR-1,2026-03-02 09:00,2026-03-02 09:05,New,2 - High,Tour printer jams
TOUR-1,2026-03-02 09:00,2026-03-02 09:20,In Progress,2 - High,Tour printer jams
TOUR-1,2026-03-02 09:00,2026-03-02 11:00,Resolved,2 - High,Tour printer jams
TOUR-1,2026-03-02 09:00,2026-03-04 11:00,Closed,2 - High,Tour printer jams
TOUR-2,2026-03-02 10:00,2026-03-02 10:05,New,3 - Medium,Tour network is slow
TOUR-2,2026-03-02 10:00,2026-03-02 11:30,In Progress,3 - Medium,Tour network is slow
TOUR-2,2026-03-02 10:00,2026-03-02 16:30,Resolved,3 - Medium,Tour network is slow
TOUR-3,2026-03-02 10:00,yesterday,New,4 - Low,Tour row without a time
`;

function state(label) {
    return `.o_statusbar_status .o_arrow_button_current:contains(${label})`;
}

function clock(metric, status) {
    return `.o_itsm_clock[data-metric=${metric}][data-status=${status}]`;
}

registry.category("web_tour.tours").add("itsm_sla_history_import", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "IT Services",
            trigger: ".o_app[data-menu-xmlid='itsm_base.itsm_menu_root']",
            run: "click",
        },
        {
            content: "Service Levels",
            trigger: ".o_menu_sections [data-menu-xmlid='itsm_sla.itsm_menu_sla']",
            run: "click",
        },
        {
            content: "Import Ticket History",
            trigger:
                ".o-dropdown--menu [data-menu-xmlid='itsm_sla.itsm_history_import_menu']",
            run: "click",
        },
        {
            content: "Nothing imported so far: the screen says what this is for",
            trigger: ".o_view_nocontent:contains(Bring your own history)",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "There are examples",
            trigger: ".alert a[download]:contains(ticket_history_en.csv)",
        },
        uploadFile("tour.csv", () => FILE),
        {
            content: "It is called like its file",
            trigger: ".o_field_widget[name=name] input:value(tour.csv)",
        },
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Tour history",
        },
        {
            content: "Measured by an agreement that is still a draft",
            trigger: ".o_field_widget[name=agreement_id] input",
            run: "edit Tour Agreement",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains(Tour Agreement)",
            run: "click",
        },
        {
            trigger: "button[name=action_preview]:enabled",
            run: "click",
        },
        {
            trigger: state("Previewed"),
        },
        {
            content: "What would be imported",
            trigger: ".o_field_widget[name=created_count]:contains(2)",
        },
        {
            trigger: ".o_field_widget[name=row_count]:contains(8)",
        },
        {
            trigger:
                ".o_field_widget[name=compliance]:contains(Response 50.00 % (1 of 2))",
        },
        {
            content: "The rows as they were understood",
            trigger: ".o_field_widget[name=preview_html] td:contains(TOUR-2)",
        },
        {
            content: "The row without a time, and why it is rejected",
            trigger:
                ".o_field_widget[name=preview_html] tr.text-danger:contains(yesterday)",
        },
        {
            content: "Nothing is written so far",
            trigger:
                ".o_form_view:not(:has(button[name=action_view_tickets])) button[name=action_import]",
            run: "click",
        },
        {
            trigger: state("Imported"),
        },
        {
            content: "To the tickets",
            trigger: "button[name=action_view_tickets]:contains(2)",
            run: "click",
        },
        {
            trigger:
                ".o_data_row:contains(Tour printer jams) .o_itsm_chip[data-status=met]",
        },
        {
            trigger: ".o_data_row:contains(Tour network is slow) td[name=name]",
            run: "click",
        },
        {
            content: "One hour and a half instead of one, six and a half instead of four",
            trigger: clock("response", "missed"),
        },
        {
            trigger: clock("resolution", "missed"),
        },
        {
            trigger: ".o_pager_next",
            run: "click",
        },
        {
            content: "The other one is in time",
            trigger: clock("resolution", "met"),
        },
        {
            content: "Back to the import",
            trigger: ".o_breadcrumb a:contains(Tour history)",
            run: "click",
        },
        {
            trigger: "button[name=action_undo]",
            run: "click",
        },
        {
            content: "What will be removed, and what is kept",
            trigger: ".modal:contains(Remove the tickets) .btn-primary",
            run: "click",
        },
        {
            trigger: state("Undone"),
        },
        {
            content: "The tickets are gone",
            trigger:
                ".o_form_view:not(:has(button[name=action_view_tickets]))",
        },
    ],
});
