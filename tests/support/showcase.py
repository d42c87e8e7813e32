# SPDX-License-Identifier: GPL-3.0-or-later
"""A store of tunnels that are, for real, in every state there is: with servers and a web page behind
them, all on loopback.  For what looks at the whole program: the tour, and the walk through what a screen
reader finds.

    case = showcase.Showcase(culvertctl, serve_sshd, folder)
    app = atspi.start([program], 'culvert', **case.environment)
    case.end()
"""
import os
import socket
import subprocess
import threading
import time
import urllib.request

import server

# The tunnels in the order of the list, and the word of each one's state.
DATABASE = 'Production database'
JUMP = 'Reporting, behind a jump server'
REMOTE = 'Preview for the customer'
TAKEN = 'Wiki'
STAGING = 'Staging'
OFFICE = 'Office desktop'
NAS = 'Home NAS'
ROUTER = 'Old router'
VAULT = 'Vault'
MAIL = 'Mail'
LONG = 'The read-only database of the eastern European warehouse in Frankfurt'

GROUPS = {DATABASE: 'Work', JUMP: 'Work', REMOTE: 'Work', STAGING: 'Work', OFFICE: 'Home', NAS: 'Home', ROUTER: 'Home'}

# A server of the ssh_config that there is to import.
ALIAS = 'intranet-gateway'
SSH_CONFIG = '''Host %s
  HostName gateway.example.com
  User alice
  LocalForward 8081 intranet:80
Host reports
  HostName reports.example.com
  ProxyJump intranet-gateway
  LocalForward 5434 localhost:5432
Host *.lab
  User root
Host browse
  HostName exit.example.net
  DynamicForward 1081
Host elsewhere
  ProxyCommand nc %%h %%p
  RemoteForward 8090 localhost:3000
''' % ALIAS

STATES = {
    DATABASE: 'Connected', JUMP: 'Connected', REMOTE: 'Connected', TAKEN: 'Connected',
    STAGING: 'Waiting', OFFICE: 'Needs you', NAS: 'Needs you', ROUTER: 'Failed', VAULT: 'Failed',
    MAIL: 'Stopped', LONG: 'Stopped',
}


