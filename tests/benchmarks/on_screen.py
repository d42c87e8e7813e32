#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured of the whole program on a display of its own: run by window.py under display-run.

    on_screen.py start N FIRST_FRAME CULVERT BARE    N starts of each in turn, up to the first frame
    on_screen.py idle SECONDS CULVERT PORT...        nothing to do, once all ports are listened on

Prints JSON.  The store is $CULVERT_CONFIG_DIR."""

import json
import os
import re
import subprocess
import sys
import time

PATIENCE_S = 60
SETTLED_S = 65  # what has just happened is counted in seconds for a minute

MINIMISED_S = 10  # the window manager and the screen reader's side have their say first


def say(figures):
    print(json.dumps(figures), flush=True)


def start_once(preload, program):
    """(seconds from the start to the first frame, processor seconds until then)"""
    environment = {**os.environ, 'LD_PRELOAD': preload}
    began = time.monotonic()
    done = subprocess.run([program], env=environment, capture_output=True, text=True, timeout=PATIENCE_S)
    painted, cpu = done.stdout.split()[-2:]
    return float(painted) - began, float(cpu)


def start(n, preload, *programs):
    runs = [[] for _ in programs]
    for _ in range(int(n) + 1):
        for i, program in enumerate(programs):
            runs[i].append(start_once(preload, program))
    # The first of each reads the disk.
    say([{'seconds': min(run[0] for run in of[1:]), 'cpu': min(run[1] for run in of[1:])} for of in runs])


def tasks(pid):
    folder = f'/proc/{pid}/task'
    return [os.path.join(folder, task) for task in os.listdir(folder)]


def count(pid):
    """{thread: (wake-ups, processor seconds)}, all so far"""
    counts = {}
    for task in tasks(pid):
        text = open(f'{task}/status').read()
        switches = int(re.search(r'^voluntary_ctxt_switches:\s*(\d+)', text, re.M).group(1))
        counts[task] = (switches, int(open(f'{task}/schedstat').read().split()[0]) / 1e9)
    return counts


def measure(pid, seconds):
    before = count(pid)
    time.sleep(seconds)
    after = count(pid)
    names = {task: open(f'{task}/comm').read().strip() for task in after}
    wakeups = {task: after[task][0] - before.get(task, (0, 0))[0] for task in after}
    threads = {f'{names[task]} {os.path.basename(task)}': n / seconds for task, n in wakeups.items() if n}
    cpu = sum(after[task][1] - before.get(task, (0, 0))[1] for task in after)
    return {'wakeups': sum(wakeups.values()) / seconds, 'cpu_ms': cpu * 1000 / seconds, 'threads': threads}


def is_listened_on(port):
    state = re.compile(rf'^\s*\d+: \S+:{int(port):04X} \S+ 0A ', re.M)
    return state.search(open('/proc/net/tcp').read()) is not None


def wait_for(condition):
    end = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError('the tunnels do not come up')
        time.sleep(0.1)


def windows(pid):
    done = subprocess.run(['xdotool', 'search', '--onlyvisible', '--pid', str(pid)], capture_output=True, text=True)
    return done.stdout.split()


def end(process):
    process.terminate()
    process.wait()


def idle(seconds, program, *ports):
    seconds = float(seconds)
    figures = {}
    shown = subprocess.Popen([program])
    try:
        wait_for(lambda: windows(shown.pid) and all(map(is_listened_on, ports)))
        time.sleep(SETTLED_S)
        figures['shown'] = measure(shown.pid, seconds)
        for window in windows(shown.pid):
            subprocess.run(['xdotool', 'windowminimize', window], check=False)
        time.sleep(MINIMISED_S)
        figures['minimised'] = measure(shown.pid, seconds)
    finally:
        end(shown)
    hidden = subprocess.Popen([program, '--background'])
    try:
        wait_for(lambda: all(map(is_listened_on, ports)))
        # Nobody shows an icon here, which it says by notification after a while.
        time.sleep(15)
        figures['hidden'] = measure(hidden.pid, seconds)
    finally:
        end(hidden)
    say(figures)


if __name__ == '__main__':
    {'start': start, 'idle': idle}[sys.argv[1]](*sys.argv[2:])
