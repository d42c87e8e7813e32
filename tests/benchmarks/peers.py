# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that are compared, each started the way a person would start it."""

import os
import re
import shutil
import subprocess

from place import child_gone_with_us

CULVERT = 'culvert'
SSH = 'ssh -N -L'
SSH_GCM = 'ssh -N -L, aes128-gcm'
SSH_COMMAND = 'ssh -L, with a command'
PLINK = 'plink'
DBCLIENT = 'dbclient'
DIRECT = 'no tunnel'
BARE = 'bare window'

GCM = ('-c', 'aes128-gcm@openssh.com')


def missing(keys):
    """What cannot be compared here, and why."""
    reasons = {}
    if not keys.has_ppk or shutil.which('plink') is None:
        reasons[PLINK] = 'plink and puttygen are not installed (tests/setup --bench)'
    if not keys.has_dropbear or shutil.which('dbclient') is None:
        reasons[DBCLIENT] = 'dbclient and dropbearconvert are not installed (tests/setup --bench)'
    return reasons


class Peer:
    """A running tunnel to all targets of a place.  ports: target's name → local port"""

    def __init__(self, place, name, cipher=None):
        self.place, self.name = place, name
        self.host = '127.0.0.1'
        self.process = None
        if name == DIRECT:
            self.host, self.ports = place.host, place.direct
            return
        self.ports = {target: place.new_port() for target in place.targets}
        self.log = open(place.keys.path('peer.log'), 'w+')
        self.process = subprocess.Popen(place.near(self.command(cipher)), env=place.keys.environment(),
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        preexec_fn=child_gone_with_us)

    def command(self, cipher):
        place, keys = self.place, self.place.keys
        forwards = [word for target, port in self.ports.items()
                    for word in ('-L', f'127.0.0.1:{port}:127.0.0.1:{place.targets[target]}')]
        ssh = ['-F', 'none', '-p', str(place.port), '-i', keys.path('user'), '-o', 'IdentitiesOnly=yes',
               '-o', f'UserKnownHostsFile={keys.path("known_hosts")}', *forwards]
        to = f'{place.user}@{place.host}'
        if self.name == CULVERT:
            return [place.programs.culvertctl, 'run', '--once', '--', 'ssh', *ssh, to]
        if self.name == SSH_COMMAND:
            return ['ssh', *GCM, *ssh, to, 'sleep', '100000']
        if self.name == PLINK:
            return ['plink', '-ssh', '-batch', '-N', '-P', str(place.port), '-i', keys.path('user.ppk'),
                    '-hostkey', keys.fingerprint, *forwards, to]
        if self.name == DBCLIENT:
            return ['dbclient', '-N', '-y', '-y', '-p', str(place.port), '-i', keys.path('user.dropbear'),
                    *(['-c', cipher] if cipher else []), *forwards, to]
        if self.name == SSH_GCM:
            ssh = [*GCM, *ssh]
        elif cipher:
            ssh = ['-c', cipher, *ssh]
        return ['ssh', '-N', *ssh, to]

    def is_ready(self):
        return self.process is None or self.place.wait_for(self.ports['echo'])

    def why(self):
        self.log.seek(0)
        return self.log.read().strip().split('\n')[-1] or 'it did not come up in 15 s'

    def tasks(self):
        # "ip netns exec" becomes the program, so its pid is the program's.
        folder = f'/proc/{self.process.pid}/task'
        return [os.path.join(folder, task) for task in os.listdir(folder)]

    def cpu_s(self):
        """Processor time of all its threads so far, in seconds."""
        if self.process is None:
            return None
        return sum(int(open(f'{task}/schedstat').read().split()[0]) for task in self.tasks()) / 1e9

    def wakeups(self):
        return sum(int(re.search(r'^voluntary_ctxt_switches:\s*(\d+)', open(f'{task}/status').read(),
                                 re.M).group(1)) for task in self.tasks())

    def memory_kib(self):
        """(resident, private), in KiB."""
        text = open(f'/proc/{self.process.pid}/smaps_rollup').read()
        fields = {name: int(size) for name, size in re.findall(r'^(\w+):\s+(\d+) kB', text, re.M)}
        return fields['Rss'], fields['Private_Clean'] + fields['Private_Dirty']

    def close(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.log.close()
