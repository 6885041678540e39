"""Calls of sysctl(8) in a shell script. What the shell would first have to work out is left out."""

from __future__ import annotations

import os
import re
import shlex

from . import sysctld
from .sysctld import Assignment

_TOKEN = re.compile(
    r"""(?P<blank>(?:[ \t\r]|\\\n)+)
    | (?P<comment>\#[^\n]*)
    | (?P<end>\n|[;&|()<>]+)
    | (?P<word>(?:\\.|'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"\\;&|()<>])+)""",
    re.VERBOSE | re.DOTALL,
)
_HERE_DOCUMENT = re.compile(r"<<-?[ \t]*(['\"\\]?)(\w+)\1?")
_VARIABLE = re.compile(r"[A-Za-z_]\w*=")
_SHELLS = ("sh", "bash", "dash", "ash")
# What may stand before a command.
_BEFORE = frozenset(
    ["if", "then", "elif", "else", "while", "until", "do", "!", "{", "time", "exec", "command", "nohup", "sudo", "env"]
)
# With these, sysctl takes its words for files or patterns.
_NOT_SETTING = re.compile(r"--(load|system|pattern|all)\b|-[a-zA-Z]*[aAXpfr]")
_SETTING = re.compile(r"[\w./*-]+=[^$`]+")


def is_script(text: str) -> bool:
    head = text.partition("\n")[0]
    return head.startswith("#!") and any(os.path.basename(word) in _SHELLS for word in head[2:].split())


def sysctl_calls(text: str, path: str, line: int = 1) -> list[Assignment]:
    """`line`: the text's first one."""
    text = _without_here_documents(text)
    found: list[Assignment] = []
    words: list[str] = []
    position = begin = 0
    redirected = False
    while position < len(text) and (token := _TOKEN.match(text, position)):
        if token.lastgroup == "word":
            begin = begin if words else position
            words += shlex.split(token[0]) if not redirected else []
            redirected = False
        elif token.lastgroup == "end" and set(token[0]) <= set("<>&") and set(token[0]) & set("<>"):
            redirected = True  # what follows is a file's name
        elif token.lastgroup == "end":
            redirected = False
            found += _of_command(words, path, line + text.count("\n", 0, begin))
            words = []
        position = token.end()
    # Quotes that do not end: what follows is no command.
    return found + (_of_command(words, path, line + text.count("\n", 0, begin)) if position == len(text) else [])


def _without_here_documents(text: str) -> str:
    """With as many lines."""
    lines, ends = [], ""
    for line in text.split("\n"):
        if ends:
            ends = "" if line.lstrip("\t") == ends else ends
            lines.append("")
            continue
        begun = _HERE_DOCUMENT.search(line.partition(" #")[0])
        ends = begun[2] if begun else ""
        lines.append(line[: begun.start()] + line[begun.end() :] if begun else line)
    return "\n".join(lines)


def _of_command(words: list[str], path: str, line: int) -> list[Assignment]:
    before = ""
    while words and (words[0] in _BEFORE or _VARIABLE.match(words[0]) or (before and words[0].startswith("-"))):
        before = words[0]
        words = words[1:]
    name = os.path.basename(words[0]) if words else ""
    if name in _SHELLS:
        at = next((number for number, word in enumerate(words[:-1]) if re.fullmatch("-[a-z]*c", word)), None)
        return sysctl_calls(words[at + 1], path, line) if at is not None else []
    if name != "sysctl" or any(_NOT_SETTING.match(word) for word in words[1:]):
        return []
    settings = [word for word in words[1:] if _SETTING.fullmatch(word) and not word.startswith("-")]
    return [item._replace(line=line) for word in settings for item in sysctld.parse(word, path)]
