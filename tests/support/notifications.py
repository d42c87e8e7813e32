# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop's place for notifications, on the session bus of a test: takes them, and shows nothing.

    place = notifications.Place()
    place.titles         of all that came
    place.end()
"""
import threading

from gi.repository import Gio, GLib

NAME = 'org.freedesktop.Notifications'
INTERFACE = '''<node><interface name="org.freedesktop.Notifications">
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/>
<arg type="s" direction="out"/><arg type="s" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
<arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method>
</interface></node>'''


class Place:
    def __init__(self):
        self.titles = []
        self._context = GLib.MainContext.new()
        self._loop = GLib.MainLoop.new(self._context, False)
        self._is_there = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._is_there.wait(10), 'nobody owns %s' % NAME

    def _run(self):
        self._context.push_thread_default()
        bus = Gio.DBusConnection.new_for_address_sync(
            Gio.dbus_address_get_for_bus_sync(Gio.BusType.SESSION),
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
        bus.register_object('/org/freedesktop/Notifications',
                            Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0], self._called, None, None)
        Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE, lambda *_: self._is_there.set(), None)
        self._loop.run()
        bus.close_sync()
        self._context.pop_thread_default()

    def _called(self, _bus, _sender, _path, _interface, method, arguments, invocation):
        if method == 'GetCapabilities':
            answer = GLib.Variant('(as)', (['body', 'actions', 'persistence'],))
        elif method == 'GetServerInformation':
            answer = GLib.Variant('(ssss)', ('test', 'test', '1', '1.2'))
        elif method == 'Notify':
            self.titles.append(arguments.unpack()[3])
            answer = GLib.Variant('(u)', (len(self.titles),))
        else:
            answer = None
        invocation.return_value(answer)

    def end(self):
        self._loop.quit()
        self._thread.join(5)
