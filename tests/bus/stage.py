# SPDX-License-Identifier: GPL-3.0-or-later
"""The running program on a session bus of the test's own, as another program sees it.

For tests that run under display-run with /usr/bin/python3.

    stage.write_tunnel('one', Name='One', Host='127.0.0.1', Port=9)
    stage.install_service(PROGRAM)               # the bus starts it when it is called
    bus = stage.Bus()                            # one client; each has a name of its own there
    bus.tunnel('one').call('Start')
    bus.tunnel('one').wait(State='waiting')
    bus.changes                                  # of PropertiesChanged: (time, path, {name: value})
"""
import os
import subprocess
import time

from gi.repository import Gio, GLib

NAME = 'io.github.culvert_app.Culvert'
PATH = '/io/github/culvert_app/Culvert'
TUNNELS = PATH + '/Tunnels'
MANAGER = NAME + '.Manager'
TUNNEL = NAME + '.Tunnel'
ERROR = NAME + '.Error.'
PROPERTIES = 'org.freedesktop.DBus.Properties'
OBJECT_MANAGER = 'org.freedesktop.DBus.ObjectManager'
PATIENCE = max(1.0, float(os.environ.get('CULVERT_TEST_PATIENCE', '1')))
CONFIG = os.path.join(os.environ['XDG_CONFIG_HOME'], 'culvert', 'tunnels')


def turn():
    """What has come from the bus is dealt with; waits a moment for more."""
    context = GLib.MainContext.default()
    GLib.timeout_add(10, lambda: False)
    context.iteration(True)
    while context.pending():
        context.iteration(False)


def wait(condition, what, limit_s=10):
    end = time.monotonic() + limit_s * PATIENCE
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, 'gave up waiting for ' + what
        turn()


def write_tunnel(name, forwards='', **keys):
    os.makedirs(CONFIG, exist_ok=True)
    text = '[Tunnel]\nVersion=1\n' + ''.join('%s=%s\n' % pair for pair in keys.items()) + forwards
    path = os.path.join(CONFIG, name + '.culvert')
    with open(path + '.new', 'w') as file:
        file.write(text)
    os.rename(path + '.new', path)


def remove_tunnel(name):
    os.unlink(os.path.join(CONFIG, name + '.culvert'))


def local_forward(port, target):
    return '[Forward web]\nKind=local\nListen=127.0.0.1:%d\nTarget=127.0.0.1:%s\n' % (port, target)


def tunnel_path(name):
    return TUNNELS + '/' + name.replace('-', '_2d')


class Refused(Exception):
    """The answer was an error: its name and its words."""

    def __init__(self, error):
        self.name = Gio.DBusError.get_remote_error(error) or ''
        Gio.DBusError.strip_remote_error(error)
        super().__init__('%s: %s' % (self.name, error.message))


class Tunnel:
    def __init__(self, bus, path):
        self.bus, self.path = bus, path

    def call(self, method, arguments=None):
        return self.bus.call(self.path, TUNNEL, method, arguments)

    def get(self, name=None):
        if name is None:
            return self.bus.call(self.path, PROPERTIES, 'GetAll', GLib.Variant('(s)', (TUNNEL,)))[0]
        return self.bus.call(self.path, PROPERTIES, 'Get', GLib.Variant('(ss)', (TUNNEL, name)))[0]

    def wait(self, limit_s=10, **values):
        wait(lambda: all(self.get(name) == value for name, value in values.items()),
             '%s: %s' % (self.path, values), limit_s)


class Bus:
    def __init__(self, watch=True):
        self.connection = Gio.DBusConnection.new_for_address_sync(
            os.environ['DBUS_SESSION_BUS_ADDRESS'],
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        self.changes, self.added, self.removed = [], [], []
        if watch:
            for interface, signal in ((PROPERTIES, 'PropertiesChanged'),
                                      (OBJECT_MANAGER, 'InterfacesAdded'),
                                      (OBJECT_MANAGER, 'InterfacesRemoved')):
                self.connection.signal_subscribe(NAME, interface, signal, None, None,
                                                 Gio.DBusSignalFlags.NONE, self._told)

    def _told(self, _connection, _sender, path, _interface, signal, arguments):
        arguments = arguments.unpack()
        if signal == 'PropertiesChanged':
            self.changes.append((time.monotonic(), path, arguments[1]))
        elif signal == 'InterfacesAdded':
            self.added.append(arguments[0])
        else:
            self.removed.append(arguments[0])

    def call(self, path, interface, method, arguments=None, destination=NAME, limit_s=20):
        """In the main loop, so that what is told meanwhile is not put off."""
        answer = []

        def answered(connection, result):
            try:
                answer.append(connection.call_finish(result))
            except GLib.Error as error:
                answer.append(Refused(error))
        self.connection.call(destination, path, interface, method, arguments, None,
                             Gio.DBusCallFlags.NONE, int(limit_s * PATIENCE * 1000), None, answered)
        wait(lambda: answer, 'an answer to ' + method, limit_s + 1)
        if isinstance(answer[0], Refused):
            raise answer[0]
        return answer[0].unpack()

    def manager(self, method, arguments=None):
        return self.call(PATH, MANAGER, method, arguments)

    def tunnel(self, name):
        return Tunnel(self, tunnel_path(name))

    def tunnels(self):
        return self.call(TUNNELS, OBJECT_MANAGER, 'GetManagedObjects')[0]

    def has_owner(self):
        return self.call('/org/freedesktop/DBus', 'org.freedesktop.DBus', 'NameHasOwner',
                         GLib.Variant('(s)', (NAME,)), 'org.freedesktop.DBus')[0]

    def close(self):
        self.connection.close_sync(None)


def refused(function, *arguments):
    """The name of the error that it ends with."""
    try:
        function(*arguments)
    except Refused as error:
        return error.name
    raise AssertionError('it was not refused')


def install_service(program, *options):
    folder = os.path.join(os.environ['DISPLAY_RUN_DIR'], 'services')
    with open(os.path.join(folder, NAME + '.service'), 'w') as file:
        file.write('[D-BUS Service]\nName=%s\nExec=%s\n'
                   % (NAME, ' '.join([program, '--gapplication-service', *options])))
    bus = Bus(watch=False)
    bus.call('/org/freedesktop/DBus', 'org.freedesktop.DBus', 'ReloadConfig', None,
             'org.freedesktop.DBus')
    bus.close()


def run(*argv, **more):
    """A command to its end: its exit status, output and messages."""
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=60 * PATIENCE, **more)
    return done.returncode, done.stdout, done.stderr
