"""Draws what was measured as horizontal bars, one SVG file a question. No library: a bar is a rectangle."""
import html

LEFT, WIDTH, BAR, GAP, TOP = 210, 520, 18, 8, 44


def bars(path, title, unit, rows):
    """rows: (label, value, 'ours' | 'floor' | 'peer'), in the order shown. The scale is linear, cut where one row would dwarf the others."""
    values = sorted(value for _, value, _ in rows)
    limit = min(values[-1], 12 * values[len(values) // 2])
    height = TOP + len(rows) * (BAR + GAP) + 14
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 110} {height}" font-family="sans-serif" font-size="13">',
           f'<rect width="100%" height="100%" fill="#ffffff"/><text x="12" y="24" font-size="15" font-weight="bold">{html.escape(title)}</text>']
    colours = {'ours': '#1f6f54', 'floor': '#9a9a9a', 'peer': '#b9c7d6'}
    for index, (label, value, kind) in enumerate(rows):
        y = TOP + index * (BAR + GAP)
        length = max(1.5, min(value, limit) / limit * WIDTH)
        out.append(f'<text x="{LEFT - 10}" y="{y + 14}" text-anchor="end">{html.escape(label)}</text>')
        out.append(f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR}" fill="{colours[kind]}"/>')
        if value > limit:
            x = LEFT + WIDTH - 40
            out.append(f'<path d="M{x} {y - 2} l8 {BAR + 4} h8 l-8 -{BAR + 4} z" fill="#ffffff"/>')
        figure = f'{value:.1f}' if value < 100 else f'{value:.0f}'
        out.append(f'<text x="{LEFT + length + 8:.1f}" y="{y + 14}">{figure} {html.escape(unit)}</text>')
    out.append('</svg>')
    with open(path, 'w') as file:
        file.write('\n'.join(out) + '\n')
