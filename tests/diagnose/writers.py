"""JSON and forms as different programs write them, for bodies that were written again on the way."""
import json
import re
import urllib.parse


class Number:
    def __init__(self, text):
        self.text = text


def parse(text):
    return json.loads(text, parse_int=Number, parse_float=Number)


def string(text, unicode=None, slash=False, html=""):
    out = ""
    for c in text:
        if c in '"\\':
            out += "\\" + c
        elif c == "\n":
            out += "\\n"
        elif c == "/" and slash:
            out += "\\/"
        elif c in html:
            out += f"\\u{ord(c):04X}" if unicode == "upper" else f"\\u{ord(c):04x}"
        elif ord(c) > 126 and unicode:
            for unit in re.findall(r"..", c.encode("utf-16-be").hex()) and re.findall(r"....", c.encode("utf-16-be").hex()):
                out += "\\u" + (unit.upper() if unicode == "upper" else unit)
        else:
            out += c
    return f'"{out}"'


def dump(tree, comma=",", colon=":", indent=None, newline="\n", depth=0, **escapes):
    def lines(items, open_, close):
        if not items:
            return open_ + close
        if indent is None:
            return open_ + comma.join(items) + close
        inner = newline + indent * (depth + 1)
        return open_ + inner + ("," + inner).join(items) + newline + indent * depth + close

    again = dict(comma=comma, colon=colon, indent=indent, newline=newline, depth=depth + 1, **escapes)
    match tree:
        case Number():
            return tree.text
        case str():
            return string(tree, **escapes)
        case bool() | None:
            return json.dumps(tree)
        case list():
            return lines([dump(i, **again) for i in tree], "[", "]")
        case dict():
            return lines([string(k, **escapes) + colon + dump(v, **again) for k, v in tree.items()], "{", "}")


def php(tree):
    return dump(tree, slash=True, unicode="lower")


def python(tree):
    return dump(tree, ", ", ": ", unicode="lower")


def spaced(tree):
    return dump(tree, ", ", ": ")


def pretty(tree, indent="  ", newline="\n"):
    return dump(tree, colon=": ", indent=indent, newline=newline)


def order(tree, key=None):
    if isinstance(tree, dict):
        return {k: order(tree[k], key) for k in sorted(tree, key=key)}
    return [order(i, key) for i in tree] if isinstance(tree, list) else tree


def go(tree):
    return dump(order(tree), html="<>&")


def gson(tree):
    return dump(tree, html="<>&='")


def dotnet(tree):
    return dump(tree, unicode="upper", html="<>&'+")


def without_nulls(tree):
    if isinstance(tree, dict):
        return {k: without_nulls(v) for k, v in tree.items() if v is not None}
    return [without_nulls(i) for i in tree] if isinstance(tree, list) else tree


def objects_as_arrays(tree):
    if isinstance(tree, dict):
        return {k: objects_as_arrays(v) for k, v in tree.items()} or []
    return [objects_as_arrays(i) for i in tree] if isinstance(tree, list) else tree


def form(text, quote=urllib.parse.quote_plus):
    return "&".join(f"{quote(n)}={quote(v)}" for n, v in urllib.parse.parse_qsl(text, keep_blank_values=True))
