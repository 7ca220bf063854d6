// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";

// What tests/test_service_report_tour.py has made: a draft with a conclusion.
registry.category("web_tour.tours").add("itsm_sla_service_report", {
    steps: () => [
        {
            content: "The figures are worked out",
            trigger: "button[name=action_compute]",
            run: "click",
        },
        {
            content: "The chart of the trend stands there",
            trigger: ".o_itsm_report_content [data-section=trends] svg",
        },
        {
            content: "A figure opens the ticket behind it",
            trigger: "[data-drill='workload.reported']:contains(1)",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Behind the figure)",
        },
        {
            content: "Back to the report",
            trigger: ".o_back_button a, .breadcrumb-item.o_back_button",
            run: "click",
        },
        {
            content: "Freeze it",
            trigger: "button[name=action_write]",
            run: "click",
        },
        {
            content: "The author cannot review what he wrote",
            trigger:
                ".o_statusbar_status .o_arrow_button_current:contains(Written), .o_statusbar_status [aria-current]:contains(Written)",
        },
        {
            trigger: ".o_form_view:not(:has(button[name=action_review]))",
        },
    ],
});

registry.category("web_tour.tours").add("itsm_sla_service_report_review", {
    steps: () => [
        {
            content: "The reviewer reads the figures",
            trigger: ".o_itsm_report_content [data-section=workload]",
        },
        {
            trigger: "button[name=action_review]",
            run: "click",
        },
        {
            content: "He does not approve it as well",
            trigger:
                ".o_form_view:has(.o_statusbar_status .o_arrow_button_current:contains(Reviewed)):not(:has(button[name=action_approve]))",
        },
    ],
});

registry.category("web_tour.tours").add("itsm_sla_service_report_publish", {
    steps: () => [
        {
            trigger: "button[name=action_approve]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Approved)",
        },
        {
            trigger: "button[name=action_publish]",
            run: "click",
        },
        {
            content: "Promises were missed and nobody said why: it asks",
            trigger: ".modal button[name=action_publish]:contains(Publish Anyway)",
            run: "click",
        },
        {
            content: "It is out: a correction would be a revision",
            trigger:
                ".o_statusbar_status .o_arrow_button_current:contains(Published)",
        },
    ],
});
