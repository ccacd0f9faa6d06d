#!/usr/bin/env python3
"""Writes the manual page from the command line's own description of itself.

    python3 Scripts/man-page.py .build/debug/handfast > docs/handfast.1
"""
import json
import subprocess
import sys


def escaped(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def option(argument):
    if argument["kind"] == "positional":
        return f"\\fI{escaped(argument.get('valueName', 'value'))}\\fR"
    names = []
    for name in argument["names"]:
        dashes = "--" if name["kind"] == "long" else "-"
        names.append(f"\\fB{escaped(dashes + name['name'])}\\fR")
    value = f" \\fI{escaped(argument['valueName'])}\\fR" if argument["kind"] == "option" else ""
    return ", ".join(names) + value


def section(command, path):
    lines = [f".SH {escaped(' '.join(path)).upper() if len(path) == 1 else escaped(' '.join(path))}"]
    lines.append(escaped(command["abstract"]))
    if command.get("discussion"):
        lines += [".PP", ".nf", escaped(command["discussion"]), ".fi"]
    for argument in command.get("arguments", []):
        if not argument["shouldDisplay"]:
            continue
        lines += [".TP", option(argument)]
        text = argument.get("abstract", "")
        if argument.get("defaultValue"):
            text += f" (default: {argument['defaultValue']})"
        if text:
            lines.append(escaped(text.strip()))
    for child in command.get("subcommands", []):
        if child["commandName"] != "help":
            lines += section(child, path + [child["commandName"]])
    return lines


def main():
    description = subprocess.run([sys.argv[1], "--experimental-dump-help"], check=True, capture_output=True).stdout
    command = json.loads(description)["command"]
    page = ['.\\" Written by Scripts/man-page.py; change the commands\' help instead.', ".TH HANDFAST 1", ".SH NAME"]
    page.append(f"handfast \\- {escaped(command['abstract'])}")
    print("\n".join(page + section(command, ["handfast"])))


main()
