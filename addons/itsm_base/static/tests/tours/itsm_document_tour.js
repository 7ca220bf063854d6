// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** Note on the page which report came, and leave the file to the browser. */
function watchDownloads() {
    const original = download._download;
    download._download = async (options) => {
        await original(options);
        document.body.dataset.printed = JSON.parse(options.data.data)[0];
    };
}

function print() {
    return [
        {
            trigger: "button[name=action_print]",
            run: "click",
        },
        {
            content: "The file came",
            trigger: "body[data-printed*='/report/pdf/itsm_base.report_itsm_document/']",
            run() {
                delete document.body.dataset.printed;
            },
        },
    ];
}

// What tests/test_tours.py has made.
registry.category("web_tour.tours").add("itsm_base_document", {
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run() {
                watchDownloads();
                this.anchor.click();
            },
        },
        {
            content: "Of which kind",
            trigger: ".o_field_widget[name=kind_id] input",
            run: "edit Tour notice",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains(Tour notice)",
            run: "click",
        },
        {
            content: "A title",
            trigger: ".o_field_widget[name=name] input, .o_field_widget[name=name] textarea",
            run: "edit Tour notice of March",
        },
        ...stepUtils.saveForm(),
        {
            content: "It has a number and is the first version",
            trigger: ".oe_title [name=number]:contains(TOUR-)",
        },
        {
            trigger: ".oe_title [name=version]:contains(1)",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Draft)",
        },
        ...print(),
        {
            content: "Read the figures",
            trigger: "button[name=action_fill]:contains(Fill)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=prepared_by_id]:contains(Tour Writer)",
        },
        {
            content: "Ask for approval",
            trigger: "button[name=action_request_approval]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Approval)",
        },
        {
            trigger: ".alert:contains(Waiting for approval)",
        },
        {
            content: "Who prepared it does not decide",
            trigger: ".o_form_view:not(:has(button[name=action_open_approve]))",
        },
        {
            content: "Who does",
            trigger: ".o_notebook_headers a:contains(Approvals)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=review_ids] .o_data_row:contains(Review)",
        },
        {
            content: "The title is locked",
            trigger: ".o_field_widget.o_readonly_modifier[name=name]",
        },
        ...print(),
        {
            content: "To the list",
            trigger: ".o_breadcrumb a:contains(Documents)",
            run: "click",
        },
        {
            content: "The number is there",
            trigger: ".o_data_row:contains(TOUR-):contains(Tour notice of March)",
        },
    ],
});
