// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";

// What tests/test_graph_tour.py has made.

const node = (name) => `.o_itsm_ci_graph_node:has(.o_itsm_ci_graph_name:contains(${name}))`;

registry.category("web_tour.tours").add("itsm_ci_graph", {
    steps: () => [
        {
            content: "From the form to the graph",
            trigger: "button[name=action_graph]",
            run: "click",
        },
        {
            content: "Where it begins is marked",
            trigger: `${node("Graph root")}.o_itsm_ci_graph_root`,
        },
        {
            content: "A name with markup is a text",
            trigger: node("Graph <b>serve"),
        },
        {
            content: "The ticket stands on the node",
            trigger: `${node("Graph system")} .o_itsm_ci_graph_badge:contains(1)`,
        },
        {
            content: "Causes",
            trigger: ".o_itsm_ci_graph button[name=up]",
            run: "click",
        },
        {
            content: "Nothing is before the root",
            trigger: ".o_itsm_ci_graph_notes:contains(Nothing else)",
        },
        {
            content: "Back to what is affected",
            trigger: ".o_itsm_ci_graph button[name=down]",
            run: "click",
        },
        {
            content: "Applications off",
            trigger: ".o_itsm_ci_graph_chip:contains(Application)[aria-pressed=true]",
            run: "click",
        },
        {
            trigger: ".o_itsm_ci_graph_chip:contains(Application)[aria-pressed=false]",
        },
        {
            content: "It is gone, the server is still there",
            trigger: `.o_itsm_ci_graph:has(${node("serve")}):not(:has(${node("Graph system")}))`,
        },
        {
            content: "All again",
            trigger: "button[name=show_all]",
            run: "click",
        },
        {
            content: "The keys: from the first to its neighbour, and Enter",
            trigger: node("Graph system"),
            run() {
                const press = (key) =>
                    document.activeElement.dispatchEvent(
                        new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })
                    );
                document.querySelector(".o_itsm_ci_graph_node[tabindex='0']").focus();
                press("ArrowRight");
                press("ArrowRight");
                press("Enter");
            },
        },
        {
            content: "Its card says what it is",
            trigger: ".o_itsm_ci_graph_card:contains(Graph system):contains(In use)",
        },
        {
            trigger: ".o_itsm_ci_graph_card a[name=tickets]:contains(1)",
        },
        {
            content: "To the item",
            trigger: ".o_itsm_ci_graph_card button[name=open]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=name] :value(Graph system), .o_form_view .o_field_widget[name=name]:contains(Graph system)",
        },
        {
            content: "Back",
            trigger: ".breadcrumb-item a:contains(Impact Graph), .o_back_button a",
            run: "click",
        },
        {
            content: "The badge opens its tickets",
            trigger: `${node("Graph system")} .o_itsm_ci_graph_badge`,
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Graph ticket)",
        },
    ],
});
