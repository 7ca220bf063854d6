# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Run by ``./dev wheels`` in the clean environment: are the addons there, all of them?

python tests/wheels.py ADDONS_FOLDER
"""

import ast
import importlib
import pathlib
import sys
from importlib.metadata import distribution

#: What an addon's wheel leaves out on purpose.
NOT_SHIPPED = ("pyproject.toml",)


def main():
    source = pathlib.Path(sys.argv[1])
    names = sorted(path.parent.name for path in source.glob("*/__manifest__.py"))
    from odoo.modules import get_modules
    from odoo.modules.module import Manifest, initialize_sys_path
    from odoo.tools import config

    config.parse_config(["--http-interface=127.0.0.1"])
    initialize_sys_path()
    listed = get_modules()
    wrong = []
    for name in names:
        home = distribution(f"odoo-addon-{name}").locate_file(f"odoo/addons/{name}")
        home = pathlib.Path(home).resolve()
        if not home.is_relative_to(sys.prefix):
            wrong.append(f"{name}: installed at {home}, outside the environment")
        if name not in listed:
            wrong.append(f"{name}: Odoo does not list it")
            continue
        manifest = Manifest.for_addon(name)
        if pathlib.Path(manifest.path).resolve() != home:
            wrong.append(f"{name}: Odoo takes {manifest.path}")
        asked = ast.literal_eval((source / name / "__manifest__.py").read_text("utf-8"))
        if manifest.version != asked["version"]:
            wrong.append(f"{name}: version {manifest.version}, not {asked['version']}")
        for path in sorted((source / name).rglob("*")):
            inside = path.relative_to(source / name)
            if path.is_dir() or str(inside) in NOT_SHIPPED:
                continue
            there = home / inside
            if not there.exists():
                wrong.append(f"{name}: {inside} is not in the wheel")
            elif there.read_bytes() != path.read_bytes():
                wrong.append(f"{name}: {inside} differs")
        try:
            importlib.import_module(f"odoo.addons.{name}")
        except ImportError as error:
            wrong.append(f"{name}: {error}")
    print("\n".join(wrong) or f"    Odoo lists and imports {', '.join(names)}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
