// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, markup } from "@odoo/owl";

/** The figures of a service report; a click on one opens the records behind it. */
export class ItsmReportContentField extends Component {
    static template = "itsm_sla.ItsmReportContentField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get html() {
        // Rendered by the server from its own templates.
        return markup(this.props.record.data[this.props.name] || "");
    }

    /** @param {Event} event */
    async onClick(event) {
        const figure = event.target.closest("[data-drill]");
        if (!figure) {
            return;
        }
        event.preventDefault();
        const { resModel, resId } = this.props.record;
        const action = await this.orm.call(resModel, "action_drill", [
            [resId],
            figure.dataset.drill,
        ]);
        await this.action.doAction(action);
    }
}

registry.category("fields").add("itsm_report_content", {
    component: ItsmReportContentField,
    supportedTypes: ["html"],
});
