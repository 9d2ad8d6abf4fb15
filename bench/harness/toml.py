"""Settings by their dotted names, as the text that postern.toml wants."""
import json


def toml_text(settings: dict[str, object]) -> str:
    """{"server.gate.workers": 2} -> "[server.gate]\\nworkers = 2\\n". JSON's strings, numbers and
    booleans are TOML's too."""
    tables: dict[str, list[str]] = {}
    for name, value in settings.items():
        table, _, key = name.rpartition(".")
        tables.setdefault(table, []).append(f"{key} = {json.dumps(value)}")
    return "\n".join(f"[{table}]\n" + "\n".join(lines) + "\n" for table, lines in tables.items())
