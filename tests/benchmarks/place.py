# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a measurement takes place: a private server with throw-away keys, what it leads to, and, for
long links, two network namespaces with a link between them.  All of it goes when the place is closed,
and nothing of the person's own is used."""

import getpass
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

FIRST_PORT = 21000  # below the ports that the system gives to clients


class Failure(Exception):
    pass


def child_gone_with_us():
    """In the child: ends when the bench does."""
    import ctypes
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Programs:
    """The programs that were built."""

    def __init__(self, build):
        self.culvertctl = os.path.join(build, 'src/culvertctl')
        self.load = os.path.join(build, 'tests/benchmarks/load')
        self.owner = os.path.join(build, 'tests/benchmarks/owner')
        self.link = os.path.join(build, 'tests/support/link-emulator')
        self.culvert = os.path.join(build, 'src/culvert')
        self.schemas = os.path.join(build, 'data')
        self.frames = os.path.join(build, 'tests/benchmarks/frames')
        self.bare = os.path.join(build, 'tests/benchmarks/bare-window')
        self.first_frame = os.path.join(build, 'tests/benchmarks/libculvert-first-frame.so')


class Keys:
    """One server key and one user key, in each format that a peer wants."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='culvert-bench-')
        for name in ('host', 'user'):
            subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', self.path(name)],
                           check=True)
        shutil.copy(self.path('user.pub'), self.path('authorized_keys'))
        self.public = ' '.join(open(self.path('host.pub')).read().split()[:2])
        self.has_ppk = self.convert('puttygen', self.path('user'), '-o', self.path('user.ppk'))
        self.has_dropbear = self.convert('dropbearconvert', 'openssh', 'dropbear', self.path('user'),
                                         self.path('user.dropbear'))
        self.fingerprint = subprocess.run(['ssh-keygen', '-lf', self.path('host.pub')], check=True,
                                          capture_output=True, text=True).stdout.split()[1]
        os.makedirs(self.path('home/.ssh'), mode=0o700)

    def path(self, name):
        return os.path.join(self.folder, name)

    def convert(self, *command):
        if shutil.which(command[0]) is None:
            return False
        return subprocess.run(command, capture_output=True).returncode == 0

    def environment(self):
        keep = {name: os.environ[name] for name in ('PATH', 'LANG', 'LC_ALL', 'TMPDIR') if name in os.environ}
        return {**keep, 'HOME': self.path('home'), 'CULVERT_CONFIG_DIR': self.path('store')}

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Link:
    """Two namespaces and a link between them; the server's side is "far"."""

    def __init__(self, programs, delay_ms, rate_mbit):
        self.names = [f'culvert-{side}-{os.getpid()}' for side in ('near', 'far')]
        self.process = None
        try:
            for name in self.names:
                self.run('ip', 'netns', 'add', name)
                self.run('ip', '-n', name, 'link', 'set', 'lo', 'up')
                for setting in ('net.ipv4.tcp_rmem=4096 131072 67108864',
                                'net.ipv4.tcp_wmem=4096 65536 67108864'):
                    self.run('ip', 'netns', 'exec', name, 'sysctl', '-qw', setting)
            self.process = subprocess.Popen(
                [programs.link, *self.names, '--delay-ms', str(delay_ms), '--rate-mbit', str(rate_mbit)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                preexec_fn=child_gone_with_us)
            if self.process.stdout.readline() != 'ready\n':
                raise Failure(self.process.stderr.read().strip())
        except BaseException:
            self.close()
            raise

    def run(self, *command):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f'{" ".join(command[:3])}: {done.stderr.strip()}')

    def near(self, command):
        return ['ip', 'netns', 'exec', self.names[0], *command]

    def far(self, command):
        return ['ip', 'netns', 'exec', self.names[1], *command]

    def close(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait()
        for name in self.names:
            subprocess.run(['ip', 'netns', 'del', name], capture_output=True)


class Place:
    """@ciphers, @macs: all that the server allows, or None for its usual ones."""

    next_port = FIRST_PORT

    def __init__(self, programs, keys, ciphers=None, macs=None, link=None):
        self.programs, self.keys, self.link = programs, keys, link
        self.host = '10.99.0.2' if link else '127.0.0.1'
        self.user = getpass.getuser()
        self.port = self.new_port()
        self.processes = []
        with open(keys.path('known_hosts'), 'w') as file:
            file.write(f'[{self.host}]:{self.port} {keys.public}\n')
        self.start_sshd(ciphers, macs)
        server = self.start_far([programs.load, 'serve', '127.0.0.1'], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True)
        self.targets = json.loads(server.stdout.readline())
        if link:
            plain = self.start_far([programs.load, 'serve', self.host], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
            self.direct = json.loads(plain.stdout.readline())
        else:
            self.direct = self.targets

    @classmethod
    def new_port(cls):
        cls.next_port += 1
        return cls.next_port

    def near(self, command):
        return self.link.near(command) if self.link else command

    def start_far(self, command, **options):
        command = self.link.far(command) if self.link else command
        process = subprocess.Popen(command, env=self.keys.environment(), preexec_fn=child_gone_with_us,
                                   **options)
        self.processes.append(process)
        return process

    def start_sshd(self, ciphers, macs):
        lines = [f'Port {self.port}', f'ListenAddress {self.host}', f'HostKey {self.keys.path("host")}',
                 f'AuthorizedKeysFile {self.keys.path("authorized_keys")}', 'StrictModes no', 'PidFile none',
                 'UsePAM no', 'MaxStartups 200', 'MaxSessions 100', 'LogLevel ERROR',
                 # bash leaves ~/.bashrc alone then, which is no matter of a tunnel and can take seconds.
                 'SetEnv SHLVL=2']
        lines += [f'Ciphers {ciphers}'] if ciphers else []
        lines += [f'MACs {macs}'] if macs else []
        with open(self.keys.path('sshd_config'), 'w') as file:
            file.write('\n'.join(lines) + '\n')
        sshd = shutil.which('sshd') or '/usr/sbin/sshd'
        self.start_far([sshd, '-D', '-e', '-f', self.keys.path('sshd_config')], stderr=subprocess.DEVNULL)

    def load(self, *arguments, seconds=60):
        """Runs a client of the load tool near us.  Returns what it says, or None when it failed."""
        try:
            done = subprocess.run(self.near([self.programs.load, *map(str, arguments)]), timeout=seconds,
                                  capture_output=True, text=True)
        except subprocess.TimeoutExpired:
            return None
        return json.loads(done.stdout) if done.returncode == 0 else None

    def start_load(self, *arguments):
        return subprocess.Popen(self.near([self.programs.load, *map(str, arguments)]), stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                preexec_fn=child_gone_with_us)

    def wait_for(self, port, seconds=15):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.load('opens', '127.0.0.1', port, 1, seconds=5):
                return True
            time.sleep(0.05)
        return False

    def close(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()
