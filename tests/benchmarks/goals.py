# SPDX-License-Identifier: GPL-3.0-or-later
"""The goals that Culvert has set itself: with its own libssh2, and the floor with the system's."""

from dataclasses import dataclass

from figures import ratio, value
from peers import BARE, CULVERT, DBCLIENT, DIRECT, PLINK, SSH, SSH_COMMAND, SSH_GCM


@dataclass
class Goal:
    text: str
    figure: object  # a function of the rounds
    private: float
    system: float = None
    at_most: bool = False
    unit: str = '×'

    def judge(self, rounds, is_private):
        """(figure, goal, whether it is met); None where there is nothing to judge."""
        figure = self.figure(rounds)
        goal = self.private if is_private or self.system is None else self.system
        if figure is None:
            return None, goal, None
        return figure, goal, figure <= goal if self.at_most else figure >= goal


def by(measure, metric, other, peer=CULVERT):
    return lambda rounds: ratio(rounds, measure, metric, peer, other)


def own(measure, metric):
    return lambda rounds: value(rounds, measure, metric, CULVERT)


GOALS = [
    Goal('bulk down, beside ssh with its usual cipher', by('bulk', 'down MiB/s', SSH), 1.5, 0.55),
    Goal('bulk up, beside ssh with its usual cipher', by('bulk', 'up MiB/s', SSH), 1.5, 0.55),
    Goal('bulk down, beside ssh with aes128-gcm', by('bulk', 'down MiB/s', SSH_GCM), 0.95, 0.30),
    Goal('bulk up, beside ssh with aes128-gcm', by('bulk', 'up MiB/s', SSH_GCM), 0.95, 0.30),
    Goal('bulk down, beside plink', by('bulk', 'down MiB/s', PLINK), 1.7, 0.55),
    Goal('bulk up, beside plink', by('bulk', 'up MiB/s', PLINK), 1.7, 0.55),
    Goal('bulk up, beside dbclient', by('bulk', 'up MiB/s', DBCLIENT), 3.5, 1.1),
    Goal('processor time for a GiB down, beside ssh with aes128-gcm', by('bulk', 'down CPU s/GiB', SSH_GCM),
         1.1, 5, at_most=True),
    Goal('processor time for a GiB up, beside ssh with aes128-gcm', by('bulk', 'up CPU s/GiB', SSH_GCM),
         1.1, 5, at_most=True),
    Goal('pages, 1 connection, beside ssh -N', by('http', 'c1 /s', SSH), 30),
    Goal('pages, 16 connections, beside ssh -N', by('http', 'c16 /s', SSH), 30),
    Goal('pages, 1 connection: p99', own('http', 'c1 p99 ms'), 1, at_most=True, unit=' ms'),
    Goal('pages, 1 connection: longest', own('http', 'c1 max ms'), 10, at_most=True, unit=' ms'),
    Goal('pages, 1 connection, beside ssh with a command', by('http', 'c1 /s', SSH_COMMAND), 1.0, 0.95),
    Goal('pages, 16 connections, beside ssh with a command', by('http', 'c16 /s', SSH_COMMAND), 1.0, 0.95),
    Goal('pages, 1 connection, beside no tunnel', by('http', 'c1 /s', DIRECT), 0.55),
    Goal('pages on new connections, beside ssh -N', by('http', 'new c8 /s', SSH), 1.0, 0.85),
    Goal('pages on new connections, beside ssh with a command', by('http', 'new c8 /s', SSH_COMMAND), 1.0, 0.85),
    Goal('16 opens at a round trip of 100 ms: p50', own('wan-100', '16 opens p50 RTT'), 2.2, 18, at_most=True,
         unit=' RTT'),
    Goal('1,000 connections at once: all served', own('burst', 's'), 0.3, 0.8, at_most=True, unit=' s'),
    Goal('private memory for an idle connection', own('crowd-1000', 'KiB per idle connection'), 2, at_most=True,
         unit=' KiB'),
    Goal('the same, beside ssh', by('crowd-1000', 'KiB per idle connection', SSH), 0.1, at_most=True),
    Goal('resident with 1,000 idle connections', own('crowd-1000', 'RSS MiB'), 12, at_most=True, unit=' MiB'),
    Goal('one that asks beside 1,000 idle ones, beside ssh: p50', by('crowd-1000', 'ping p50 ms', SSH), 0.5,
         at_most=True),
    Goal('1,000 active: processor time for a request, beside ssh', by('crowd-1000', 'all active CPU µs', SSH), 0.5,
         at_most=True),
    Goal('1,000 active: longest wait, beside ssh', by('crowd-1000', 'all active max ms', SSH), 1.5, at_most=True),
    Goal('a transfer beside 4 stalled readers, beside the same alone', own('stalled', 'beside / alone'), 0.9),
    Goal('one that asks meanwhile, beside ssh with aes128-gcm: p99', by('stalled', 'ping p99 ms', SSH_GCM), 1.3, 5,
         at_most=True),
    Goal('memory that the stalled readers cost', own('stalled', 'RSS grown MiB'), 5, at_most=True, unit=' MiB'),
    Goal('1 Gbit, 100 ms, down, beside ssh', by('wan-100', 'down Mbit/s', SSH_GCM), 3),
    Goal('1 Gbit, 50 ms, down, beside ssh', by('wan-50', 'down Mbit/s', SSH_GCM), 2.2),
    Goal('1 Gbit, 100 ms, down, beside no tunnel', by('wan-100', 'down Mbit/s', DIRECT), 0.75),
    Goal('1 Gbit, 50 ms, down, beside no tunnel', by('wan-50', 'down Mbit/s', DIRECT), 0.75),
    Goal('1 Gbit, 50 ms, up, beside ssh', by('wan-50', 'up Mbit/s', SSH_GCM), 1.5),
    Goal('looking up whose a connection is, beside the connection', own('owner', 'lookup / connection'), 1,
         at_most=True),
    Goal('nothing to do: wake-ups a second', own('idle', 'wake-ups /s'), 1, at_most=True, unit=''),
    Goal('nothing to do: processor time', own('idle', 'CPU ms/s'), 1, at_most=True, unit=' ms/s'),
    Goal('200 tunnels scrolled: longest frame', own('window-list', 'max ms'), 33, at_most=True, unit=' ms'),
    Goal('the same: processor time of the longest', own('window-list', 'CPU max ms'), 33, at_most=True, unit=' ms'),
    Goal('5,000 connections scrolled: longest frame', own('window-table', 'max ms'), 33, at_most=True, unit=' ms'),
    Goal('the same: processor time of the longest', own('window-table', 'CPU max ms'), 33, at_most=True, unit=' ms'),
    Goal('start to first frame', own('window-start', 'first frame ms'), 500, at_most=True, unit=' ms'),
    Goal('the same, beside a bare window of libadwaita', by('window-start', 'first frame ms', BARE), 3, at_most=True),
    Goal('window shown, nothing to do: wake-ups a second', own('window-idle', 'shown: wake-ups /s'), 2, at_most=True,
         unit=''),
    Goal('window minimised: wake-ups a second', own('window-idle', 'minimised: wake-ups /s'), 0.5, at_most=True,
         unit=''),
    Goal('no window: wake-ups a second', own('window-idle', 'hidden: wake-ups /s'), 0.5, at_most=True, unit=''),
]
