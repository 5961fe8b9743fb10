"""Draws what was measured as horizontal bars, one SVG file a question. No library: a bar is a rectangle. Readable on a light page and on a dark one."""
import html

LEFT, WIDTH, BAR, GAP, TOP = 210, 520, 18, 8, 44
STYLE = '''<style>
.page { fill: #ffffff } text { fill: #1c2126 } .ours { fill: #1f6f54 } .floor { fill: #8a8f94 } .peer { fill: #b9c7d6 }
@media (prefers-color-scheme: dark) {
.page { fill: #14181c } text { fill: #e3e7ea } .ours { fill: #4fc39a } .floor { fill: #8a8f94 } .peer { fill: #43566a } }
</style>'''


def bars(path, title, unit, rows):
    """rows: (label, value, 'ours' | 'floor' | 'peer'), in the order shown. The scale is linear, cut where one row would dwarf the others."""
    values = sorted(value for _, value, _ in rows)
    limit = min(values[-1], 12 * values[len(values) // 2])
    height = TOP + len(rows) * (BAR + GAP) + 14
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 110} {height}" font-family="sans-serif" font-size="13">', STYLE,
           f'<rect class="page" width="100%" height="100%"/><text x="12" y="24" font-size="15" font-weight="bold">{html.escape(title)}</text>']
    for index, (label, value, kind) in enumerate(rows):
        y = TOP + index * (BAR + GAP)
        length = max(1.5, min(value, limit) / limit * WIDTH)
        out.append(f'<text x="{LEFT - 10}" y="{y + 14}" text-anchor="end">{html.escape(label)}</text>')
        out.append(f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR}"/>')
        if value > limit:
            x = LEFT + WIDTH - 40
            out.append(f'<path class="page" d="M{x} {y - 2} l8 {BAR + 4} h8 l-8 -{BAR + 4} z"/>')
        figure = f'{value:.1f}' if value < 100 else f'{value:.0f}'
        out.append(f'<text x="{LEFT + length + 8:.1f}" y="{y + 14}">{figure} {html.escape(unit)}</text>')
    out.append('</svg>')
    with open(path, 'w') as file:
        file.write('\n'.join(out) + '\n')
