# SPDX-License-Identifier: GPL-3.0-or-later
"""A real SSH server with a web page behind it, for tests in Python: see serve-sshd.c.

    ssh = server.Server(program, '--password=hunter2', '--config=RekeyLimit 2M')
    ssh.port, ssh.web_port, ssh.user, ssh.password, ssh.key, ssh.known_hosts
    ssh.fingerprint (ed25519), ssh.fingerprint_ecdsa
    ssh.order('freeze')
    ssh.count('Accepted password')

and server.find_free_port() and server.fetch(port).
"""
import atexit
import errno
import random
import socket
import subprocess
import urllib.request

_servers = []


class Server:
    def __init__(self, program, *arguments):
        self.process = subprocess.Popen([program, *arguments], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        _servers.append(self)
        for line in self.process.stdout:
            if line == '\n':
                break
            word, _, value = line.rstrip('\n').partition('=')
            setattr(self, word, int(value) if word.endswith('port') else value)
        else:
            raise AssertionError('%s ended with %d' % (program, self.process.wait()))

    def ask(self, words):
        self.process.stdin.write(words + '\n')
        self.process.stdin.flush()
        return self.process.stdout.readline().rstrip('\n')

    def order(self, word):
        """stop, start, restart, freeze, thaw, kill-sessions, replace-host-keys."""
        answer = self.ask(word)
        assert answer == 'ok', '%s: %s' % (word, answer)

    def count(self, text):
        """How often text is in the server's log."""
        return int(self.ask('count ' + text))

    def web_traffic(self):
        """(connections, bytes received, bytes sent) of the page's server so far."""
        return tuple(int(number) for number in self.ask('web').split())

    def end(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()


def find_free_port():
    """A port of loopback that nobody listens on, below those that the kernel gives to clients."""
    while True:
        port = random.randrange(10000, 32000)
        if all(_is_free(family, address, port) for family, address in
               ((socket.AF_INET, '127.0.0.1'), (socket.AF_INET6, '::1'))):
            return port


def _is_free(family, address, port):
    try:
        with socket.socket(family) as probe:
            probe.bind((address, port))
    except OSError as error:
        return error.errno in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL)
    return True


def fetch(port, path='/', timeout=20):
    """The body of http://127.0.0.1:port/path."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open('http://127.0.0.1:%d%s' % (port, path), timeout=timeout) as answer:
        return answer.read()


@atexit.register
def _end_all():
    for server in _servers:
        server.end()
