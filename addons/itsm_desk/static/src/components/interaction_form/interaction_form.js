// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

const SUBJECT = ["subject", _t("Subject: enter in a few words what it is about.")];

/** The field that a button needs, and what is said without it. */
const NEEDED = {
    action_incident: SUBJECT,
    action_request: SUBJECT,
    action_answered: ["answer", _t("Answer Given: enter what you told the caller.")],
    action_join: [
        "join_ticket_id",
        _t("About an Open Ticket: choose one of the open tickets of the caller."),
    ],
};

/**
 * A button saves the form before the server may refuse it, and an empty interaction would
 * stay behind: so what a button needs is asked here as well.
 */
export class InteractionFormController extends FormController {
    setup() {
        super.setup();
        this.notification = useService("notification");
    }

    async beforeExecuteActionButton(clickParams) {
        const needed = NEEDED[clickParams.name];
        if (needed) {
            const [name, message] = needed;
            const record = this.model.root;
            await record.isDirty(); // what is being typed is taken over first
            const value = record.data[name];
            if (!(typeof value === "string" ? value.trim() : value)) {
                this.notification.add(message, { type: "danger" });
                const input = `.o_field_widget[name=${name}] :is(input, textarea)`;
                this.rootRef.el.querySelector(input)?.focus();
                return false;
            }
        }
        return super.beforeExecuteActionButton(clickParams);
    }
}

registry.category("views").add("itsm_interaction_form", {
    ...formView,
    Controller: InteractionFormController,
});
