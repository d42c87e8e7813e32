# SPDX-License-Identifier: GPL-3.0-or-later
"""An FTP server that answers as it is told, and a client that says what it is told:

    server = fake_ftp.Server(2021, {'broken': {'PASV': b'227 nowhere\\r\\n'}})
    client = fake_ftp.Client('127.0.0.1', 2121)
    client.ask(b'USER broken'); client.ask(b'PASV')

The user's name says which answers a connection gets, server.heard[name] is what was said on it from then on.  Both are
where the thread is that makes them (netns.Place.make_pool).  An answer may be a function instead, of the
connection and what was heard.  After an answer 234 the server sends everything back as it came.
"""
import contextlib
import contextlib
import socket
import threading

GREETING = b'220 Ready.\r\n'
USUAL = b'200 Done.\r\n'


def read_place(line):
    """(address, port) of a PORT or EPRT command."""
    rest = line.decode().split()[1]
    if ',' not in rest:
        return rest.split('|')[2], int(rest.split('|')[3])
    numbers = rest.split(',')
    return '.'.join(numbers[:4]), int(numbers[4]) * 256 + int(numbers[5])


class Server:
    def __init__(self, port, scripts):
        self.scripts = scripts
        self.heard = {name: [] for name in scripts}
        self.listener = socket.create_server(('127.0.0.1', port))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        script, heard = {}, []
        with contextlib.suppress(ConnectionError), connection, connection.makefile('rb') as lines:
            connection.sendall(GREETING)
            for line in lines:
                verb, _, rest = line.rstrip(b'\r\n').decode('latin-1').partition(' ')
                if verb == 'USER':
                    script, heard = self.scripts[rest], self.heard[rest]
                else:
                    heard.append(line)
                answer = script.get(verb, USUAL)
                if callable(answer):
                    answer(connection, heard)
                    continue
                connection.sendall(answer)
                if answer.startswith(b'234'):
                    while data := lines.read1():
                        connection.sendall(data)


class Client:
    def __init__(self, host, port, limit_s=10):
        self.socket = socket.create_connection((host, port), limit_s)
        self.lines = self.socket.makefile('rb')
        self.greeting = self.lines.readline()

    def send(self, data, flags=0):
        self.socket.sendall(data, flags)

    def ask(self, command, n_bytes=0):
        """The answer: one line, or that many bytes."""
        self.send(command + b'\r\n')
        return self.read(n_bytes)

    def read(self, n_bytes=0):
        return self.lines.read(n_bytes) if n_bytes else self.lines.readline()

    def close(self):
        self.lines.close()
        self.socket.close()
