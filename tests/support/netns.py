# SPDX-License-Identifier: GPL-3.0-or-later
"""Two network namespaces with a cable between them, for tests that break the network:

    place = netns.Place()
    place.start_near(['culvertctl', ...])     runs in the one that has a way out …
    place.start_far(['serve-sshd', ...])      … and in the one that the way leads to
    place.unplug(); place.plug()
    place.make_pool(place.near, 4)            threads whose sockets and programs are in there
    place.guard(22); place.count()            nothing else passes; how much did, how much tried to

Needs root.  The near one is 10.98.0.1, the far one 10.98.0.2; each Place has its own.  All of it, the
processes included, goes with close() or with the test.
"""
import atexit
import concurrent.futures
import ctypes
import itertools
import json
import os
import signal
import subprocess

NEAR = '10.98.0.1'
FAR = '10.98.0.2'
NEAR_IPV6 = 'fd98::1'
FAR_IPV6 = 'fd98::2'

CLONE_NEWNET = 0x40000000

# Loaded into the near side.  Addresses of IPv6 are asked for with ICMP.
GUARD = '''
table inet guard {
  counter passed { }
  counter stopped { }
  chain judge {
    tcp dport %(port)d counter name passed accept
    tcp sport %(port)d counter name passed accept
    meta l4proto ipv6-icmp accept
    counter name stopped drop
  }
  chain arriving { type filter hook input priority 0; iifname cable jump judge; }
  chain leaving { type filter hook output priority 0; oifname cable jump judge; }
}
'''

_libc = ctypes.CDLL(None, use_errno=True)
_numbers = itertools.count()
_places = []


def _ip(*words):
    subprocess.run(['ip', *words], check=True, capture_output=True, text=True)


def _end_with_us():
    _libc.prctl(1, signal.SIGKILL)


def _enter(name):
    """This thread's sockets, and the programs that it starts, are in that namespace from now on."""
    with open('/run/netns/' + name) as namespace:
        if _libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), 'setns ' + name)


class Place:
    def __init__(self):
        number = next(_numbers)
        self.near, self.far = ('culvert-%s-%d-%d' % (side, os.getpid(), number)
                               for side in ('near', 'far'))
        self.processes = []
        _places.append(self)
        for name in (self.near, self.far):
            _ip('netns', 'add', name)
            _ip('-n', name, 'link', 'set', 'lo', 'up')
        _ip('-n', self.near, 'link', 'add', 'cable', 'type', 'veth', 'peer', 'name', 'cable',
            'netns', self.far)
        _ip('-n', self.far, 'address', 'add', FAR + '/24', 'dev', 'cable')
        _ip('-n', self.far, 'link', 'set', 'cable', 'up')
        _ip('-n', self.near, 'address', 'add', NEAR + '/24', 'dev', 'cable')
        self.plug()

    def plug(self):
        """The cable works, and there is a way out again."""
        _ip('-n', self.near, 'link', 'set', 'cable', 'up')
        _ip('-n', self.near, 'route', 'add', 'default', 'via', FAR)

    def unplug(self):
        """No cable, no way out; the address stays."""
        _ip('-n', self.near, 'link', 'set', 'cable', 'down')

    def drop(self, is_dropping):
        """What the far side sends never arrives; what it hears, it hears."""
        _ip('-n', self.far, 'route', 'add' if is_dropping else 'del', 'blackhole', NEAR + '/32')

    def add_ipv6(self):
        """Addresses on the cable; unplug() takes the near one away."""
        for name, address in ((self.near, NEAR_IPV6), (self.far, FAR_IPV6)):
            _ip('-n', name, 'address', 'add', address + '/64', 'dev', 'cable', 'nodad')

    def guard(self, port):
        """From now on the cable carries connections to or from that port and nothing else."""
        subprocess.run(['ip', 'netns', 'exec', self.near, 'nft', '-f', '-'], check=True, text=True,
                       input=GUARD % {'port': port})

    def count(self):
        """What guard() has counted: bytes that passed, packets that it stopped."""
        done = subprocess.run(['ip', 'netns', 'exec', self.near, 'nft', '-j', 'list', 'counters'],
                              check=True, text=True, capture_output=True)
        found = {entry['counter']['name']: entry['counter']
                 for entry in json.loads(done.stdout)['nftables'] if 'counter' in entry}
        return found['passed']['bytes'], found['stopped']['packets']

    def make_pool(self, name, n_threads):
        """An executor of threads in that namespace."""
        return concurrent.futures.ThreadPoolExecutor(n_threads, initializer=_enter, initargs=(name,))

    def start(self, name, command, **options):
        process = subprocess.Popen(['ip', 'netns', 'exec', name, *command],
                                   preexec_fn=_end_with_us, **options)
        self.processes.append(process)
        return process

    def start_near(self, command, **options):
        return self.start(self.near, command, **options)

    def start_far(self, command, **options):
        return self.start(self.far, command, **options)

    def close(self):
        for process in self.processes:
            process.kill()
            process.wait()
        self.processes = []
        for name in (self.near, self.far):
            subprocess.run(['ip', 'netns', 'del', name], capture_output=True)


@atexit.register
def _close_all():
    for place in _places:
        place.close()
