# SPDX-License-Identifier: GPL-3.0-or-later
"""A real FTP server in a namespace, on every address of it, IPv4 and IPv6:

    ftp = vsftpd.Server(place.start_far, folder)
    ftp.put('name', bytes)      a file to fetch
    ftp.read_sent('name')       one that a client has stored as up/name

Anybody signs in as "anonymous", and it runs as whoever runs the test: no account, no PAM, nothing of
the system's own configuration.
"""
import os
import shutil

PROGRAM = shutil.which('vsftpd') or '/usr/sbin/vsftpd'

CONFIGURATION = '''
listen=NO
listen_ipv6=YES
listen_port=%(port)d
background=NO
run_as_launching_user=YES
anonymous_enable=YES
no_anon_password=YES
anon_root=%(root)s
anon_world_readable_only=NO
write_enable=YES
anon_upload_enable=YES
connect_from_port_20=NO
data_connection_timeout=20
accept_timeout=5
connect_timeout=5
xferlog_enable=NO
ftp_username=%(user)s
nopriv_user=%(user)s
seccomp_sandbox=NO
isolate=NO
isolate_network=NO
'''


class Server:
    """@start: of a netns.Place, such as start_far"""

    def __init__(self, start, folder, user, port=21):
        self.root = os.path.join(folder, 'served')
        self.port = port
        os.makedirs(os.path.join(self.root, 'up'))
        path = os.path.join(folder, 'vsftpd.conf')
        with open(path, 'w') as file:
            file.write(CONFIGURATION.lstrip() % {'port': port, 'root': self.root, 'user': user})
        self.process = start([PROGRAM, path])

    def put(self, name, content):
        with open(os.path.join(self.root, name), 'wb') as file:
            file.write(content)

    def read_sent(self, name):
        with open(os.path.join(self.root, 'up', name), 'rb') as file:
            return file.read()
