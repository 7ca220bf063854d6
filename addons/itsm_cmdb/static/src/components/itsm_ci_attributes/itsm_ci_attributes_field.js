// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { PropertiesField, propertiesField } from "@web/views/fields/properties/properties_field";
import { PropertyValue } from "@web/views/fields/properties/property_value";
import { parseFloat, parseInteger } from "@web/views/fields/parsers";
import { registry } from "@web/core/registry";

const PARSERS = { integer: parseInteger, float: parseFloat };

/** Numbers: none is not zero, and what is no number is not taken for zero. */
export class ItsmCiAttributeValue extends PropertyValue {
    get displayValue() {
        if (this.props.type in PARSERS && typeof this.props.value !== "number") {
            return this.props.value || "";
        }
        return super.displayValue;
    }

    async onValueChange(newValue) {
        const parse = PARSERS[this.props.type];
        if (!parse) {
            return super.onValueChange(newValue);
        }
        const text = newValue.trim();
        let value = text;
        try {
            value = text ? parse(text) : false;
        } catch {
            // The server says what is wrong with it; what was typed stays to be mended.
        }
        return this.props.onChange(value);
    }
}

/** Attributes of a class: their values are entered here, they are defined on the class. */
export class ItsmCiAttributesField extends PropertiesField {
    static components = { ...PropertiesField.components, PropertyValue: ItsmCiAttributeValue };

    async checkDefinitionWriteAccess() {
        return false;
    }
}

registry.category("fields").add("itsm_ci_attributes", {
    ...propertiesField,
    component: ItsmCiAttributesField,
});
