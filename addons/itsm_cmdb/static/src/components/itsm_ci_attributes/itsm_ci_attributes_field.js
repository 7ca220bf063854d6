// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { PropertiesField, propertiesField } from "@web/views/fields/properties/properties_field";
import { registry } from "@web/core/registry";

/** Attributes of a class: their values are entered here, they are defined on the class. */
export class ItsmCiAttributesField extends PropertiesField {
    async checkDefinitionWriteAccess() {
        return false;
    }
}

registry.category("fields").add("itsm_ci_attributes", {
    ...propertiesField,
    component: ItsmCiAttributesField,
});
