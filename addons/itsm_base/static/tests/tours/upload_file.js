// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

/**
 * Step of a tour: upload a file into the field `file`, as a person does in the dialog of
 * the browser, which no script can open.
 *
 * @param {string} name name of the file
 * @param {() => string | Blob} content gives what is in it, when the step is reached
 * @param {string} [type] type of the file
 */
export function uploadFile(name, content, type = "text/csv") {
    return {
        content: `Upload ${name}`,
        trigger: ".o_field_widget[name=file] .o_select_file_button",
        run({ anchor }) {
            const field = anchor.closest(".o_field_widget");
            const input = field.querySelector("input[type=file]");
            const transfer = new DataTransfer();
            transfer.items.add(new File([content()], name, { type }));
            input.files = transfer.files;
            input.dispatchEvent(new Event("change", { bubbles: true }));
        },
    };
}
