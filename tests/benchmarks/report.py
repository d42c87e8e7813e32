# SPDX-License-Identifier: GPL-3.0-or-later
"""What the bench says: tables for a terminal and for tests/README.md, a file of JSON, a plot."""

import json
import os
import platform
import re
import subprocess
from datetime import date
from xml.sax.saxutils import escape

from figures import metrics_of, peers_of, show, value
from goals import GOALS
from peers import CULVERT

MARKS = {True: 'met', False: 'not met', None: 'not measured'}
README_BEGIN, README_END = '<!-- bench: begin -->', '<!-- bench: end -->'


def describe_machine(library):
    def first_line(*command):
        done = subprocess.run(command, capture_output=True, text=True)
        return (done.stdout + done.stderr).split('\n')[0].strip()

    cpu = re.search(r'model name\s*:\s*(.*)', open('/proc/cpuinfo').read())
    return {
        'date': date.today().isoformat(),
        'processor': f'{cpu.group(1) if cpu else platform.machine()}, {os.cpu_count()} cores',
        'kernel': f'Linux {platform.release()}',
        'libssh2': library,
        'OpenSSL': first_line('openssl', 'version').replace('OpenSSL ', '').split(' ')[0],
        'ssh': first_line('ssh', '-V').split(',')[0],
    }


def judge_all(rounds, is_private):
    return [(goal, *goal.judge(rounds, is_private)) for goal in GOALS]


def table(measure, rounds):
    """One measure as lines of text: a row for each metric, a column for each peer."""
    peers = peers_of(rounds, measure.name)
    rows = [['', *peers]]
    for metric in metrics_of(rounds, measure.name):
        rows.append([metric, *(show(value(rounds, measure.name, metric, peer)) for peer in peers)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    yield f'{measure.title} ({measure.name})'
    for row in rows:
        yield '  ' + '  '.join(cell.ljust(width) if i == 0 else cell.rjust(width)
                               for i, (cell, width) in enumerate(zip(row, widths)))
    yield ''


def goal_lines(rounds, is_private):
    yield 'Goals (medians; ratios taken round by round)'
    for goal, figure, limit, is_met in judge_all(rounds, is_private):
        sign = '≤' if goal.at_most else '≥'
        yield f'  {MARKS[is_met]:12}  {show(figure) + goal.unit:>12}  {sign} {show(limit)}{goal.unit}  {goal.text}'


def readme_lines(rounds, is_private, machine, notes):
    yield README_BEGIN
    yield f'Measured on {machine["date"]}: {machine["processor"]}, {machine["kernel"]}, libssh2 {machine["libssh2"]}, ' \
          f'OpenSSL {machine["OpenSSL"]}, {machine["ssh"]}.'
    yield ''
    yield '| goal | measured | asked for | |'
    yield '| --- | --- | --- | --- |'
    for goal, figure, limit, is_met in judge_all(rounds, is_private):
        sign = '≤' if goal.at_most else '≥'
        yield f'| {goal.text} | {show(figure)}{goal.unit} | {sign} {show(limit)}{goal.unit} | {MARKS[is_met]} |'
    for note in notes:
        yield ''
        yield f'Not measured: {note}'
    yield README_END


def write_readme(path, lines):
    text = open(path).read()
    begin, end = text.index(README_BEGIN), text.index(README_END) + len(README_END)
    with open(path, 'w') as file:
        file.write(text[:begin] + '\n'.join(lines) + text[end:])


def write_json(path, rounds, machine, notes, is_private):
    goals = [{'goal': goal.text, 'measured': figure, 'limit': limit, 'at_most': goal.at_most, 'met': is_met}
             for goal, figure, limit, is_met in judge_all(rounds, is_private)]
    with open(path, 'w') as file:
        json.dump({'machine': machine, 'not_measured': notes, 'goals': goals, 'rounds': rounds}, file, indent=1,
                  ensure_ascii=False)
        file.write('\n')


PANELS = [('bulk', 'down MiB/s', 'Download, MiB/s'), ('bulk', 'up MiB/s', 'Upload, MiB/s'),
          ('bulk', 'down CPU s/GiB', 'Processor seconds for a GiB down (less is better)'),
          ('http', 'c1 /s', 'Small pages a second, one connection'),
          ('http', 'new c8 /s', 'Small pages a second, a new connection each'),
          ('crowd-1000', 'KiB per idle connection', 'KiB for an idle connection (less is better)'),
          ('wan-100', 'down Mbit/s', 'Download over 1 Gbit with 100 ms, Mbit/s'),
          ('wan-100', '16 opens p50 RTT', '16 opens at 100 ms, round trips (less is better)')]

STYLE = '''text { font: 13px sans-serif; fill: #222 } .title { font-weight: bold } .bar { fill: #9aa5b1 }
.ours { fill: #3584e4 } .back { fill: #fff }
@media (prefers-color-scheme: dark) { text { fill: #eee } .back { fill: #1e1e1e } .bar { fill: #5e6a75 } }'''


def draw(rounds):
    """The plot as SVG: a panel for each figure, a bar for each program, two panels side by side."""
    shapes, panels = [], []
    for measure, metric, title in PANELS:
        figures = [(peer, value(rounds, measure, metric, peer)) for peer in peers_of(rounds, measure)]
        figures = [(peer, figure) for peer, figure in figures if figure is not None]
        if figures:
            panels.append((title, figures))
    y, bottom = [20, 20], 20
    for index, (title, figures) in enumerate(panels):
        side = index % 2
        x, top = 20 + side * 480, max(y) if side == 0 else y[1]
        if side == 0:
            y = [top, top]
        largest = max(figure for _, figure in figures) or 1
        shapes.append(f'<text class="title" x="{x}" y="{top + 14}">{escape(title)}</text>')
        for row, (peer, figure) in enumerate(figures):
            line = top + 26 + row * 22
            width = max(2, 190 * figure / largest)
            kind = 'bar ours' if peer == CULVERT else 'bar'
            shapes.append(f'<text x="{x + 158}" y="{line + 13}" text-anchor="end">{escape(peer)}</text>'
                          f'<rect class="{kind}" x="{x + 166}" y="{line}" width="{width:.1f}" height="16" rx="2"/>'
                          f'<text x="{x + 172 + width:.1f}" y="{line + 13}">{show(figure)}</text>')
        y[side] = top + 26 + len(figures) * 22 + 24
        bottom = max(bottom, y[side])
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 {bottom}" width="960" height="{bottom}">'
            f'<style>{STYLE}</style><rect class="back" width="960" height="{bottom}"/>{"".join(shapes)}</svg>\n')
