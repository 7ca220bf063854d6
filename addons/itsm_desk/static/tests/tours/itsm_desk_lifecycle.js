// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";

// What tests/test_lifecycle_tour.py has made; each tour is one visit of one person.

const CLEAR = "body:not(:has(.modal)) .o_statusbar_status";

function resolve(solution) {
    return [
        {
            content: "A phone shows the first button, and the others on demand",
            isActive: ["mobile"],
            trigger:
                ".o_statusbar_buttons:not(:has(button[name=action_resolve])) .dropdown-toggle," +
                " .o_statusbar_buttons button[name=action_resolve]",
            run(helpers) {
                if (this.anchor.name !== "action_resolve") {
                    helpers.click();
                }
            },
        },
        {
            content: "Resolve the ticket",
            trigger: "button[name=action_resolve]:visible",
            run: "click",
        },
        {
            content: "What was done, in words for the requester",
            trigger: ".modal .o_field_widget[name=solution] .odoo-editor-editable",
            run: `editor ${solution}`,
        },
        {
            isActive: ["desktop"],
            trigger: ".modal .o_field_widget[name=closing_code_id] input",
            run: "edit Solved by",
        },
        {
            isActive: ["desktop"],
            trigger: ".ui-autocomplete a:contains(Solved by advice)",
            run: "click",
        },
        {
            trigger: ".modal footer button[name=action_resolve]",
            run: "click",
        },
        {
            content: "It waits for the requester's word",
            trigger:
                `${CLEAR} .o_arrow_button_current:contains(Test resolved),` +
                ` ${CLEAR} .dropdown-toggle:contains(Test resolved)`,
        },
    ];
}

registry.category("web_tour.tours").add("itsm_desk_lifecycle_resolve", {
    steps: () => resolve("Restarted the server"),
});

registry.category("web_tour.tours").add("itsm_desk_lifecycle_refuse", {
    steps: () => [
        {
            content: "The customer reads the solution",
            trigger: ".o_itsm_answer .o_itsm_solution:contains(Restarted the server)",
        },
        {
            content: "It is not solved",
            trigger: ".o_itsm_answer summary:contains(not solved)",
            run: "click",
        },
        {
            trigger: ".o_itsm_answer textarea[name=reason]:visible",
            run: "edit Still no mail",
        },
        {
            trigger: ".o_itsm_answer button[value=refuse]:visible",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is worked on again, and nothing is asked",
            trigger: "body:not(:has(.o_itsm_answer)) #card_body",
        },
    ],
});

registry.category("web_tour.tours").add("itsm_desk_lifecycle_again", {
    steps: () => [
        {
            content: "The agent sees what failed",
            trigger: ".o_notebook .nav-link[name=itsm_solution]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=reopen_reason]:contains(Still no mail)",
        },
        ...resolve("Moved the mailbox"),
    ],
});

registry.category("web_tour.tours").add("itsm_desk_lifecycle_confirm", {
    steps: () => [
        {
            content: "The customer reads the new solution",
            trigger: ".o_itsm_answer .o_itsm_solution:contains(Moved the mailbox)",
        },
        {
            content: "He is satisfied",
            trigger: ".o_itsm_answer input[name=rate][value='5']",
            run: "click",
        },
        {
            trigger: ".o_itsm_answer textarea[name=feedback]",
            run: "edit Works now",
        },
        {
            trigger: ".o_itsm_answer button[value=confirm]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Thanked and closed",
            trigger: ".o_itsm_answer .o_itsm_rated",
        },
    ],
});
