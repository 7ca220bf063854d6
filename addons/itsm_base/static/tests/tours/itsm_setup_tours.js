// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";
import { uploadFile } from "./upload_file";

/** The card of a step of the assistant, in a state or in any. */
function card(name, state = "") {
    return (
        `.o_itsm_setup .o_kanban_record:has(span.fw-bold:contains(${name}))` +
        (state && `:has([name=state]:contains(${state}))`)
    );
}

function press(name, label) {
    return {
        content: `${name}: ${label}`,
        trigger: `${card(name)} button:contains(${label})`,
        run: "click",
    };
}

const openAssistant = () => [
    stepUtils.showAppsMenuItem(),
    {
        content: "IT Services",
        trigger: ".o_app[data-menu-xmlid='itsm_base.itsm_menu_root']",
        run: "click",
    },
    {
        content: "First Day",
        trigger: ".o_menu_sections [data-menu-xmlid='itsm_base.itsm_setup_menu']",
        run: "click",
    },
];

// What tests/test_tours.py has made.
registry.category("web_tour.tours").add("itsm_base_setup", {
    steps: () => [
        ...openAssistant(),
        {
            content: "What is there already is done",
            trigger: card("Company and zone", "Done"),
        },
        {
            content: "What is there is said",
            trigger: `${card("Company and zone")}:contains(Tour Company, Spain)`,
        },
        {
            trigger: card("Holidays of this year", "Open"),
        },
        {
            trigger: card("Service catalogue", "Open"),
        },
        press("Holidays of this year", "Leave out"),
        {
            trigger: card("Holidays of this year", "Left out"),
        },
        {
            content: "It cannot be left out again",
            trigger: `${card("Holidays of this year")}:not(:contains(Leave out))`,
        },
        press("Holidays of this year", "Take up again"),
        {
            trigger: card("Holidays of this year", "Open"),
        },
        press("People and roles", "Leave out"),
        {
            trigger: card("People and roles", "Left out"),
        },
        {
            content: "Not over yet",
            trigger: ".o_control_panel button:contains(Finish)",
            run: "click",
        },
        {
            content: "It says what is open, and nothing else",
            trigger:
                ".modal:contains(Service catalogue):not(:contains(People and roles)) .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "Into a step",
            trigger: `body:not(:has(.modal)) ${card("Service catalogue")} button:contains(Open services)`,
            run: "click",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=name] input, .o_field_widget[name=name] textarea",
            run: "edit Tour E-mail",
        },
        {
            trigger: ".o_field_widget[name=code] input",
            run: "edit TOUR-MAIL",
        },
        ...stepUtils.saveForm(),
        {
            trigger: "button[name=action_set_live]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Live)",
        },
        {
            content: "And back",
            trigger: ".o_breadcrumb a:contains(First Day), .o_breadcrumb a:contains(Start Assistant)",
            run: "click",
        },
        {
            content: "Done by what was made there",
            trigger: `${card("Service catalogue", "Done")}:contains(1 live)`,
        },
        {
            content: "What was left out still is",
            trigger: card("People and roles", "Left out"),
        },
        {
            content: "It is found in the configuration too",
            trigger: ".o_menu_sections [data-menu-xmlid='itsm_base.itsm_menu_config']",
            run: "click",
        },
        {
            trigger:
                ".o-dropdown--menu [data-menu-xmlid='itsm_base.itsm_setup_menu_config']",
            run: "click",
        },
        {
            trigger: card("Service catalogue", "Done"),
        },
    ],
});

/** The example, as the browser gave it to the person who pressed the link. */
let example = null;

const readExample = () => [
    press("Service catalogue", "Import a sheet"),
    {
        content: "The kind of the step is chosen",
        trigger: ".modal .o_field_widget[name=kind]:has(:value(Service catalogue)), .modal .o_field_widget[name=kind] select",
    },
    {
        content: "Download the example",
        trigger: ".modal [name=example_links] a[download='services_en.csv']",
        async run({ anchor }) {
            const response = await fetch(anchor.href);
            if (!response.ok) {
                throw new Error(`The example cannot be downloaded: ${response.status}`);
            }
            example = await response.blob();
        },
    },
    uploadFile("services_en.csv", () => example),
    {
        content: "The file is there",
        trigger: ".modal .o_field_widget[name=file]:has(:value(services_en.csv))",
    },
    {
        trigger: ".modal button[name=action_preview]:enabled",
        run: "click",
    },
];

registry.category("web_tour.tours").add("itsm_base_sheet", {
    steps: () => [
        ...openAssistant(),
        ...readExample(),
        {
            content: "What would be made",
            trigger:
                ".modal [name=summary]:contains(9 new, 0 changed, 0 already there, 0 with errors)",
        },
        {
            content: "Row by row",
            trigger: ".modal .o_data_row:contains(NET-VPN):contains(New)",
        },
        {
            content: "Another file, after all",
            trigger: ".modal button[name=action_back]",
            run: "click",
        },
        {
            content: "The file is still chosen",
            trigger: ".modal .o_field_widget[name=file]:has(:value(services_en.csv))",
        },
        {
            trigger: ".modal button[name=action_preview]:enabled",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_import]",
            run: "click",
        },
        {
            trigger: ".modal .o_statusbar_status .o_arrow_button_current:contains(Imported)",
        },
        {
            trigger: ".modal .modal-footer button:contains(Close)",
            run: "click",
        },
        ...readExample(),
        {
            content: "A second time nothing changes",
            trigger:
                ".modal [name=summary]:contains(0 new, 0 changed, 9 already there, 0 with errors)",
        },
        {
            content: "There is nothing to import",
            trigger:
                ".modal:not(:has(button[name=action_import])) button:contains(Cancel)",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) ${card("Service catalogue")}`,
        },
    ],
});
