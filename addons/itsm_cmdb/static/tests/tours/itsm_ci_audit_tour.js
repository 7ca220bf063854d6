// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";

// What tests/test_audit_tour.py has made: an audit of three items, planned.

const scan = (code) => [
    {
        content: `Scan ${code}`,
        trigger: ".o_itsm_ci_count_code",
        run(helpers) {
            return helpers.edit(code);
        },
    },
    {
        trigger: ".o_itsm_ci_count_code",
        run: "press Enter",
    },
];
const click = (trigger, content) => ({ content: content || trigger, trigger, run: "click" });

registry.category("web_tour.tours").add("itsm_ci_audit", {
    steps: () => [
        click("button[name=action_start]", "The snapshot"),
        click("button[name=action_open_counting]", "To the screen for counting"),
        {
            trigger: ".o_itsm_ci_count_figures:contains(3 to count)",
        },
        ...scan("TOUR-1"),
        {
            content: "What is expected",
            trigger: ".o_itsm_ci_count_card:contains(Tour one)",
        },
        click(".o_itsm_ci_count_card button[name=ok]", "As expected"),
        {
            trigger: ".o_itsm_ci_count_figures:contains(1 as expected)",
        },
        ...scan("tour-2"),
        click(".o_itsm_ci_count_card:contains(Tour two) button[name=differs]"),
        click(".o_itsm_ci_count_card button[data-field=state]", "A choice for a state"),
        {
            trigger: ".o_itsm_ci_count_card select[name=state]:has(option:contains(In test))",
            run() {},
        },
        click(".o_itsm_ci_count_card button[data-field=asset_tag]"),
        {
            trigger: ".o_itsm_ci_count_card input[name=asset_tag]",
            run: "edit T-99",
        },
        click(".o_itsm_ci_count_card button[name=different]"),
        {
            trigger: ".o_itsm_ci_count_figures:contains(1 different)",
        },
        ...scan("NOBODY"),
        {
            trigger: ".o_itsm_ci_count_unknown textarea",
            run: "edit A <b>router</b> in the corner",
        },
        click("button[name=unrecorded]"),
        {
            trigger: ".o_itsm_ci_count_figures:contains(1 not recorded)",
        },
        click(".o_itsm_ci_count_lines button:contains(Tour three)", "From the list"),
        click(".o_itsm_ci_count_card:contains(Tour three) button[name=missing]"),
        {
            trigger: ".o_itsm_ci_count_page:contains(Everything has been counted)",
        },
        click("button[name=audit]", "Back to the audit"),
        click("button[name=action_end_counting_ask]"),
        click(".modal-footer button[name=action_confirm]:visible", "Yes, counting is over"),
        {
            content: "The form is read again: until then its buttons do nothing",
            trigger: "button[name=action_to_correction]:enabled",
        },
        click("button[name=action_view_differences]", "The differences"),
        {
            content: "All three; what was typed is a text",
            trigger: ".o_list_view:contains(T-99):contains(A <b>router</b>)",
        },
        {
            trigger: ".o_data_row:contains(Tour three):contains(missing)",
        },
    ],
});

registry.category("web_tour.tours").add("itsm_ci_audit_phone", {
    steps: () => [
        ...scan("TOUR-1"),
        {
            content: "Nothing lies beyond the edge",
            trigger: ".o_itsm_ci_count_card:contains(Tour one)",
            run() {
                const page = document.querySelector(".o_itsm_ci_count_page");
                if (page.scrollWidth > document.documentElement.clientWidth) {
                    throw new Error("The screen for counting is wider than the phone.");
                }
            },
        },
        click(".o_itsm_ci_count_card button[name=ok]"),
        {
            trigger: ".o_itsm_ci_count_figures:contains(1 as expected)",
        },
    ],
});
