# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured.  Each measure is a table row: its name, its peers, the place it wants, and a function
that takes a running peer and returns {metric: figure}.  A figure that could not be had is left out."""

import json
import subprocess
import time
from dataclasses import dataclass, field

import window
from peers import BARE, CULVERT, DBCLIENT, DIRECT, PLINK, SSH, SSH_COMMAND, SSH_GCM

MIB = 1024 * 1024
GIB = 1024 * MIB
PATIENCE_S = 20


def transfer(peer, direction, n_bytes, n_streams=1):
    """MiB/s and seconds of processor time for each GiB."""
    target = 'source' if direction == 'down' else 'sink'
    before = peer.cpu_s()
    result = peer.place.load(direction, peer.host, peer.ports[target], n_bytes, n_streams, seconds=PATIENCE_S)
    if result is None:
        return {}
    figures = {f'{direction} MiB/s': result['bytes'] / MIB / result['seconds']}
    if before is not None:
        figures[f'{direction} CPU s/GiB'] = (peer.cpu_s() - before) / result['bytes'] * GIB
    return figures


def bulk(peer, scale):
    n_bytes = int(512 * MIB * scale)
    return {**transfer(peer, 'down', n_bytes), **transfer(peer, 'up', n_bytes)}


def streams(peer, scale):
    n_bytes = int(512 * MIB * scale)
    return {**transfer(peer, 'down', n_bytes, 4), **transfer(peer, 'up', n_bytes, 4)}


def asking(peer, verb, target, reply, n, seconds, label):
    before = peer.cpu_s()
    result = peer.place.load(verb, peer.host, peer.ports[target], reply, n, seconds, seconds=seconds + 25)
    if result is None:
        return {}
    figures = {f'{label} /s': result['n'] / result['seconds'], f'{label} p50 ms': result['p50_ms'],
               f'{label} p99 ms': result['p99_ms'], f'{label} max ms': result['max_ms']}
    if before is not None:
        figures[f'{label} CPU µs'] = (peer.cpu_s() - before) / result['n'] * 1e6
    return figures


def http(peer, scale):
    seconds = max(0.5, 2 * scale)
    return {**asking(peer, 'ask', 'page', 1152, 1, seconds, 'c1'),
            **asking(peer, 'ask', 'page', 1152, 16, seconds, 'c16'),
            **asking(peer, 'new', 'page', 1152, 8, seconds, 'new c8')}


def opens(peer, scale):
    seconds = max(0.5, 1 * scale)
    figures = {}
    for n in (1, 8, 32):
        figures.update(asking(peer, 'new', 'echo', 64, n, seconds, f'{n} at a time'))
    return figures


def burst(peer, scale):
    result = peer.place.load('opens', peer.host, peer.ports['echo'], 1000, seconds=60)
    return {'s': result['seconds']} if result else {}


def crowd(peer, scale, n):
    """@n idle connections, one that asks beside them, then all of them at once."""
    seconds = max(0.5, 1.5 * scale)
    before = peer.memory_kib()[1] if peer.process else None
    hold = peer.place.start_load('hold', peer.host, peer.ports['echo'], n)

    def tell(order):
        if order:
            hold.stdin.write(order + '\n')
            hold.stdin.flush()
        line = hold.stdout.readline()
        return json.loads(line) if line else None

    figures = {}
    try:
        if tell(None) is None:
            return {}
        if peer.process:
            time.sleep(0.3)
            rss, private = peer.memory_kib()
            figures['KiB per idle connection'] = (private - before) / n
            figures['RSS MiB'] = rss / 1024
        ping = tell(f'ping {seconds}')
        if ping:
            figures.update({'ping p50 ms': ping['p50_ms'], 'ping p99 ms': ping['p99_ms']})
        cpu = peer.cpu_s()
        asked = tell(f'ask {seconds}')
        if asked:
            figures.update({'all active /s': asked['n'] / asked['seconds'], 'all active p50 ms': asked['p50_ms'],
                            'all active p99 ms': asked['p99_ms'], 'all active max ms': asked['max_ms']})
            if cpu is not None:
                figures['all active CPU µs'] = (peer.cpu_s() - cpu) / asked['n'] * 1e6
    finally:
        hold.stdin.close()
        hold.wait()
        hold.stdout.close()
    return figures


def stalled(peer, scale):
    """A transfer alone; then beside four readers that take 10 KB/s, with one that asks."""
    n_bytes = int(512 * MIB * scale)
    alone = transfer(peer, 'down', n_bytes).get('down MiB/s')
    before = peer.memory_kib()[0] if peer.process else None
    slow = peer.place.start_load('slow', peer.host, peer.ports['source'], 4, 10240)
    slow.stdout.readline()
    time.sleep(0.5)
    ping = peer.place.start_load('ask', peer.host, peer.ports['echo'], 64, 1, max(0.5, 1 * scale))
    beside = transfer(peer, 'down', n_bytes).get('down MiB/s')
    line = ping.stdout.readline()
    figures = {'alone MiB/s': alone, 'beside MiB/s': beside}
    if alone and beside:
        figures['beside / alone'] = beside / alone
    if line:
        figures['ping p99 ms'] = json.loads(line)['p99_ms']
    if before is not None:
        figures['RSS grown MiB'] = (peer.memory_kib()[0] - before) / 1024
    for process in (ping, slow):
        process.stdin.close()
        process.stdout.close()
    ping.wait()
    slow.terminate()
    slow.wait()
    return figures


def long_link(peer, scale):
    n_bytes = int(192 * MIB * scale)
    figures = {}
    together = peer.place.load('opens', peer.host, peer.ports['echo'], 16, seconds=60)
    if together:
        figures['16 opens p50 RTT'] = together['p50_ms'] / peer.place.round_trip_ms
    for direction in ('down', 'up'):
        rate = transfer(peer, direction, n_bytes if direction == 'down' else n_bytes // 3).get(f'{direction} MiB/s')
        if rate:
            figures[f'{direction} Mbit/s'] = rate * MIB * 8 / 1e6
    return figures


def owner(peer, scale):
    """Looking up whose a connection is, beside connecting, accepting and closing; no tunnel has a part in it."""
    n = max(1000, int(10000 * scale))
    done = subprocess.run([peer.place.programs.owner, str(n)], capture_output=True, text=True)
    if done.returncode != 0:
        return {}
    result = json.loads(done.stdout)
    return {'connections /s': n / result['connections_s'], 'lookups /s': n / max(result['lookups_s'], 1e-9),
            'lookup / connection': result['lookups_s'] / result['connections_s']}


def idle(peer, scale):
    if peer.process is None:
        return {}
    seconds = max(2, 5 * scale)
    time.sleep(0.5)
    cpu, wakeups = peer.cpu_s(), peer.wakeups()
    time.sleep(seconds)
    return {'CPU ms/s': (peer.cpu_s() - cpu) * 1000 / seconds, 'wake-ups /s': (peer.wakeups() - wakeups) / seconds}


@dataclass
class Measure:
    name: str
    title: str
    run: object
    peers: list
    cipher: str = None
    mac: str = None
    delay_ms: float = None  # one way, over a link of 1 Gbit
    extra: dict = field(default_factory=dict)
    in_window: bool = False  # run() takes (programs, keys, scale) and returns {peer: {metric: figure}}


ALL = [CULVERT, SSH, SSH_COMMAND, PLINK, DBCLIENT, DIRECT]
CIPHERS = [('aes128-gcm', 'aes128-gcm@openssh.com', None), ('aes256-gcm', 'aes256-gcm@openssh.com', None),
           ('chacha20', 'chacha20-poly1305@openssh.com', None),
           ('aes128-ctr', 'aes128-ctr', 'hmac-sha2-256'),
           ('aes128-ctr-etm', 'aes128-ctr', 'hmac-sha2-256-etm@openssh.com')]

MEASURES = [
    Measure('bulk', 'One connection, each program with its own choice of cipher', bulk,
            [CULVERT, SSH, SSH_GCM, PLINK, DBCLIENT, DIRECT]),
    *[Measure(f'bulk-{name}', f'One connection, {name}', bulk, [CULVERT, SSH], cipher, mac)
      for name, cipher, mac in CIPHERS],
    Measure('streams', 'Four connections', streams, [CULVERT, SSH_GCM, DIRECT]),
    Measure('http', 'Pages of 1 KiB: kept connections (1 and 16), and a new one each (8)', http, ALL),
    Measure('opens', 'A new connection for each request', opens, ALL),
    Measure('burst', '1,000 connections at the same moment', burst, [CULVERT, SSH, PLINK, DIRECT]),
    Measure('crowd-200', '200 connections', crowd, [CULVERT, SSH, PLINK, DBCLIENT], extra={'n': 200}),
    Measure('crowd-1000', '1,000 connections', crowd, [CULVERT, SSH, PLINK], extra={'n': 1000}),
    Measure('stalled', 'A transfer beside four stalled readers', stalled, [CULVERT, SSH_GCM, PLINK]),
    Measure('owner', 'Looking up whose a connection is, beside making, accepting and closing one', owner, [CULVERT]),
    Measure('idle', 'Nothing to do', idle, [CULVERT, SSH, PLINK, DBCLIENT]),
    Measure('wan-50', '1 Gbit, round trip 50 ms', long_link, [CULVERT, SSH_GCM, PLINK, DIRECT], delay_ms=25),
    Measure('wan-100', '1 Gbit, round trip 100 ms', long_link, [CULVERT, SSH_GCM, PLINK, DIRECT], delay_ms=50),
    Measure('window-list', 'The window: the list of 200 tunnels scrolled, all of them sampled', window.frames, [CULVERT],
            extra={'kind': 'list'}, in_window=True),
    Measure('window-table', 'The window: the table of 5,000 connections scrolled, all of them moving', window.frames,
            [CULVERT], extra={'kind': 'table'}, in_window=True),
    Measure('window-start', 'The window: from the start to the first frame, 20 tunnels', window.start, [CULVERT, BARE],
            in_window=True),
    Measure('window-idle', 'The window: 20 tunnels, 5 of them up, nothing to do', window.idle, [CULVERT],
            in_window=True),
]
