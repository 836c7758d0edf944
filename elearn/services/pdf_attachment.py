"""Run as a program of its own: a PDF on standard input, its attached credential on standard output.

A PDF from outside may hold anything. Whatever it does to its reader stays in this process, which has little memory,
little time and may write no file; services.attached starts it.
"""

import io
import resource
import sys

from pypdf import PdfReader

MEMORY, SECONDS = 512 * 1024 * 1024, 5
BROKEN = 4


def main(name: str, none: int) -> int:
    """0: the attachment is on standard output. `none`: a PDF without it. BROKEN: no PDF that can be read."""
    body = sys.stdin.buffer.read()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        attached = PdfReader(io.BytesIO(body)).attachments
        found = attached[name][0] if name in attached else None
    except Exception:  # whatever a reader of PDF stumbles on
        return BROKEN
    if found is None:
        return none
    sys.stdout.buffer.write(found)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