class Showcase:
    def __init__(self, culvertctl, serve_sshd, folder, on=True):
        """on: what is not stopped in STATES is switched on with the program."""
        self.folder = folder
        self.store = os.path.join(folder, 'tunnels')
        self.culvertctl = culvertctl
        self.environment = {'CULVERT_CONFIG_DIR': self.store}
        self.ssh = server.Server(serve_sshd)
        self.other = server.Server(serve_sshd)
        self.taken = socket.create_server(('127.0.0.1', server.find_free_port()))
        self.ids = {}  # of the tunnels, by name
        self.ports = {name: server.find_free_port() for name in STATES}
        self.ends = threading.Event()
        self.visitors = []
        self._write_ssh_config()
        self._write(on)

    @staticmethod
    def _write_ssh_config():
        folder = os.path.join(os.environ['HOME'], '.ssh')
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with open(os.path.join(folder, 'config'), 'w', encoding='utf-8') as file:
            file.write(SSH_CONFIG)

    def _write(self, on):
        ssh, other = self.ssh, self.other
        empty = os.path.join(self.folder, 'known_hosts_of_nobody')
        wrong = os.path.join(self.folder, 'known_hosts_of_before')
        key = os.path.join(self.folder, 'id_of_nobody')
        open(empty, 'w', encoding='utf-8').close()
        subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', key], check=True)
        with open(other.known_hosts, encoding='utf-8') as known, open(wrong, 'w', encoding='utf-8') as before:
            before.write(known.read().replace('[127.0.0.1]:%d' % other.port, '[127.0.0.1]:%d' % ssh.port))

        def words(which, *more, known_hosts=None, identity=None, to='127.0.0.1'):
            return ['ssh', '-F', 'none', '-N', '-p', str(which.port), '-i', identity or which.key,
                    '-o', 'IdentitiesOnly=yes', '-o', 'UserKnownHostsFile=' + (known_hosts or which.known_hosts),
                    *more, '%s@%s' % (which.user, to)]

        def local(name, target=None):
            return '%d:127.0.0.1:%d' % (self.ports[name], target or ssh.web_port)

        web = '127.0.0.1:%d' % ssh.web_port
        nobody = server.find_free_port()
        self.ports['proxy'] = server.find_free_port()
        self._add(on, DATABASE, words(
            ssh, '-L', local(DATABASE), '-L', '%d:127.0.0.1:%d' % (server.find_free_port(), nobody),
            '-R', '0:' + web, '-D', str(self.ports['proxy'])))
        config = os.path.join(self.folder, 'ssh_config')
        both = os.path.join(self.folder, 'known_hosts_of_both')
        with open(both, 'w', encoding='utf-8') as known:
            for one in (ssh, other):
                with open(one.known_hosts, encoding='utf-8') as file:
                    known.write(file.read())
        with open(config, 'w', encoding='utf-8') as file:
            for name, one in (('gate', ssh), ('reports', other)):
                file.write('Host %s\n HostName 127.0.0.1\n Port %d\n User %s\n IdentityFile %s\n IdentitiesOnly yes\n'
                           ' UserKnownHostsFile %s\n' % (name, one.port, one.user, one.key, both))
        self._add(on, JUMP, ['ssh', '-F', config, '-N', '-L', local(JUMP), '-J', 'gate', 'reports'])
        self._add(on, REMOTE, words(ssh, '-R', '0:' + web, '-R', '0'))
        self._add(on, TAKEN, words(
            ssh, '-L', '%d:%s' % (self.taken.getsockname()[1], web), '-L', 'ftp/%d:127.0.0.1:21' % server.find_free_port()))
        self._add(on, STAGING, ['ssh', '-F', 'none', '-N', '-p', '1', '-L', local(STAGING), 'deploy@127.0.0.1'])
        self._add(on, OFFICE, words(ssh, '-L', local(OFFICE), known_hosts=empty))
        self._add(on, NAS, words(ssh, '-L', local(NAS), '-o', 'PreferredAuthentications=password'))
        self._add(on, ROUTER, words(ssh, '-L', local(ROUTER), '-o', 'PreferredAuthentications=publickey', identity=key))
        self._add(on, VAULT, words(ssh, '-L', local(VAULT), known_hosts=wrong))
        self._add(False, MAIL, words(ssh, '-L', local(MAIL)))
        self._add(False, LONG, [
            'ssh', '-F', 'none', '-N', '-L',
            '15432:a-very-long-database-host-name-indeed.eu-central-1.rds.internal.example:5432',
            'a.user.with.a.long.name@jump-host-with-a-rather-long-name-17.production.eu-central-1.example.com'])

    def _add(self, on, name, command):
        before = set(os.listdir(self.store)) if os.path.isdir(self.store) else set()
        subprocess.run([self.culvertctl, 'add', '--name', name, '--', *command], check=True,
                       env=dict(os.environ, **self.environment), stdout=subprocess.DEVNULL)
        new = next(file for file in os.listdir(self.store) if file.endswith('.culvert') and file not in before)
        self.ids[name] = new.removesuffix('.culvert')
        path = os.path.join(self.store, new)
        with open(path, encoding='utf-8') as file:
            text = file.read()
        with open(path, 'w', encoding='utf-8') as file:
            more = ('StartWithProgram=true\n' if on else '') + (
                'Group=%s\n' % GROUPS[name] if name in GROUPS else '')
            file.write(text.replace('[Tunnel]\n', '[Tunnel]\n' + more, 1))

    def visit(self):
        """Has somebody use the database and the proxy from now on, gently, until the end."""
        self.visitors = [threading.Thread(target=self._load, args=(0.25,), daemon=True),
                         threading.Thread(target=self._stay, daemon=True)]
        for visitor in self.visitors:
            visitor.start()

    def _load(self, pause_s):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        count = 0
        while not self.ends.wait(pause_s):
            count += 1
            try:
                with opener.open('http://127.0.0.1:%d/bytes/%d' % (
                        self.ports[DATABASE], 100000 + 60000 * (count % 7)), timeout=10) as answer:
                    answer.read()
            except OSError:
                pass

    def _stay(self):
        """Two connections that stay."""
        connections = []
        while not self.ends.is_set() and len(connections) < 2:
            try:
                connections.append(socket.create_connection(('127.0.0.1', self.ports[DATABASE]), 5))
            except OSError:
                time.sleep(0.2)
        self.ends.wait()
        for connection in connections:
            connection.close()

    def end(self):
        self.ends.set()
        for visitor in self.visitors:
            visitor.join(15)
        self.taken.close()
        self.ssh.end()
        self.other.end()
