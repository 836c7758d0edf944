"""A power cut, by replay: what a process asked of the disk is recorded with strace, then done again up to some moment
in a fresh folder. What a file was told after its last fsync may be lost, whole or in sectors of 512 bytes.

The mapped `-shm` file is not replayed: SQLite makes it anew. A removed file is gone at once: SQLite removes a WAL only
after its content lies in the database, fsync included.
"""

import random
import re
import shutil
import subprocess
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CALLS = "pwrite64,write,writev,sendto,sendmsg,ftruncate,unlink,rename,fsync,fdatasync"
SECTOR = 512
MODES = ("dropped", "by chance", "torn")

_LINE = re.compile(r"(\d+)\s+(?:<\.\.\. )?(\w+)(?: resumed>|\()")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
_FILE = re.compile(r"\d+<((?:\\x[0-9a-f]{2})*)>")
_ACKNOWLEDGED = re.compile(rb"(?i)^HTTP/1.1 303 .*?^x-answer: ([0-9a-f]{32})\r$", re.DOTALL | re.MULTILINE)


def record_with(trace: Path) -> list[str]:
    """The words that start a program under strace."""
    quiet = ["-e", "signal=none", "-e", f"trace={CALLS}"]
    return ["strace", "--seccomp-bpf", "-f", "-y", "-xx", "-s", "9000", *quiet, "-o", str(trace)]


def can_record() -> bool:
    """Is strace there, and may it trace?"""
    if shutil.which("strace") is None:
        return False
    tried = subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True, check=False, timeout=20)
    return tried.returncode == 0


@dataclass(frozen=True, slots=True)
class Call:
    """One call on a file of the database. `began` and `ended`: places in the record. `data`: None for a new length."""

    name: str
    file: str
    began: int
    ended: int
    offset: int = 0
    data: bytes | None = None


@dataclass(frozen=True)
class Record:
    """`calls` in the order in which they ended; `acknowledged`: (place in the record, mark of the form)."""

    calls: list[Call]
    acknowledged: list[tuple[int, str]]
    lines: int


def read_record(trace: Path, database: Path) -> Record:
    names = {str(database): "elearn.sqlite", f"{database}-wal": "elearn.sqlite-wal"}
    calls: list[Call] = []
    acknowledged: list[tuple[int, str]] = []
    open_calls: dict[str, tuple[int, str]] = {}
    number = 0
    with trace.open(encoding="ascii") as lines:
        for number, line in enumerate(lines):
            found = _LINE.match(line)
            if found is None:
                continue
            process, name = found.groups()
            began = number
            if " resumed>" in line[: found.end()]:
                began, start = open_calls.pop(process, (number, ""))
                line = start + line[found.end() :]
            elif name.startswith(("write", "send")):
                acknowledged += [(number, mark) for mark in _marks(line)]  # it may arrive as soon as it is asked for
            if "<unfinished ...>" in line:
                open_calls[process] = (number, line.partition("<unfinished ...>")[0])
                continue
            call = _call(name, line, began, number, names)
            if call is not None:
                calls.append(call)
    return Record(calls, acknowledged, number + 1)


def _marks(line: str) -> list[str]:
    words = b"".join(_bytes(found) for found, _ in _STRING.findall(line))
    return [mark.decode() for mark in _ACKNOWLEDGED.findall(words)]


def _call(name: str, line: str, began: int, ended: int, names: dict[str, str]) -> Call | None:
    if name in ("write", "writev", "sendto", "sendmsg"):
        named = _FILE.search(line)
        assert named is None or _bytes(named[1]).decode() not in names, "SQLite writes with pwrite64 alone"
        return None
    if name in ("unlink", "rename"):
        file = names.get(_bytes(_STRING.search(line)[1]).decode())  # type: ignore[index]
        assert name == "unlink" or file is None, "nothing renames a database"
        return Call(name, file, began, ended) if file and line.rstrip().endswith("= 0") else None
    named = _FILE.search(line)
    file = names.get(_bytes(named[1]).decode()) if named else None
    if file is None:
        return None
    if name in ("fsync", "fdatasync"):
        assert line.rstrip().endswith("= 0"), line
        return Call("sync", file, began, ended)
    if name == "ftruncate":
        length = re.search(r">, (\d+)\s*\)", line)
        assert length is not None
        return Call(name, file, began, ended, int(length[1]))
    written = re.search(r'", (\d+), (\d+)\s*\)\s+= (\d+)', line)
    text = _STRING.search(line)
    assert written is not None and text is not None and not text[2] and written[1] == written[3], line[:200]
    return Call(name, file, began, ended, int(written[2]), _bytes(text[1]))


def _bytes(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))


@dataclass
class Disk:
    """What is safe of each file, and what it was told since its last fsync."""

    safe: dict[str, bytearray]
    told: dict[str, list[Call]] = field(default_factory=dict)

    def take(self, call: Call) -> None:
        if call.name == "unlink":
            self.safe.pop(call.file, None)
            self.told.pop(call.file, None)
        elif call.name == "sync":
            kept = self.told.get(call.file, [])
            for one in kept:
                if one.ended < call.began:
                    _do(self.safe.setdefault(call.file, bytearray()), one)
            self.told[call.file] = [one for one in kept if one.ended >= call.began]
        else:
            self.told.setdefault(call.file, []).append(call)

    def after_a_cut(self, mode: str, chance: random.Random) -> dict[str, bytearray]:
        """The files as someone finds them when power is back."""
        found = {name: bytearray(body) for name, body in self.safe.items()}
        for name, calls in self.told.items():
            for call in calls if mode != "dropped" else ():
                _do(found.setdefault(name, bytearray()), call, chance, torn=mode == "torn")
        return found


def _do(body: bytearray, call: Call, chance: random.Random | None = None, torn: bool = False) -> None:
    """Do a call again. With `chance`, or not, or in part."""
    if chance is not None and not (torn and call.data) and chance.random() < 0.5:
        return
    if call.data is None:
        body[call.offset :] = bytes(max(0, call.offset - len(body)))
        return
    for start in range(0, len(call.data), SECTOR if torn else len(call.data)):
        if torn and chance is not None and chance.random() < 0.5:
            continue
        part = call.data[start : start + SECTOR] if torn else call.data
        begin = call.offset + start
        body.extend(bytes(max(0, begin - len(body))))
        body[begin : begin + len(part)] = part


@dataclass(frozen=True)
class Cut:
    mode: str
    files: dict[str, bytearray]
    acknowledged: frozenset[str]


def cuts(record: Record, before: Path, count: int, chance: random.Random) -> Iterator[Cut]:
    """So many power cuts at moments by chance, from the first acknowledgement on. `before`: the files at the start."""
    first = record.acknowledged[0][0]
    moments = sorted(chance.randrange(first, record.lines + 1) for _ in range(count))
    disk = Disk({path.name: bytearray(path.read_bytes()) for path in before.iterdir()})
    places = [place for place, _ in record.acknowledged]
    marks = [mark for _, mark in record.acknowledged]
    waiting = iter(record.calls)
    call = next(waiting, None)
    for number, moment in enumerate(moments):
        while call is not None and call.ended < moment:
            disk.take(call)
            call = next(waiting, None)
        mode = MODES[number % len(MODES)]
        known = bisect_right(places, moment - 1)
        yield Cut(mode, disk.after_a_cut(mode, chance), frozenset(marks[:known]))
