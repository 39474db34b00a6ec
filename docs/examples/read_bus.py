#!/usr/bin/env python3
"""Reads a bus by what docs/formats.md says and nothing else: one JSON object a line for each message.

    read_bus.py FOLDER STEM [--quiet]

STEM is TASK-MESSAGE-BUS, PROJECT-MESSAGE-BUS or journal. With --quiet, text at the end counts as complete.
"""
import json
import pathlib
import re
import sys

HEAD = b"---\nmsg_id: MSG-"
FENCE = b"<!-- torn -->\n"
ULID = rb"[0-7][0-9A-HJKMNP-TV-Z]{25}"
BEGUN = re.compile(rb"^" + HEAD + ULID, re.M)
MARK = re.compile(rb"^<!-- (?:torn|MSG-(%s) v1 (\d{1,12}) ([0-9a-f]{8})) -->\n" % ULID, re.M)
ESCAPED = re.compile(rb"^(<!--\\*)\\( MSG-| torn)", re.M)
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s,:\[\]{}"]+')
JSON_WORD = re.compile(r"null|true|false|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
LISTS = ("parents", "links", "meta")


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def torn_end(gap):
    """Where the beginning of a record stands that `gap` ends in."""
    for at in range(max(0, len(gap) - 41), len(gap)):
        part = gap[at:]
        begins_line = at == 0 or gap[at - 1:at] == b"\n"
        if begins_line and HEAD.startswith(part[:16]) and re.fullmatch(rb"[0-9A-HJKMNP-TV-Z]*", part[16:]):
            return at
    return None


def torn_at(gap, fenced):
    """Where in `gap` a record stands that broke off; None: all of it is text."""
    begun = BEGUN.search(gap)
    if begun:
        return begun.start()
    at = torn_end(gap)
    if at is None:
        line = gap.rfind(b"\n", 0, max(0, len(gap) - 1)) + 1
        last = gap[line:].removesuffix(b"\n")
        broken_fence = last != b"" and FENCE.startswith(last)
        before = gap[:line] if broken_fence else gap
        if (fenced or broken_fence) and before.endswith(b"\n"):
            at = torn_end(before[:-1])
    return at


def value(key, text):
    if key not in LISTS:
        return json.loads(text) if text.startswith('"') else text
    quote = lambda word: word if word[0] == '"' or JSON_WORD.fullmatch(word) else json.dumps(word)
    return json.loads(TOKEN.sub(lambda token: quote(token[0]), text))


def record(data):
    header, body = data.removeprefix(b"---\n").split(b"\n---\n", 1)
    fields = dict(line.split(": ", 1) for line in header.decode().split("\n"))
    message = {key: value(key, text) for key, text in fields.items()}
    message["body"] = ESCAPED.sub(rb"\1\2", body[:-1]).decode("utf-8", "replace")
    return message


class Bus:
    def __init__(self, folder, stem):
        is_closed = re.compile(re.escape(stem) + r"\.MSG-[0-9A-Z]{26}\.md").fullmatch
        closed = sorted(path for path in folder.iterdir() if is_closed(path.name))
        self.files = [(path, True) for path in closed] + [(folder / f"{stem}.md", False)]
        self.last, self.bytes_of_text = "", 0

    def passed(self, count, message):
        """Moves the cursor on, and gives it to a message."""
        self.bytes_of_text += count
        cursor = f"{self.last}+{self.bytes_of_text}" if self.bytes_of_text or not self.last else self.last
        return {**message, "cursor": cursor}

    def text(self, gap, torn):
        text = gap[:torn]
        if not text.strip(b" \t\n\r\f"):
            self.bytes_of_text += len(gap)
            return []
        body = text.rstrip(b"\n").decode("utf-8", "replace")
        return [self.passed(len(gap), {"type": "INFO", "body": body, "plain": True})]

    def messages(self, quiet):
        for path, closed in self.files:
            data, start = path.read_bytes() if path.exists() else b"", 0
            for mark in MARK.finditer(data):
                at, end = mark.span()
                if mark[1] is None:
                    yield from self.text(data[start:at], torn_at(data[start:at], True))
                    self.bytes_of_text += len(FENCE)
                    start = end
                    continue
                begin = at - int(mark[2])
                whole = data[begin:at] if begin >= start else b""
                if whole.startswith(HEAD + mark[1] + b"\n") and crc32c(whole) == int(mark[3], 16):
                    yield from self.text(data[start:begin], torn_at(data[start:begin], False))
                    self.last, self.bytes_of_text = f"MSG-{mark[1].decode()}", 0
                    yield self.passed(0, record(whole))
                    start = end
            rest = data[start:]
            torn = torn_at(rest, False)
            if closed or quiet or torn is not None:
                yield from self.text(rest if closed else rest[:torn], torn)


if __name__ == "__main__":
    for message in Bus(pathlib.Path(sys.argv[1]), sys.argv[2]).messages("--quiet" in sys.argv[3:]):
        print(json.dumps(message))
