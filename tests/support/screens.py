# SPDX-License-Identifier: GPL-3.0-or-later
"""Every screen of the program, and how a person gets there: for what looks at all of them.

    for screen in screens.ALL:
        with screens.shown(screen, guide) as root:
            ...

A guide knows the running program; a screen is opened from the main window and closed again, so that they can be
looked at in any order.
"""
import contextlib
import time

import atspi
import showcase


VIEWS = {'Overview': 'alt+1', 'Connections': 'alt+2', 'Log': 'alt+3', 'Interruptions': 'alt+4'}


class Guide:
    """Leads through a program that shows the tunnels of a showcase."""

    def __init__(self, app, case, narrow=False, english=True):
        self.app, self.case, self.english = app, case, english
        self.window = app.find('window', 'Culvert')
        self.narrow = narrow

    def dialogs(self):
        return [node for node in self.app.children() if node.name != 'Culvert' and node.is_shown()]

    def has_keys(self):
        """Do the keys go to the main window?"""
        return 'active' in self.window.states

    def wait_dialog(self):
        """The dialog that has opened, once the keys go to it."""
        dialog = atspi.wait(lambda: next(iter(self.dialogs()), None), 'a dialog')
        atspi.wait(lambda: not self.has_keys(), 'the keys to go to the dialog')
        return dialog

    def escape(self):
        """Closes what is open, however deep."""
        end = time.monotonic() + atspi.DEADLINE * atspi.PATIENCE
        while self.dialogs():
            assert time.monotonic() < end, 'dialogs do not close: %s' % self.dialogs()
            atspi.press_keys('Escape')
            count = len(self.dialogs())
            with contextlib.suppress(AssertionError):
                atspi.wait(lambda: len(self.dialogs()) < count, 'one less', 1)
        atspi.wait(self.has_keys, 'the keys to go to the main window')

    def keys(self, *keys):
        atspi.wait(self.has_keys, 'the keys to go to the main window')
        atspi.press_keys(*keys)

    def back(self):
        """To the list, in a narrow window."""
        if self.narrow:  # what is on the other side keeps its size, so there is nothing to look at first
            self.keys('alt+Left')

    def row(self, name):
        return self.window.find('row', name)

    def show(self, name, view='Overview'):
        """The page of a tunnel, wherever its row is in the list: as a search of the desktop opens it."""
        self.app.call('org.freedesktop.Application.ActivateAction', 'show-tunnel', "[<'%s'>]" % self.case.ids[name], '{}')
        self.keys(VIEWS[view])
        self.window.find('switch', name)


def page(name, view='Overview', settle=None):
    def show(guide):
        guide.show(name, view)
        if settle and guide.english:
            guide.window.find_text(settle)
        return guide.window
    return show


def by_keys(name, *keys, settle=None):
    """A dialog that keys open while the page of a tunnel is shown."""
    def show(guide):
        guide.show(name)
        guide.keys(*keys)
        dialog = guide.wait_dialog()
        if settle and guide.english:
            guide.app.find_text(settle, 30)
        return dialog
    return show


def open_menu(guide, name, menu, *items):
    """And goes through the items, if there are any."""
    guide.show(name)
    if menu == 'Main Menu':
        guide.back()
    guide.window.find_last('button', menu).press()
    for item in items:
        guide.window.find('menuitem', lambda text, item=item: text.startswith(item)).press()


def menu_of(name, menu):
    def show(guide):
        open_menu(guide, name, menu)
        guide.window.find('menuitem')
        return guide.window
    return show


def by_menu(name, menu, *items):
    """The dialog that the items of a menu lead to."""
    def show(guide):
        open_menu(guide, name, menu, *items)
        return guide.wait_dialog()
    return show


def forward_editor(guide):
    editor = by_keys(showcase.DATABASE, 'ctrl+e')(guide)
    editor.find('button', 'Add Forward').press()
    editor.find('entry', 'Port on this computer')
    return editor


def search(words, settle):
    def show(guide):
        guide.back()
        guide.keys('ctrl+f')
        guide.window.find('entry', 'Search Tunnels')
        atspi.type_text(words)
        guide.window.find_text(settle)
        return guide.window
    return show


def pasted(guide):
    dialog = by_keys(showcase.MAIL, 'ctrl+shift+v')(guide)
    atspi.type_text('ssh -L 8080:intranet:80 -D 1080 -J gate alice@bastion.example.com')
    guide.app.find_text('localhost:8080 → intranet:80')
    return dialog


