"""What a Python program makes of a package: each resource with its arguments, and what is read of it, as JSON.

Usage: pythonNames.py PROGRAM MODULE. Names stay as Python spells them.
"""

from __future__ import annotations

import ast
import json
import sys


def arguments(node: ast.expr) -> object:
    """Objects as objects of their keys, lists as lists; anything else is a value that nobody looks into."""
    if isinstance(node, ast.Dict):
        return {ast.literal_eval(key): arguments(value) for key, value in zip(node.keys, node.values) if key}
    if isinstance(node, ast.List):
        return [arguments(item) for item in node.elts]
    return None


def main(path: str, module: str) -> None:
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read(), path)
    (alias,) = (
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for name in node.names
        if name.name == module
    )
    resources = {}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)):
            continue
        call, (target,) = node.value, node.targets
        if (
            isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id == alias
            and isinstance(target, ast.Name)
        ):
            given = {word.arg: arguments(word.value) for word in call.keywords if word.arg and word.arg != "opts"}
            resources[target.id] = {"class": call.func.attr, "given": given, "read": []}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in resources:
            resources[node.value.id]["read"].append(node.attr)
    json.dump(list(resources.values()), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
