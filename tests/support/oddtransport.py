# SPDX-License-Identifier: GPL-3.0-or-later
"""What kbdint-server does below the sign-in that no honest server would do."""

import asyncssh.connection
import asyncssh.encryption
import asyncssh.kex_dh
from asyncssh.constants import MSG_KEXINIT
from asyncssh.packet import NameList, UInt32

SHORT = 100

# The server's half of a Diffie-Hellman exchange: what it is when the prime is p, and the secret
# that a client which takes it arrives at (of two, where there are two).
DH_VALUES = {
    'zero': lambda p: (0, 0),
    'one': lambda p: (1, 1),
    'minus-one': lambda p: (p - 1, 1),
    'modulus': lambda p: (p, 0),
    'more': lambda p: (p + 1, 1),
}

# The first short packet under the new keys: its length field, and what is encrypted.
PACKETS = {
    'padding': lambda packet: (len(packet), b'\xff' + packet[1:]),
    'empty': lambda packet: (len(packet), bytes([len(packet) - 1]) + packet[1:]),
    'length-0': lambda packet: (0, b'\0' + packet[1:]),
    'length-1': lambda packet: (1, b'\0' + packet[1:]),
    'length-3': lambda packet: (3, b'\0' + packet[1:]),
    'length-off': lambda packet: (len(packet) + 1, packet),
    'length-short': lambda packet: (len(packet) - 3, packet),
    'length-huge': lambda packet: (0xfffffff0, packet),
    'length-huge-odd': lambda packet: (0xfffffff8, packet),
}


def add_arguments(parser):
    parser.add_argument('--ciphers', metavar='NAME or TO-SERVER,TO-CLIENT', help='the cipher')
    parser.add_argument('--mac', help='the only MAC')
    parser.add_argument('--dh-value', choices=sorted(DH_VALUES), help='send this as our half')
    parser.add_argument('--packet', choices=sorted(PACKETS), help='the first short encrypted packet')


def lie_about_dh(value):
    def compute(self):
        self._f, secret = DH_VALUES[value](self._p)
        return secret

    asyncssh.kex_dh._KexDHBase._compute_server_shared = compute


def lie_about_packet(kind):
    lied = []

    def wrap(honest):
        def encrypt_packet(self, seq, header, packet):
            if not lied and len(packet) < SHORT:
                lied.append(True)
                length, packet = PACKETS[kind](packet)
                header = UInt32(length)
            return honest(self, seq, header, packet)
        return encrypt_packet

    for shim in ('BasicEncryption', 'ETMEncryption', 'GCMEncryption', 'ChachaEncryption'):
        shim = getattr(asyncssh.encryption, shim)
        shim.encrypt_packet = wrap(shim.encrypt_packet)


def split_ciphers(to_server, to_client):
    """Offers, and takes, one cipher to the server and another one to the client."""
    connection = asyncssh.connection.SSHConnection
    choose_alg, send_packet = connection._choose_alg, connection.send_packet
    ciphers = [to_server.encode(), to_client.encode()]
    lists = [NameList([cipher]) for cipher in ciphers]
    n_chosen = 0

    def choose_each(self, alg_type, local_algs, remote_algs):
        nonlocal n_chosen
        if alg_type == 'encryption':
            local_algs = [ciphers[n_chosen % 2]]
            n_chosen += 1
        return choose_alg(self, alg_type, local_algs, remote_algs)

    def send_each(self, pkttype, *args, **options):
        if pkttype == MSG_KEXINIT:
            args = (args[0].replace(NameList(ciphers) * 2, b''.join(lists)),)
            self._server_kexinit = bytes([MSG_KEXINIT]) + args[0]
        send_packet(self, pkttype, *args, **options)

    connection._choose_alg = choose_each
    connection.send_packet = send_each


def apply(arguments):
    """Does what the arguments say.  Returns: options of the server."""
    options = {}
    if arguments.dh_value:
        lie_about_dh(arguments.dh_value)
        options['kex_algs'] = ['diffie-hellman-group14-sha256']
    if arguments.packet:
        lie_about_packet(arguments.packet)
    if arguments.ciphers:
        ciphers = arguments.ciphers.split(',')
        options['encryption_algs'] = ciphers
        if len(ciphers) == 2:
            split_ciphers(*ciphers)
    if arguments.mac:
        options['mac_algs'] = [arguments.mac]
    return options
