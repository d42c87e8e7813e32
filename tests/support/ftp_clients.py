# SPDX-License-Identifier: GPL-3.0-or-later
"""FTP clients, each made to ask for its data connections in one way.

    ftp_clients.visit('curl', 'EPRT', job)

lists the server's folder, fetches a file and stores it under another name, and returns what the client
was answered.  Each is one program, or ftplib in this thread: for a namespace, call it in a thread that
is there (netns.Place.make_pool)."""
import dataclasses
import ftplib
import os
import re
import subprocess


@dataclasses.dataclass
class Job:
    host: str     # an IPv6 one without brackets
    port: int
    folder: str   # an own one: list and fetched are written there
    fetch: str    # the name of a file at the server, of which there is a copy at source
    source: str
    store: str    # the name under up/ for another copy
    limit_s: float = 20

    def get_url(self):
        host = '[%s]' % self.host if ':' in self.host else self.host
        return 'ftp://%s:%d/' % (host, self.port)

    def path(self, name):
        return os.path.join(self.folder, name)


# What makes each client ask in that way, and the family of addresses that it then needs.
CURL = {
    'EPSV': ['--ftp-pasv'],
    'PASV': ['--disable-epsv', '--no-ftp-skip-pasv-ip'],
    'EPRT': ['--ftp-port', '-'],
    'PORT': ['--ftp-port', '-', '--disable-eprt'],
}
LFTP = {
    'EPSV': 'set ftp:prefer-epsv yes',
    'PASV': 'set ftp:prefer-epsv no',
    'EPRT': 'set ftp:passive-mode no',
    'PORT': 'set ftp:passive-mode no',
}
# ways of (client, family)
WAYS = {
    ('curl', 4): ('EPSV', 'PASV', 'EPRT', 'PORT'),
    ('curl', 6): ('EPSV', 'EPRT'),
    ('lftp', 4): ('EPSV', 'PASV', 'PORT'),
    ('lftp', 6): ('EPSV', 'EPRT'),
    ('ftplib', 4): ('PASV', 'PORT'),
    ('ftplib', 6): ('EPSV', 'EPRT'),
}


def _run(command, job):
    done = subprocess.run(['timeout', '%g' % job.limit_s, *command], capture_output=True, text=True,
                          errors='replace',
                          env={'HOME': job.folder, 'PATH': os.environ['PATH'], 'LC_ALL': 'C.UTF-8'})
    if done.returncode != 0:
        raise AssertionError('%s ended with %d: %s' % (command[0], done.returncode, done.stderr[-6000:]))
    return done.stderr


def curl(way, job):
    each = ['-sS', '-v', '--connect-timeout', '3', '--max-time', '%g' % job.limit_s, *CURL[way]]
    url = job.get_url()
    return _run(['curl', '-q', *each, '-o', job.path('list'), url,
                 '--next', *each, '-o', job.path('fetched'), url + job.fetch,
                 '--next', *each, '-T', job.source, url + 'up/' + job.store], job)


def lftp(way, job):
    script = '; '.join(['set net:max-retries 1', 'set net:timeout 5', 'set cmd:fail-exit yes', LFTP[way], 'debug 9',
                        'open ' + job.get_url(), 'ls > ' + job.path('list'),
                        'get %s -o %s' % (job.fetch, job.path('fetched')),
                        'put %s -o up/%s' % (job.source, job.store), 'bye'])
    return _run(['lftp', '--norc', '-c', script], job)


class Ftplib(ftplib.FTP):
    """Keeps what was said."""

    def __init__(self, job):
        super().__init__()
        self.said = []
        self.connect(job.host, job.port, job.limit_s)
        self.login()

    def putline(self, line):
        self.said.append('> ' + line)
        super().putline(line)

    def getline(self):
        line = super().getline()
        self.said.append('< ' + line)
        return line


def use_ftplib(way, job):
    with Ftplib(job) as client:
        client.set_pasv(way in ('PASV', 'EPSV'))
        with open(job.path('list'), 'w') as file:
            client.retrlines('LIST', lambda line: file.write(line + '\n'))
        with open(job.path('fetched'), 'wb') as file:
            client.retrbinary('RETR ' + job.fetch, file.write)
        with open(job.source, 'rb') as file:
            client.storbinary('STOR up/' + job.store, file)
        return '\n'.join(client.said)


CLIENTS = {'curl': curl, 'lftp': lftp, 'ftplib': use_ftplib}


def visit(client, way, job):
    said = CLIENTS[client](way, job)
    ways = re.findall(r'^-*> (EPSV|PASV|EPRT|PORT)\b', said, re.MULTILINE)
    assert ways == [way] * 3, '%s asked with %s: %s' % (client, ways, said[-6000:])
    return said
