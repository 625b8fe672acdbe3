"""Draws the results as a bar chart relative to their targets, in the reader's colour scheme. A bar beyond the dashed
line exceeds its target; the length of bars is limited."""

from html import escape

from report import plain

WIDTH, ROW, TOP, LABELS, ONE, MOST = 960, 30, 46, 440, 170, 2.0
VALUES = LABELS + ONE * MOST + 12
STYLE = """
svg { --ink: #1b211d; --quiet: #5c665f; --good: #1d7a4c; --bad: #b4442e; --line: #1b211d; background: #fbfaf5 }
text { fill: var(--ink); font: 13px system-ui, sans-serif } .quiet { fill: var(--quiet) }
.good { fill: var(--good) } .bad { fill: var(--bad) } line { stroke: var(--line); stroke-dasharray: 4 3 }
@media (prefers-color-scheme: dark) {
  svg { --ink: #eef1ec; --quiet: #a3ada6; --good: #4fc287; --bad: #ec8a73; --line: #eef1ec; background: #0e1411 }
}"""


def reached(result):
    """The result relative to its target; 1 or more meets it."""
    if result.at_least:
        return result.value / result.wanted
    return result.wanted / result.value


def draw(path, results):
    results = [result for result in results if result.wanted is not None]
    height = TOP + ROW * len(results) + 12
    bars = []
    for number, result in enumerate(results):
        y = TOP + ROW * number
        name = " ".join(filter(None, [f"{result.row}", result.what.replace("`", ""), result.peer and f"– {result.peer}"]))
        length = min(reached(result), MOST) * ONE
        kind = "good" if result.is_met else "bad"
        value = f"{plain(result.value)}{result.unit} ({result.wish()})"
        bars.append(f'<text x="{LABELS - 12}" y="{y + 17}" text-anchor="end">{escape(name)}</text>')
        bars.append(f'<rect class="{kind}" x="{LABELS}" y="{y + 4}" width="{max(length, 2):.0f}" height="18" rx="3"/>')
        bars.append(f'<text class="quiet" x="{VALUES:.0f}" y="{y + 17}">{escape(value)}</text>')
    met = sum(result.is_met for result in results)
    x = LABELS + ONE
    path.write_text(f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="t d">
<title id="t">Rollcall beside its peers</title>
<desc id="d">{met} of {len(results)} measures meet their target, the dashed line; longer is better.</desc>
<style>{STYLE}</style>
<text class="quiet" x="{x}" y="20" text-anchor="middle">target</text>
<line x1="{x}" y1="28" x2="{x}" y2="{height - 8}"/>
{chr(10).join(bars)}
</svg>
""")
