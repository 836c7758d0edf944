"""The transcript of a sound or a video -> HTML, checked like prose. It holds no question, no footnote, no player."""

from elearn.core import markup
from elearn.core.outline import groups
from elearn.core.scan import find, scan, stray_boxes
from elearn.core.source import Source, readable


def transcript(source: Source, links: markup.Resolver) -> str:
    """Cleaned HTML; nothing where the file cannot be read, with every problem told to `source`."""
    if not readable(source):
        return ""
    try:
        tokens, env = markup.parse("\n".join(source.lines))
    except markup.TooDeep as error:
        source.report("E164", error.line + 1)
        return ""
    scan(source, tokens)
    kept = []
    for group in groups(tokens):
        if group[0].type == "footnote_block_open":
            continue
        stray_boxes(source, group, answers=False)
        kept += group
    for token in kept:
        for child in token.children or []:
            if child.type == "footnote_ref":
                line = token.map[0] if token.map else 0
                source.report("W117", line + 1, find(source, line, "[^"), variant="transcript")
        if token.children:
            token.children = [child for child in token.children if child.type != "footnote_ref"]
    return markup.render(kept, env, links).decode()
