# SPDX-License-Identifier: GPL-3.0-or-later
"""Two computers between which a firewall lets nothing pass but the SSH connection of `culvertctl run`,
each with an FTP server:

    scene = ftp_scene.Scene(CULVERTCTL, SERVE_SSHD, [Forward('local', 'localhost'), …])
    scene.submit('near', function, …)     runs in a thread whose sockets are on that computer

A forward's clients are on the side where it listens, its FTP server is on the other.
"""
import concurrent.futures
import dataclasses
import getpass
import itertools
import os
import random
import shutil
import tempfile
import time

import faraway
import ftp_clients
import netns
import vsftpd

FIRST_PORT = 2121
FILE_SIZE = 300000


@dataclasses.dataclass(frozen=True)
class Forward:
    """Listens on localhost; @target: an address without brackets."""
    kind: str        # local or remote
    target: str
    target_port: int = 21
    is_ftp: bool = True

    def get_client_side(self):
        return 'near' if self.kind == 'local' else 'far'

    def get_server_side(self):
        return 'far' if self.kind == 'local' else 'near'

    def get_words(self, port):
        target = '[%s]' % self.target if ':' in self.target else self.target
        return ['-L' if self.kind == 'local' else '-R',
                '%slocalhost:%d:%s:%d' % ('ftp/' if self.is_ftp else '', port, target, self.target_port)]


class Scene:
    def __init__(self, program, serve, forwards, n_threads=24):
        self.folder = tempfile.mkdtemp(prefix='culvert-ftp-')
        self.place = netns.Place()
        self.place.add_ipv6()
        self.pools = {side: self.place.make_pool(getattr(self.place, side), n_threads)
                      for side in ('near', 'far')}
        self.numbers = itertools.count()
        self.ports = {forward: FIRST_PORT + i for i, forward in enumerate(forwards)}
        self.files = {}
        self.ftp = {}
        for side in ('near', 'far'):
            start = getattr(self.place, 'start_' + side)
            self.ftp[side] = vsftpd.Server(start, self.new_folder(), getpass.getuser())
        self.ssh = faraway.Server(self.place, serve, self.folder)
        self.place.guard(int(self.ssh.facts['port']))
        words = itertools.chain(*(forward.get_words(port) for forward, port in self.ports.items()))
        self.run = faraway.Run(self.place, program, self.folder,
                               ['-v', '--', *self.ssh.words(), *words, self.ssh.destination()])

    def new_folder(self):
        return tempfile.mkdtemp(dir=self.folder)

    def submit(self, side, function, *arguments):
        return self.pools[side].submit(function, *arguments)

    def do(self, side, function, *arguments):
        return self.submit(side, function, *arguments).result()

    def make_file(self, name, size=FILE_SIZE):
        """On both servers.  Returns where a copy is."""
        path = os.path.join(self.folder, name)
        if name not in self.files:
            self.files[name] = random.Random(name).randbytes(size)
            with open(path, 'wb') as file:
                file.write(self.files[name])
            for server in self.ftp.values():
                server.put(name, self.files[name])
        return path

    def make_job(self, forward, family, fetch='sample', host=None, port=None):
        """For a client of that forward; or of another @host, which needs no forward."""
        return ftp_clients.Job(host=host or ('::1' if family == 6 else '127.0.0.1'),
                               port=port or self.ports[forward], folder=self.new_folder(), fetch=fetch,
                               source=self.make_file(fetch), store='%s-%d' % (fetch, next(self.numbers)),
                               limit_s=20 * faraway.PATIENCE)

    def check(self, forward, job):
        """What the client has got, and what the server has."""
        wanted = self.files[job.fetch]
        with open(job.path('fetched'), 'rb') as file:
            assert file.read() == wanted, 'what was fetched differs'
        with open(job.path('list')) as file:
            text = file.read()
        assert ' %d ' % len(wanted) in text and job.fetch in text, 'the list is %r' % text
        assert self.ftp[forward.get_server_side()].read_sent(job.store) == wanted, 'what was stored differs'

    def visit(self, forward, family, client, way):
        """Lists, fetches and stores.  Returns what the client said."""
        job = self.make_job(forward, family)
        said = self.do(forward.get_client_side(), ftp_clients.visit, client, way, job)
        self.check(forward, job)
        return said

    def find_log(self, *words):
        """The first line of the log with all these words, or None."""
        for event in self.run.said[:]:
            if event['event'] == 'log' and all(word in event['text'] for word in words):
                return event
        return None

    def wait_log(self, *words, limit_s=5):
        end = time.monotonic() + limit_s * faraway.PATIENCE
        while self.find_log(*words) is None:
            assert time.monotonic() < end, 'no line of the log has %s' % ' and '.join(words)
            time.sleep(0.02)
        return self.find_log(*words)

    def close(self):
        for pool in self.pools.values():
            pool.shutdown()
        self.place.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def list_listening():
    """The ports that something listens on, on the computer that this thread is on."""
    ports = set()
    for name in ('tcp', 'tcp6'):
        with open('/proc/thread-self/net/' + name) as table:
            next(table)
            for line in table:
                fields = line.split()
                if fields[3] == '0A':
                    ports.add(int(fields[1].rpartition(':')[2], 16))
    return ports
