// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";

// What tests/test_tours_desk.py has made; each tour is one visit of one person.

const CLEAR = "body:not(:has(.modal))";

function choose(field, value) {
    return [
        {
            content: `Choose ${value}`,
            trigger: `${field} input`,
            run: `edit ${value}`,
        },
        {
            trigger: `.ui-autocomplete a:contains(${value})`,
            run: "click",
        },
    ];
}

registry.category("web_tour.tours").add("itsm_desk_day_agent", {
    steps: () => [
        {
            content: "The number on the telephone",
            trigger: ".o_form_view .o_field_widget[name=phone] input",
            run: "edit +33 1 98 76 54 30",
        },
        {
            content: "What is it about",
            trigger: ".o_field_widget[name=subject] input",
            run: "edit No mail since nine",
        },
        {
            content: "The caller was found, and his open tickets",
            trigger: ".o_field_widget[name=partner_id] input:value(Day Caller)",
        },
        {
            trigger: ".o_field_widget[name=open_ticket_ids] .o_data_row:contains(Day chair)",
        },
        {
            content: "Something like it is known already",
            trigger: ".o_itsm_similar_list:contains(No mail since eight)",
        },
        {
            content: "In his words",
            trigger: ".o_field_widget[name=note] textarea",
            run: "edit Nobody on the third floor has mail",
        },
        {
            content: "One click",
            trigger: ".o_form_view button[name=action_incident]",
            run: "click",
        },
        {
            content: "The ticket, mine and not begun",
            trigger: `${CLEAR} .o_field_widget[name=name] input:value(No mail since nine)`,
        },
        {
            content: "Take",
            trigger: ".o_form_view button[name=action_take]",
            run: "click",
        },
        {
            content: "Answer",
            trigger: `${CLEAR} .o_form_view:not(:has(button[name=action_take])) .o-mail-Chatter-sendMessage`,
            run: "click",
        },
        {
            trigger: ".o-mail-Composer-input",
            run: "edit Which floor are you on?",
        },
        {
            trigger: ".o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            trigger: ".o-mail-Message:contains(Which floor are you on?)",
        },
        {
            content: "Pause until he tells us",
            trigger: ".o_form_view button[name=action_pause]",
            run: "click",
        },
        ...choose(".modal .o_field_widget[name=pause_reason_id]", "Day reason"),
        {
            trigger: ".modal footer button[name=action_pause]",
            run: "click",
        },
        {
            content: "He waits, and can be gone on with",
            trigger: `${CLEAR} .o_form_view button[name=action_resume]`,
        },
        {
            content: "He has called: resolve",
            trigger: ".o_form_view button[name=action_resolve]",
            run: "click",
        },
        {
            content: "What was done, in words for the requester",
            trigger: ".modal .o_field_widget[name=solution] .odoo-editor-editable",
            run: "editor Restarted the server",
        },
        ...choose(".modal .o_field_widget[name=closing_code_id]", "Day code"),
        {
            trigger: ".modal footer button[name=action_resolve]",
            run: "click",
        },
        {
            content: "It waits for the requester's word",
            trigger: `${CLEAR} .o_form_view button[name=action_confirm]`,
        },
    ],
});

function bulk(action) {
    return [
        {
            content: "All that waits",
            trigger: `${CLEAR} .o_list_view:has(.o_data_row:contains(Day mail)) thead .o_list_record_selector input:not(:checked)`,
            run: "click",
        },
        {
            trigger: ".o_control_panel .o_cp_action_menus .dropdown-toggle:contains(Actions)",
            run: "click",
        },
        {
            trigger: `.o-dropdown--menu .o-dropdown-item:contains(${action})`,
            run: "click",
        },
    ];
}

const DONE = [
    {
        content: "Apply",
        trigger: ".modal footer button[name=action_apply]",
        run: "click",
    },
    {
        content: "What came of each",
        trigger: ".modal [name=itsm_bulk_all_done]:contains(Done: 3)",
    },
    {
        trigger: ".modal footer button:contains(Close)",
        run: "click",
    },
];

registry.category("web_tour.tours").add("itsm_desk_day_lead", {
    steps: () => [
        {
            content: "Came by mail, and nobody knows what it is about",
            trigger: ".o_list_view .o_data_row:contains(Day mail)",
        },
        ...bulk("Assign Tickets"),
        ...choose(".modal .o_field_widget[name=team_id]", "Service Desk"),
        ...choose(".modal .o_field_widget[name=user_id]", "itsm-agent-2"),
        ...DONE,
        ...bulk("Classify Tickets"),
        ...choose(".modal .o_field_widget[name=service_id]", "Day service"),
        ...DONE,
        {
            content: "The queue is empty",
            trigger: `${CLEAR} .o_nocontent_help:contains(Nothing waits to be classified)`,
        },
    ],
});

const UNSAVED = ".o_form_view:not(:has(.o_field_widget[name=number]))";
const said = (text) => `body:has(${UNSAVED}) .o_notification:contains(${text})`;

registry.category("web_tour.tours").add("itsm_desk_empty_call", {
    steps: () => [
        {
            content: "An incident of nothing",
            trigger: ".o_form_view button[name=action_incident]",
            run: "click",
        },
        {
            content: "The subject is asked for, and nothing was saved",
            trigger: said("Subject: enter"),
        },
        {
            content: "Blanks are no subject either",
            trigger: ".o_field_widget[name=subject] input:focus",
            run: "edit   ",
        },
        {
            trigger: ".o_notification .o_notification_close",
            run: "click",
        },
        {
            trigger: "body:not(:has(.o_notification)) .o_form_view button[name=action_request]",
            run: "click",
        },
        {
            trigger: said("Subject: enter"),
        },
        {
            content: "No answer",
            trigger: ".o_form_view button[name=action_answered]",
            run: "click",
        },
        {
            trigger: said("Answer Given: enter"),
        },
        {
            content: "A wrong number needs nothing",
            trigger: ".o_form_view button[name=action_close]",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_new]",
        },
    ],
});
