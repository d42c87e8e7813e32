# SPDX-License-Identifier: GPL-3.0-or-later
"""Two network namespaces with a cable between them, for tests that break the network:

    place = netns.Place()
    place.start_near(['culvertctl', ...])     runs in the one that has a way out …
    place.start_far(['serve-sshd', ...])      … and in the one that the way leads to
    place.unplug(); place.plug()

Needs root.  The near one is 10.98.0.1, the far one 10.98.0.2; each Place has its own.  All of it, the
processes included, goes with close() or with the test.
"""
import atexit
import itertools
import os
import signal
import subprocess

NEAR = '10.98.0.1'
FAR = '10.98.0.2'

_numbers = itertools.count()
_places = []


def _ip(*words):
    subprocess.run(['ip', *words], check=True, capture_output=True, text=True)


def _end_with_us():
    import ctypes
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


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