def import_preview(guide):
    dialog = by_keys(showcase.DATABASE, 'ctrl+o')(guide)
    first = dialog.find('row', lambda text: 'ssh' in text)
    atspi.press_keys('Tab')
    first.wait_state('focused')
    atspi.press_keys('Return')
    guide.app.find_text(showcase.ALIAS)
    return dialog


def removed(guide):
    open_menu(guide, showcase.MAIL, 'Tunnel Menu', 'Remove')
    guide.window.find('button', 'Undo')
    return guide.window


def undo(guide):
    guide.window.find('button', 'Undo').press()
    guide.window.wait_gone('button', 'Undo')


def close_search(guide):
    guide.keys('Escape')
    guide.row(showcase.DATABASE)


def close_menu(guide):
    atspi.press_keys('Escape')
    atspi.wait(lambda: not guide.window.find_all('menuitem'), 'the menu to close')


# name, how it is opened, how it is closed (None: as a dialog, or not at all)
ALL = [
    ('up', page(showcase.DATABASE, settle='B/s'), None),
    ('jump', page(showcase.JUMP), None),
    ('remote', page(showcase.REMOTE), None),
    ('port-taken', page(showcase.TAKEN), None),
    ('waiting', page(showcase.STAGING), None),
    ('needs-you-host-key', page(showcase.OFFICE), None),
    ('needs-you-password', page(showcase.NAS), None),
    ('failed-sign-in', page(showcase.ROUTER), None),
    ('failed-host-key', page(showcase.VAULT), None),
    ('stopped', page(showcase.MAIL), None),
    ('long-name', page(showcase.LONG), None),
    ('connections', page(showcase.DATABASE, 'Connections', settle='127.0.0.1:'), None),
    ('connections-none', page(showcase.MAIL, 'Connections'), None),
    ('log', page(showcase.DATABASE, 'Log'), None),
    ('interruptions', page(showcase.DATABASE, 'Interruptions'), None),
    ('search', search('data', showcase.DATABASE), close_search),
    ('search-nothing', search('zebra', 'No Tunnel Found'), close_search),
    ('main-menu', menu_of(showcase.DATABASE, 'Main Menu'), close_menu),
    ('tunnel-menu', menu_of(showcase.DATABASE, 'Tunnel Menu'), close_menu),
    ('forward-menu', menu_of(showcase.DATABASE, 'Forward Menu'), close_menu),
    ('removed', removed, undo),
    ('new', by_keys(showcase.DATABASE, 'ctrl+n'), None),
    ('edit', by_keys(showcase.DATABASE, 'ctrl+e'), None),
    ('edit-forward', forward_editor, None),
    ('paste', by_keys(showcase.DATABASE, 'ctrl+shift+v'), None),
    ('paste-read', pasted, None),
    ('check', by_keys(showcase.DATABASE, 'ctrl+k', settle='Run Again'), None),
    ('check-failed', by_keys(showcase.VAULT, 'ctrl+k', settle='Run Again'), None),
    ('import-from', by_keys(showcase.DATABASE, 'ctrl+o'), None),
    ('import', import_preview, None),
    ('preferences', by_keys(showcase.DATABASE, 'ctrl+comma'), None),
    ('move-to-group', by_keys(showcase.DATABASE, 'ctrl+g'), None),
    ('server-kit', by_menu(showcase.DATABASE, 'Tunnel Menu', 'Set Up the Server'), None),
    ('recipes', by_menu(showcase.DATABASE, 'Forward Menu', 'Use It With'), None),
    ('known-hosts', by_menu(showcase.DATABASE, 'Main Menu', 'Known Hosts'), None),
    ('shortcuts', by_keys(showcase.DATABASE, 'ctrl+question'), None),
    ('about', by_menu(showcase.DATABASE, 'Main Menu', 'About'), None),
    ('quit', by_keys(showcase.DATABASE, 'ctrl+q'), None),
]


# Those that are found without a word of English.
WORDLESS = {'up', 'jump', 'remote', 'port-taken', 'waiting', 'needs-you-host-key', 'needs-you-password', 'failed-sign-in',
            'failed-host-key', 'stopped', 'connections', 'connections-none', 'log', 'interruptions', 'new', 'edit',
            'paste', 'check', 'check-failed', 'import-from', 'preferences', 'move-to-group', 'shortcuts', 'quit'}


@contextlib.contextmanager
def shown(screen, guide):
    """The screen's root while it is shown."""
    _, show, close = screen
    yield show(guide)
    if close:
        close(guide)
    guide.escape()
