// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";

// What tests/test_pace_tour.py has made. Whatever a key can do is done by the key.

const press = (content, trigger, keys) => ({ content, trigger, run: `press ${keys}` });

registry.category("web_tour.tours").add("itsm_desk_pace_keys", {
    steps: () => [
        {
            content: "The first ticket of the list",
            trigger: ".o_list_view .o_data_row:contains(Pace one) td[name=name]",
            run: "click",
        },
        {
            content: "Help: a question mark",
            trigger: ".o_form_view .o_field_widget[name=name] input:value(Pace one)",
            run() {
                const options = { key: "?", bubbles: true };
                document.body.dispatchEvent(new KeyboardEvent("keydown", options));
            },
        },
        press("Close it", ".modal .o_itsm_desk_keys", "Escape"),
        press("Or by its keys", "body:not(:has(.modal))", "alt+shift+h"),
        press("Close it", ".modal .o_itsm_desk_keys kbd:contains(G)", "Escape"),
        press("Take", "body:not(:has(.modal)) button[name=action_take]", "alt+g"),
        {
            content: "Taken and begun",
            trigger: ".o_form_view:not(:has(button[name=action_take]))",
        },
        press("Reply", ".o_form_view button[name=action_pause]", "alt+m"),
        {
            content: "The composer is open and ready to be written in",
            trigger: ".o-mail-Composer-input:focus",
            run: "edit We look at it now.",
        },
        press("Send", ".o-mail-Composer-input:value(We look)", "Control+Enter"),
        {
            trigger: ".o-mail-Message:contains(We look at it now.)",
        },
        press("Pause", "button[name=action_pause]", "alt+w"),
        {
            content: "For what it waits",
            trigger: ".modal .o_field_widget[name=pause_reason_id] input",
            run: "edit Pace reason",
        },
        {
            trigger: ".ui-autocomplete a:contains(Pace reason)",
            run: "click",
        },
        press("Do it", ".modal button[name=action_pause]", "alt+q"),
        press("Resume", "body:not(:has(.modal)) button[name=action_resume]", "alt+o"),
        press("Resolve", "button[name=action_pause]", "alt+e"),
        {
            content: "The solution",
            trigger: ".modal .o_field_widget[name=solution] .odoo-editor-editable",
            run: "editor Restarted",
        },
        {
            trigger: ".modal .o_field_widget[name=closing_code_id] input",
            run: "edit Pace code",
        },
        {
            trigger: ".ui-autocomplete a:contains(Pace code)",
            run: "click",
        },
        press("Do it", ".modal footer button[name=action_resolve]", "alt+q"),
        press("Next", "body:not(:has(.modal)) button[name=action_confirm]", "alt+n"),
        {
            content: "The next ticket of the list",
            trigger: ".o_form_view .o_field_widget[name=name] input:value(Pace two)",
        },
        press("The palette knows it too", "body", "control+k"),
        {
            trigger: ".o_command_palette .o_command:contains(Take)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.o_command_palette)) .o_form_view:not(:has(button[name=action_take]))",
        },
    ],
});

registry.category("web_tour.tours").add("itsm_desk_pace_bulk", {
    steps: () => [
        {
            content: "All of them",
            trigger: ".o_list_view:has(.o_data_row:contains(Pace one)) thead .o_list_record_selector input",
            run: "click",
        },
        press("Resolve", ".o_selection_container button:contains(Resolve)", "alt+e"),
        {
            content: "One solution for all",
            trigger: ".modal .o_field_widget[name=solution] .odoo-editor-editable",
            run: "editor The server runs again",
        },
        {
            trigger: ".modal .o_field_widget[name=closing_code_id] input",
            run: "edit Pace code",
        },
        {
            trigger: ".ui-autocomplete a:contains(Pace code)",
            run: "click",
        },
        press("Apply", ".modal button[name=action_apply]", "alt+q"),
        {
            content: "One failed, with its reason; two are done",
            trigger: ".modal [name=itsm_bulk_some_failed]:contains(Failed: 1):contains(Done: 2)",
        },
        {
            trigger: ".modal .o_data_row:first:contains(Failed):contains(over already)",
        },
        {
            trigger: ".modal .o_data_row:last:contains(Done)",
        },
        {
            content: "Close",
            trigger: ".modal footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_list_view",
        },
    ],
});

registry.category("web_tour.tours").add("itsm_desk_pace_phone", {
    steps: () => [
        {
            content: "Take it",
            trigger: ".o_form_view button[name=action_take]",
            run: "click",
        },
        {
            content: "Begun",
            trigger: ".o_form_view button[name=action_pause]",
        },
        {
            content: "Nothing sticks out of the screen",
            trigger: ".o_form_view",
            run() {
                const { scrollWidth, clientWidth } = document.querySelector(".o_content");
                if (scrollWidth > clientWidth + 1) {
                    throw new Error(`${scrollWidth} pixels on ${clientWidth}`);
                }
            },
        },
    ],
});
