// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { RelationalModel } from "@web/model/relational_model/relational_model";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";
import { registry } from "@web/core/registry";

/** Whoever may not change it reads it; asked anew whenever it is loaded or saved. */
export class ItsmCiRecord extends RelationalModel.Record {
    get isInEdition() {
        const onlyRead = !this._parentRecord && !this.isNew && this.data?.can_write === false;
        return super.isInEdition && !onlyRead;
    }
}

export class ItsmCiModel extends RelationalModel {
    static Record = ItsmCiRecord;
}

export class ItsmCiFormController extends FormController {
    // nor does he archive it
    get archiveEnabled() {
        return super.archiveEnabled && this.model.root.isInEdition;
    }

    // attributes are defined on the class
    getStaticActionMenuItems() {
        const items = super.getStaticActionMenuItems();
        delete items.addPropertyFieldValue;
        return items;
    }
}

registry.category("views").add("itsm_ci_form", {
    ...formView,
    Controller: ItsmCiFormController,
    Model: ItsmCiModel,
});
