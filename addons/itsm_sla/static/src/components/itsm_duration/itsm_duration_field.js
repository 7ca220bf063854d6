// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useInputField } from "@web/views/fields/input_field_hook";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

import { formatTarget, InvalidDuration, parseTarget } from "../duration";

/** Minutes of service hours, read and written as in the target matrix: "1 h 30 min". */
export class ItsmDurationField extends Component {
    static template = "itsm_sla.ItsmDurationField";
    static props = {
        ...standardFieldProps,
        placeholder: { type: String, optional: true },
    };

    setup() {
        this.notification = useService("notification");
        useInputField({
            getValue: () => this.text,
            parse: (text) => this.parse(text),
        });
    }

    get text() {
        const minutes = this.props.record.data[this.props.name];
        return minutes ? formatTarget(minutes) : "";
    }

    /**
     * @param {string} text
     * @returns {number} minutes; 0 for an empty text
     * @throws {InvalidDuration} after telling the user
     */
    parse(text) {
        try {
            const promise = parseTarget(text);
            if (promise.days) {
                throw new InvalidDuration(
                    _t(
                        "“%s”: only service hours can be entered here, such as 15 min, " +
                            "2 h or 1 h 30 min.",
                        text
                    )
                );
            }
            return promise ? promise.minutes : 0;
        } catch (error) {
            if (error instanceof InvalidDuration) {
                this.notification.add(error.message, { type: "danger" });
            }
            throw error;
        }
    }
}

export const itsmDurationField = {
    component: ItsmDurationField,
    displayName: _t("Duration"),
    supportedTypes: ["integer"],
    isEmpty: (record, fieldName) => !record.data[fieldName],
    extractProps: ({ placeholder }) => ({ placeholder }),
};

registry.category("fields").add("itsm_duration", itsmDurationField);
