# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured of the window, on a virtual display of its own (tests/support/display-run): its frames,
its start beside the least that libadwaita can show, and what it does while there is nothing to do."""

import json
import os
import subprocess
import sys

from peers import BARE, CULVERT
from place import Failure, Place

FOLDER = os.path.dirname(os.path.abspath(__file__))
DISPLAY_RUN = os.path.join(FOLDER, '../support/display-run')
ON_SCREEN = os.path.join(FOLDER, 'on_screen.py')
N_TUNNELS = 20
N_UP = 5


def on_display(programs, command, environment=(), options=()):
    """The JSON that @command prints on a display of its own."""
    env = {**os.environ, 'LC_ALL': 'C.UTF-8', 'GSETTINGS_BACKEND': 'memory', 'GIO_USE_VFS': 'local',
           'GSETTINGS_SCHEMA_DIR': programs.schemas, **dict(environment)}
    done = subprocess.run([DISPLAY_RUN, *options, '--', *map(str, command)], env=env, capture_output=True, text=True)
    if done.returncode != 0 or not done.stdout.strip():
        raise Failure((done.stderr.strip() or 'it says nothing').split('\n')[-1])
    return json.loads(done.stdout.strip().split('\n')[-1])


def frames(programs, keys, scale, kind):
    told = on_display(programs, [programs.frames, kind])
    figures = {}
    for key, name in (('frame', ''), ('cpu', 'CPU '), ('gap', 'apart ')):
        figures.update({f'{name}p50 ms': told[key]['p50'], f'{name}p95 ms': told[key]['p95'],
                        f'{name}max ms': told[key]['max'], f'{name}over 33 ms': told[key]['long']})
    figures['moving all CPU ms'] = told['moved']
    return {CULVERT: figures}


def write_tunnel(store, keys, place, i):
    port = place.new_port() if place else 30000 + i
    is_up = place is not None and i < N_UP
    host, at = (place.host, place.port) if is_up else (f'host-{i}.example.com', 22)
    with open(os.path.join(store, f'tunnel-{i:02}.culvert'), 'w') as file:
        file.write(f'[Tunnel]\nVersion=1\nName=Server {i:02}\nGroup=Group {i // 5}\nHost={host}\nPort={at}\n'
                   f'Methods=key;\nKeyFiles={keys.path("user")};\nOnlyListedKeys=true\n'
                   f'KnownHostsFiles={keys.path("known_hosts")};\nStartWithProgram={str(is_up).lower()}\n'
                   f'[Forward web]\nKind=local\nListen={port}\nTarget=127.0.0.1:80\n')
    return port


def write_store(keys, place=None):
    """Returns: the environment that leads to it, the ports of what is up."""
    folder = keys.path('window')
    os.makedirs(folder, mode=0o700, exist_ok=True)
    ports = [write_tunnel(folder, keys, place, i) for i in range(N_TUNNELS)]
    return {'CULVERT_CONFIG_DIR': folder}, ports[:N_UP]


def start(programs, keys, scale):
    environment, _ = write_store(keys)
    n = max(3, int(10 * scale))
    told = on_display(programs, [sys.executable, ON_SCREEN, 'start', n, programs.first_frame, programs.culvert,
                                 programs.bare], environment)
    return {name: {'first frame ms': one['seconds'] * 1000, 'CPU ms': one['cpu'] * 1000}
            for name, one in zip((CULVERT, BARE), told)}


def idle(programs, keys, scale):
    place = Place(programs, keys)
    try:
        environment, ports = write_store(keys, place)
        told = on_display(programs, [sys.executable, ON_SCREEN, 'idle', max(5, 20 * scale), programs.culvert, *ports],
                          environment, ['--window-manager'])
    finally:
        place.close()
    figures = {}
    for state, one in told.items():
        figures[f'{state}: wake-ups /s'] = one['wakeups']
        figures[f'{state}: CPU ms/s'] = one['cpu_ms']
    return {CULVERT: figures}
