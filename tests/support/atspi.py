# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives a program as a person with a screen reader does: by the roles and names of what it shows.

For tests that run under display-run with /usr/bin/python3.  Nothing here knows a pixel position or
sleeps and hopes: what is looked for is waited for, up to a deadline that the environment variable
CULVERT_TEST_PATIENCE multiplies.

    app = atspi.start([program], 'culvert')
    window = app.find('window', 'Culvert')
    window.find('button', 'New Tunnel').press()
    window.find('entry', 'Host').fill('example.org')
    window.wait_gone('button', 'Save')

Roles are named here once for all GTK releases, which name them differently: see ROLES.
"""
import atexit
import contextlib
import os
import signal
import subprocess
import time
import warnings

# Warnings end the program under test, not this one, which gets some whenever a window goes away
# while it is looked at.
_PROGRAM_DEBUG = os.environ.pop('G_DEBUG', None)

import gi  # noqa: E402

warnings.simplefilter('ignore')
gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib  # noqa: E402

from tap import run  # noqa: E402, F401  (so that a test of windows needs this module alone)

# It warns when a program goes away or is not ready yet: both are what we wait for.
GLib.log_set_handler('dbind', GLib.LogLevelFlags.LEVEL_WARNING, lambda *_: None, None)
Atspi.init()

PATIENCE = max(1.0, float(os.environ.get('CULVERT_TEST_PATIENCE', '1')))
DEADLINE = 10.0
PAUSE = 0.02

ROLES = {
    'button': {'push button', 'button', 'toggle button'},
    'switch': {'check box', 'switch', 'toggle button'},
    'check': {'check box', 'radio button'},
    'entry': {'text', 'entry', 'password text'},
    'window': {'frame', 'dialog', 'window', 'alert', 'filler'},  # filler: a dialog, in GTK 4.8
    'menuitem': {'menu item', 'check menu item', 'radio menu item'},
    'combo': {'combo box'},
    'row': {'list item', 'table row'},
    'tab': {'page tab', 'tab'},
    'label': {'label', 'static', 'text'},
    'image': {'image', 'icon', 'img'},
}


def visible_name(text):
    """The name without its mnemonic: GTK 4.8 says "_Start Start" where newer ones say "Start"."""
    text = text or ''
    for i, character in enumerate(text):
        if character == ' ':
            last = text[i + 1:].replace('_', '')
            if text[:i].replace('_', '') == last:
                return last
    return text


def wait(condition, what, deadline=DEADLINE):
    """Returns the first true value of condition (), asked again and again."""
    end = time.monotonic() + deadline * PATIENCE
    while True:
        try:
            value = condition()
            if value:
                return value
        except GLib.Error:
            pass  # what we looked at has gone: look again
        if time.monotonic() > end:
            raise AssertionError('not within %.0f s: %s' % (deadline * PATIENCE, what))
        time.sleep(PAUSE)


class Node:
    """One thing on the screen.  Wraps an Atspi.Accessible and stays valid while that exists."""

    def __init__(self, accessible):
        self.accessible = accessible

    def __repr__(self):
        return '<%s %r>' % (self.role, self.name)

    @property
    def name(self):
        return visible_name(self.accessible.get_name())

    @property
    def description(self):
        return self.accessible.get_description() or ''

    @property
    def role(self):
        return self.accessible.get_role_name()

    @property
    def states(self):
        return {state.value_nick for state in self.accessible.get_state_set().get_states()}

    @property
    def extents(self):
        """(x, y, width, height) inside its window; what is not shown, or is no widget, has no size."""
        if self.accessible.get_component_iface() is None:
            return 0, 0, 0, 0  # the page of a stack, for one
        box = Atspi.Component.get_extents(self.accessible, Atspi.CoordType.WINDOW)
        return box.x, box.y, box.width, box.height

    def is_shown(self):
        return self.extents[2] > 0

    def children(self):
        for i in range(self.accessible.get_child_count()):
            child = self.accessible.get_child_at_index(i)
            if child is not None:
                yield Node(child)

    def walk(self):
        yield self
        for child in self.children():
            yield from child.walk()

    def walk_shown(self):
        """As walk(), without what is inside of something that is not shown."""
        yield self
        for child in self.children():
            # What is no widget, such as the page of a stack, has no size of its own.
            if child.accessible.get_component_iface() is None or child.extents[2:] != (0, 0):
                yield from child.walk_shown()

    def matches(self, role, name):
        return (self.role in ROLES.get(role, {role}) and
                (name is None or (name(self.name) if callable(name) else self.name == name)) and
                self.is_shown())

    def each(self, role, name=None):
        """One after the other, as they are come by.  name: the whole name, a function of it, or None for any."""
        for node in self.walk_shown():
            matches = False
            with contextlib.suppress(GLib.Error):
                matches = node.matches(role, name)
            if matches:
                yield node

    def find_all(self, role, name=None):
        """All that are shown now."""
        return list(self.each(role, name))

    def find(self, role, name=None, deadline=DEADLINE):
        """The first, as soon as there is one."""
        return wait(lambda: next(self.each(role, name), None),
                    '%s %s' % (role, name if isinstance(name, str) else ''), deadline)

    def find_last(self, role, name=None, deadline=DEADLINE):
        """The innermost: a GtkMenuButton contains a button of the same name that does the work."""
        return wait(lambda: next(iter(reversed(self.find_all(role, name))), None),
                    '%s %s' % (role, name if isinstance(name, str) else ''), deadline)

    def wait_gone(self, role, name=None, deadline=DEADLINE):
        wait(lambda: not self.find_all(role, name), 'no %s %s' % (role, name), deadline)

    def wait_state(self, state, present=True, deadline=DEADLINE):
        wait(lambda: (state in self.states) == present,
             '%r %s %s' % (self, 'to be' if present else 'not to be', state), deadline)

    def find_text(self, part, deadline=DEADLINE):
        """Whatever shows a text that contains part, in its name, description or content."""
        def look():
            for node in self.walk():
                try:
                    if part in node.name or part in node.description or part in node.text:
                        return node
                except GLib.Error:
                    pass
            return None
        return wait(look, 'text %r' % part, deadline)

    @property
    def text(self):
        """The content of an entry or label; '' of what has none."""
        try:
            n = Atspi.Text.get_character_count(self.accessible)
            return Atspi.Text.get_text(self.accessible, 0, n) if n > 0 else ''
        except GLib.Error:
            return ''

    def press(self):
        """Does what a click does."""
        accessible = self.accessible
        names = [Atspi.Action.get_action_name(accessible, i)
                 for i in range(Atspi.Action.get_n_actions(accessible))]
        for wanted in ('click', 'toggle', 'activate'):
            if wanted in names:
                assert Atspi.Action.do_action(accessible, names.index(wanted)), self
                return
        raise AssertionError('%r has no action but %s' % (self, names))

    def set_checked(self, checked):
        """Switches a switch and waits until it shows that."""
        if ('checked' in self.states) != checked:
            self.press()
        self.wait_state('checked', checked)

    def fill(self, text):
        """Replaces the content of an entry and waits until it shows that."""
        assert Atspi.EditableText.set_text_contents(self.accessible, text), self
        wait(lambda: self.text == text or 'password' in self.role, '%r to hold %r' % (self, text))

    def focus(self):
        Atspi.Component.grab_focus(self.accessible)
        self.wait_state('focused')

    def dump(self, depth=0):
        """The tree as text, for a look at what a program shows."""
        try:
            x, y, width, height = self.extents
            line = '%s%s %r%s %dx%d+%d+%d %s\n' % (
                '  ' * depth, self.role, self.name,
                ' = %r' % self.text if self.text else '', width, height, x, y,
                ' '.join(sorted(self.states - {'enabled', 'sensitive', 'visible'})))
        except GLib.Error:
            return '%s(gone)\n' % ('  ' * depth)
        return line + ''.join(child.dump(depth + 1) for child in self.children())


class App(Node):
    """A program that start() has started."""

    def __init__(self, accessible, process):
        super().__init__(accessible)
        self.process = process

    def matches(self, role, name):
        return False

    def click(self, window, node, button=1):
        """A real click of the pointer in the middle of node: for what has no action, like rows."""
        left, top = window_origin(self.process.pid, window.accessible.get_name())
        x, y, width, height = node.extents
        xdotool('mousemove', left + x + width // 2, top + y + height // 2, 'click', button)

    @staticmethod
    def call(method, *arguments):
        """Calls a method of the program over D-Bus, as the desktop does.  arguments: as GVariant texts"""
        subprocess.run(['gdbus', 'call', '--session', '--dest', 'io.github.culvert_app.Culvert',
                        '--object-path', '/io/github/culvert_app/Culvert', '--method', method, *arguments],
                       check=True, stdout=subprocess.DEVNULL)

    def wait_end(self, deadline=DEADLINE):
        """Waits until the program has ended; returns its exit status."""
        wait(lambda: self.process.poll() is not None, 'the end of the program', deadline)
        return self.process.returncode

    def stop(self, number=signal.SIGTERM):
        """Ends the program; returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(5 * PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode


def xdotool(*arguments):
    return subprocess.check_output(['xdotool', *map(str, arguments)], text=True)


def window_origin(pid, title):
    """Where on the screen GTK's coordinates of a window begin: inside its shadow or border."""
    found = wait(lambda: xdotool('search', '--onlyvisible', '--pid', pid, '--name',
                                 '^%s$' % title).split(), 'window %r' % title)
    geometry = dict(line.split('=') for line in
                    xdotool('getwindowgeometry', '--shell', found[0]).split() if '=' in line)
    extents = subprocess.run(['xprop', '-id', found[0], '_GTK_FRAME_EXTENTS'],
                             capture_output=True, text=True, check=True).stdout
    left, top = 5, 5  # GTK's own border where no window manager composites
    if '=' in extents:
        numbers = [int(number) for number in extents.split('=')[1].split(',')]
        left, top = numbers[0], numbers[2]
    return int(geometry['X']) + left, int(geometry['Y']) + top


def has_window(pid):
    """Is any window of that process on the screen?"""
    return subprocess.run(['xdotool', 'search', '--all', '--onlyvisible', '--pid', str(pid), '--name', '.'],
                          capture_output=True, check=False).stdout != b''


def type_text(text):
    """Types on the keyboard, into whatever has the focus."""
    xdotool('type', '--delay', 5, text)


def press_keys(*keys):
    """Presses keys such as 'ctrl+n' or 'Return'."""
    xdotool('key', *keys)


def screenshot(path):
    """Saves the whole screen as a picture."""
    subprocess.run(['import', '-silent', '-window', 'root', path], check=True)


_apps = []


@atexit.register
def _stop_all():
    for app in _apps:
        app.stop()


def start(argv, name, deadline=20, **environment):
    """Starts a program and waits until it can be driven.

    name: of its accessible application, which is the base name of argv[0].
    environment: further variables.
    """
    process = launch(argv, **environment)
    try:
        return attach(process, name, deadline)
    except BaseException:
        process.kill()
        process.wait()
        raise


def launch(argv, **environment):
    """Starts a program that need not have a window; attach() takes it once it has one."""
    variables = dict(os.environ, **environment)
    if _PROGRAM_DEBUG is not None:
        variables.setdefault('G_DEBUG', _PROGRAM_DEBUG)
    return subprocess.Popen(argv, env=variables)


def attach(process, name, deadline=20):
    """Waits until a program that was launched can be driven."""
    known = {id(app.accessible) for app in _apps}

    def look():
        assert process.poll() is None, '%s ended with %d' % (name, process.returncode)
        desktop = Node(Atspi.get_desktop(0))
        for node in desktop.children():
            if (node.accessible.get_name() == name and
                    node.accessible.get_process_id() == process.pid and
                    id(node.accessible) not in known):
                return node.accessible
        return None

    accessible = wait(look, 'program %r' % name, deadline)
    # Without this a program that has no main loop of its own sees names and trees of long ago.  On
    # the desktop instead of the application the same call hangs.
    accessible.set_cache_mask(Atspi.Cache.NONE)
    app = App(accessible, process)
    _apps.append(app)
    return app
