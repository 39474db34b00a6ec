#!/usr/bin/python3
"""Stands in for a desktop's panel and notification service, on the session bus.

Words on standard input, one a line: `icon`, `menu`, `click <id>`, `choose <notification> <key>`, `panel on`. Answers and what
apps do are lines of JSON on standard output. Arguments: `panel`, `notifications`: which of the two there are.
"""
import json
import sys
import time

import dbus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

ITEM, MENU, PROPERTIES = "org.kde.StatusNotifierItem", "com.canonical.dbusmenu", dbus.PROPERTIES_IFACE
DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()


def tell(what, **more):
    print(json.dumps({"what": what, **more}), flush=True)


class Panel(dbus.service.Object):
    NAME = "org.kde.StatusNotifierWatcher"

    def __init__(self):
        self.items = []
        super().__init__(dbus.service.BusName(self.NAME, bus), "/StatusNotifierWatcher")

    @dbus.service.method(NAME, in_signature="s", sender_keyword="sender")
    def RegisterStatusNotifierItem(self, service, sender=None):
        owner, path = (sender, service) if service.startswith("/") else (service, "/StatusNotifierItem")
        self.items.append((owner, path))
        tell("item")

    @dbus.service.method(NAME, in_signature="s")
    def RegisterStatusNotifierHost(self, service):
        pass

    @dbus.service.signal(NAME, signature="")
    def StatusNotifierHostRegistered(self):
        pass

    def all(self):
        return {"IsStatusNotifierHostRegistered": True, "ProtocolVersion": dbus.Int32(0)}

    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        return self.all()[name]

    @dbus.service.method(PROPERTIES, in_signature="s", out_signature="a{sv}")
    def GetAll(self, interface):
        return self.all()

    def property(self, name):
        owner, path = self.items[-1]
        return bus.get_object(owner, path).Get(ITEM, name, dbus_interface=PROPERTIES)

    def menu(self):
        owner, _ = self.items[-1]
        return dbus.Interface(bus.get_object(owner, self.property("Menu")), MENU)


class Notifications(dbus.service.Object):
    NAME = "org.freedesktop.Notifications"

    def __init__(self):
        self.last = 0
        super().__init__(dbus.service.BusName(self.NAME, bus), "/org/freedesktop/Notifications")

    @dbus.service.method(NAME, in_signature="", out_signature="as")
    def GetCapabilities(self):
        return ["body", "actions", "body-markup"]

    @dbus.service.method(NAME, in_signature="", out_signature="ssss")
    def GetServerInformation(self):
        return ("stand-in", "tests", "1", "1.2")

    @dbus.service.method(NAME, in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, app, replaces, icon, title, body, actions, hints, lasts):
        self.last += 1
        tell("notification", id=self.last, title=title, body=body, actions=[str(word) for word in actions])
        return dbus.UInt32(self.last)

    @dbus.service.method(NAME, in_signature="u")
    def CloseNotification(self, number):
        tell("closed", id=int(number))

    @dbus.service.signal(NAME, signature="us")
    def ActionInvoked(self, number, key):
        pass


def flat(node):
    number, properties, children = node
    label, enabled = str(properties.get("label", "")), bool(properties.get("enabled", True))
    lines = [{"id": int(number), "label": label, "enabled": enabled}] if label else []
    return lines + [line for child in children for line in flat(child)]


parts = {"panel": None, "notifications": None}


def begin(name):
    parts[name] = {"panel": Panel, "notifications": Notifications}[name]()


def obey(words):
    panel, notifications = parts["panel"], parts["notifications"]
    if words[0] == "icon":
        tell("icon", name=str(panel.property("IconName")))
    elif words[0] == "menu":
        tell("menu", lines=flat(panel.menu().GetLayout(0, -1, dbus.Array([], signature="s"))[1]))
    elif words[0] == "click":
        panel.menu().Event(int(words[1]), "clicked", dbus.Int32(0, variant_level=1), dbus.UInt32(int(time.time())))
        tell("clicked")
    elif words[0] == "choose":
        notifications.ActionInvoked(dbus.UInt32(int(words[1])), words[2])
        tell("chosen")
    elif words[0] == "panel":
        begin("panel")
        parts["panel"].StatusNotifierHostRegistered()
        tell("panel")


def heard(_channel, _condition):
    line = sys.stdin.readline()
    if not line:
        loop.quit()
        return False
    try:
        obey(line.split())
    except Exception as error:
        tell("error", error=repr(error))
    return True


for part in sys.argv[1:]:
    begin(part)
GLib.io_add_watch(0, GLib.IO_IN | GLib.IO_HUP, heard)
loop = GLib.MainLoop()
tell("ready")
loop.run()
