// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

// What tests/test_ci_tours.py has made.

const pick = (field, value, scope = "") => [
    {
        content: `${field}: type ${value}`,
        trigger: `${scope} .o_field_widget[name=${field}] input`,
        run: `edit ${value}`,
    },
    {
        // bold: found by what was typed, not offered before
        content: `${field}: choose ${value}`,
        trigger: `.o-autocomplete--dropdown-item a:has(.fw-bold:contains(${value}))`,
        run: "click",
    },
];

const tab = (name) => ({
    content: `Tab ${name}`,
    trigger: `.o_notebook .nav-link[name=${name}]`,
    run: "click",
});

const attribute = (name) =>
    `.o_field_widget[name=attributes] .o_property_field:contains(${name})`;

const needs = (other) => [
    tab("relations"),
    {
        content: "Another relation",
        trigger: ".o_field_widget[name=relation_source_ids] .o_field_x2many_list_row_add a",
        run: "click",
    },
    ...pick("type_id", "depends on", ".o_selected_row"),
    ...pick("target_id", other, ".o_selected_row"),
];

const newItem = (name, ciClass) => [
    {
        content: "A new one",
        trigger: ".o_form_button_create, .o_list_button_add",
        run: "click",
    },
    {
        content: "Its name",
        trigger: ".o_form_view .o_field_widget[name=name] input",
        run: `edit ${name}`,
    },
    ...pick("class_id", ciClass),
];

registry.category("web_tour.tours").add("itsm_ci_landscape", {
    steps: () => [
        ...newItem("tour-server", "Server"),
        {
            content: "The attributes are those of the class; none is not zero",
            trigger: `${attribute("Processors")} input`,
            run() {
                if (this.anchor.value) {
                    throw new Error(`Nobody entered ${this.anchor.value}`);
                }
            },
        },
        {
            content: "Something else than a number",
            trigger: `${attribute("Processors")} input`,
            run: "edit sixteen && press Tab",
        },
        {
            content: "What is no number is not taken for zero",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The server says which attribute, and what is wrong",
            trigger: ".modal .modal-body:contains(Processors):contains(sixteen)",
        },
        {
            trigger: ".modal-footer button.btn-primary",
            run: "click",
        },
        {
            content: "What was typed is still there, to be mended",
            trigger: `body:not(:has(.modal)) ${attribute("Processors")} input:value(sixteen)`,
            run: "edit 16 && press Tab",
        },
        {
            trigger: `${attribute("Memory")} input`,
            run: "edit 64 && press Tab",
        },
        ...stepUtils.saveForm(),
        {
            content: "It has a number",
            trigger: ".o_field_widget[name=number]:contains(SRV-)",
        },
        ...newItem("tour-application", "Application"),
        ...needs("tour-server"),
        ...stepUtils.saveForm(),
        {
            content: "The relation is there",
            trigger:
                ".o_field_widget[name=relation_source_ids] .o_data_row:contains(depends on):contains(tour-server)",
        },
        {
            content: "What is affected",
            trigger: "button[name=action_graph]",
            run: "click",
        },
        {
            content: "Causes",
            trigger: ".o_itsm_ci_graph button[name=up]",
            run: "click",
        },
        {
            content: "The server is drawn",
            trigger: ".o_itsm_ci_graph_node .o_itsm_ci_graph_name:contains(tour-server)",
        },
    ],
});

registry.category("web_tour.tours").add("itsm_ci_incident", {
    steps: () => [
        tab("itsm_ci"),
        ...pick("ci_ids", "tour-switch"),
        ...stepUtils.saveForm(),
        {
            content: "Nothing is affected before somebody asks",
            trigger:
                ".o_field_widget[name=impacted_service_ids]:not(:has(.o_tag))",
        },
        {
            content: "What does it affect?",
            trigger: "button[name=action_impact]",
            run: "click",
        },
        {
            content: "The path to the service",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Tour mail) [name=path]:contains(tour-server)",
        },
        {
            content: "The service is proposed",
            trigger: ".o_field_widget[name=service_ids] .o_tag:contains(Tour mail)",
        },
        {
            content: "Take it over",
            trigger: "button[name=action_confirm]",
            run: "click",
        },
        tab("itsm_ci"),
        {
            content: "It stands on the ticket",
            trigger: ".o_field_widget[name=impacted_service_ids] .o_tag:contains(Tour mail)",
        },
    ],
});
