# SPDX-License-Identifier: GPL-3.0-or-later
"""`culvertctl run` at the near end of a netns.Place, and an SSH server at its far end:

    server = faraway.Server(place, SERVE_SSHD, folder)
    run = faraway.Run(place, CULVERTCTL, folder, [*server.words(), '-L', ..., server.destination()])
    run.wait_state('waiting', 3)
"""
import json
import os
import queue
import re
import signal
import subprocess
import tempfile
import threading
import time

import netns

PATIENCE = float(os.environ.get('CULVERT_TEST_PATIENCE', '1'))


class Server:
    """serve-sshd; what it says of itself is in facts.  @options: such as --config=…"""

    def __init__(self, place, program, folder, *options):
        self.process = place.start_far([program, '--config=ListenAddress ' + netns.FAR, *options],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.facts = {}
        for line in self.process.stdout:
            if line == '\n':
                break
            word, _, value = line.rstrip('\n').partition('=')
            self.facts[word] = value
        with open(self.facts['known_hosts']) as known:
            lines = [re.sub(r'^\[[^]]*\]', '[%s]' % netns.FAR, line) for line in known]
        self.known_hosts = tempfile.mktemp(dir=folder)
        with open(self.known_hosts, 'w') as known:
            known.writelines(dict.fromkeys(lines))

    def words(self):
        """The beginning of an ssh command line that signs in to it."""
        return ['ssh', '-N', '-F', 'none', '-i', self.facts['key'],
                '-o', 'UserKnownHostsFile=' + self.known_hosts, '-o', 'IdentitiesOnly=yes',
                '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=5', '-p', self.facts['port']]

    def destination(self):
        return '%s@%s' % (self.facts['user'], netns.FAR)

    def order(self, word):
        self.process.stdin.write(word + '\n')
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer == 'ok\n', '%s: %r' % (word, answer)


class Run:
    """culvertctl, which was up once, and what it says: all of it is in said, what wait() has seen in
    events."""

    def __init__(self, place, program, folder, words, environment=None):
        self.said = []
        self.events = []
        self.lines = queue.Queue()
        self.process = place.start_near(
            [program, 'run', '--json', *words],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, 'GIO_USE_NETWORK_MONITOR': 'netlink', 'HOME': folder,
                 'DBUS_SYSTEM_BUS_ADDRESS': 'unix:path=/nonexistent', **(environment or {})})
        threading.Thread(target=self.read, daemon=True).start()
        self.wait(lambda event: event['event'] == 'up', 20, 'up')

    def read(self):
        for line in self.process.stdout:
            event = json.loads(line)
            self.said.append(event)
            self.lines.put(event)
        self.lines.put(None)

    def wait(self, is_wanted, limit_s, what):
        """The seconds until there is an event that is_wanted, counted from now."""
        began = time.monotonic()
        while True:
            left = began + limit_s * PATIENCE - time.monotonic()
            try:
                event = self.lines.get(timeout=max(left, 0))
            except queue.Empty:
                raise AssertionError('no %s within %g s, but %s'
                                     % (what, limit_s, self.describe())) from None
            assert event is not None, 'it ended: ' + self.process.stderr.read()
            self.events.append(event)
            if is_wanted(event):
                return time.monotonic() - began

    def wait_state(self, state, limit_s):
        return self.wait(lambda event: event['event'] == 'state' and event['state'] == state,
                         limit_s, 'state ' + state)

    def wait_reason(self, words, limit_s):
        return self.wait(lambda event: event['event'] == 'retry' and words in event['what'],
                         limit_s, 'reason ' + words)

    def stays_up(self, seconds):
        """Nothing is told for so long."""
        try:
            event = self.lines.get(timeout=seconds)
        except queue.Empty:
            return
        raise AssertionError('it said %r' % event)

    def describe(self):
        return '; '.join('%s %s' % (event['event'], event.get('state') or event.get('detail') or '')
                         for event in self.events)

    def get_pid(self):
        return self.process.pid  # `ip netns exec` becomes it

    def end(self):
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(10 * PATIENCE)
        assert status == 143, status
        assert time.monotonic() - began < 4 * PATIENCE
