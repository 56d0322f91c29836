"""Runs one exchange with Python's paho: paho_client.py PORT VERSION EXCHANGE.

Each exchange checks what it gets and ends with exit code 0, or with the traceback of what was
wrong. VERSION is the protocol level: 3, 4 or 5.
"""

import queue
import socket
import sys

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

LIMIT_SECONDS = 20
HOST = "127.0.0.1"


class Client:
    """A client whose events are taken from queues, in the thread of the exchange."""

    def __init__(self, port, version, client_id="", clean=True, will=None, expiry=0):
        extra = {} if version == mqtt.MQTTv5 else {"clean_session": clean}
        self.paho = mqtt.Client(client_id, protocol=version, **extra)
        self.version = version
        self.connacks, self.messages, self.done = queue.Queue(), queue.Queue(), queue.Queue()
        self.paho.on_connect = lambda _client, _data, flags, code, *_: self.connacks.put((flags, code))
        self.paho.on_message = lambda _client, _data, message: self.messages.put(message)
        self.paho.on_subscribe = lambda _client, _data, mid, codes, *_: self.done.put(("sub", mid, codes))
        self.paho.on_unsubscribe = lambda _client, _data, mid, *_: self.done.put(("unsub", mid))
        self.paho.on_publish = lambda _client, _data, mid: self.done.put(("pub", mid))
        self.paho.on_disconnect = lambda *_: self.done.put(("end",))
        if will is not None:
            self.paho.will_set(*will)
        options = {}
        if version == mqtt.MQTTv5:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = expiry
            options = {"clean_start": clean, "properties": properties}
        self.paho.connect(HOST, port, **options)
        self.paho.loop_start()
        flags, code = self.connacks.get(timeout=LIMIT_SECONDS)
        assert code == 0, code
        self.session_present = bool(flags["session present"])

    def wait(self, kind, mid):
        event = self.done.get(timeout=LIMIT_SECONDS)
        assert event[:2] == (kind, mid), event
        return event

    def subscribe(self, topic, qos):
        code, mid = self.paho.subscribe(topic, qos)
        assert code == mqtt.MQTT_ERR_SUCCESS, code
        codes = self.wait("sub", mid)[2]
        granted = [getattr(each, "value", each) for each in codes]
        assert granted == [qos], granted

    def unsubscribe(self, topic):
        _, mid = self.paho.unsubscribe(topic)
        self.wait("unsub", mid)

    def publish(self, topic, payload, qos=0, retain=False, properties=None):
        """Returns when the exchange of its QoS is over."""
        info = self.paho.publish(topic, payload, qos, retain, properties)
        self.wait("pub", info.mid)

    def next(self):
        return self.messages.get(timeout=LIMIT_SECONDS)

    def disconnect(self):
        self.paho.disconnect()
        assert self.done.get(timeout=LIMIT_SECONDS) == ("end",)
        self.paho.loop_stop()

    def cut(self):
        """Ends the connection without DISCONNECT."""
        self.paho.socket().shutdown(socket.SHUT_RDWR)
        self.paho.loop_stop()


def messages(port, version):
    """Messages of every QoS, one after the other and many at once."""
    subscriber, publisher = Client(port, version), Client(port, version)
    subscriber.subscribe("a/#", 2)
    for qos in (0, 1, 2):
        publisher.publish("a/b", f"\u201e{qos}\u201c", qos)
        message = subscriber.next()
        got = (message.topic, message.payload.decode(), message.qos, message.retain)
        assert got == ("a/b", f"\u201e{qos}\u201c", qos, False), got
    for qos in (1, 2):
        for number in range(200):
            publisher.paho.publish("a/many", str(number), qos)
        got = [subscriber.next().payload.decode() for _ in range(200)]
        assert got == [str(number) for number in range(200)], got
        for _ in range(200):
            publisher.done.get(timeout=LIMIT_SECONDS)
    subscriber.unsubscribe("a/#")
    subscriber.subscribe("marker", 0)
    publisher.publish("a/b", "unheard", 1)
    publisher.publish("marker", "", 1)
    assert subscriber.next().topic == "marker"
    subscriber.disconnect()
    publisher.disconnect()


def retained(port, version):
    """Set, received, cleared."""
    publisher = Client(port, version)
    publisher.publish("state", "on", 1, retain=True)
    subscriber = Client(port, version)
    subscriber.subscribe("state", 1)
    message = subscriber.next()
    assert (message.payload, message.retain) == (b"on", True), message
    publisher.publish("state", b"", 1, retain=True)
    late = Client(port, version)
    late.subscribe("state", 1)
    publisher.publish("state", "live", 1)
    message = late.next()
    assert (message.payload, message.retain) == (b"live", False), message
    for client in (publisher, subscriber, late):
        client.disconnect()


def will(port, version):
    """Published when a connection breaks off, not after DISCONNECT."""
    watcher = Client(port, version)
    watcher.subscribe("will/#", 2)
    for qos in (0, 1, 2):
        Client(port, version, will=(f"will/{qos}", "gone", qos, False)).cut()
        message = watcher.next()
        assert (message.topic, message.payload, message.qos) == (f"will/{qos}", b"gone", qos)
    Client(port, version, "polite", will=("will/unsent", "gone", 1, False)).disconnect()
    successor = Client(port, version, "polite")
    successor.publish("will/marker", "", 1)
    assert watcher.next().topic == "will/marker"
    successor.disconnect()
    watcher.disconnect()


def session(port, version):
    """Messages wait for a client that is away."""
    sleeper = Client(port, version, "sleeper", clean=False, expiry=60)
    assert not sleeper.session_present
    sleeper.subscribe("a", 2)
    sleeper.cut()
    publisher = Client(port, version)
    for qos in (0, 1, 2):
        publisher.publish("a", str(qos), qos)
    awake = Client(port, version, "sleeper", clean=False, expiry=60)
    # MQTT 3.1 has no such flag.
    assert awake.session_present == (version != mqtt.MQTTv31)
    got = sorted(awake.next().payload.decode() for _ in range(2))
    assert got == ["1", "2"], got
    awake.disconnect()
    fresh = Client(port, version, "sleeper", clean=True)
    assert not fresh.session_present
    fresh.disconnect()
    publisher.disconnect()


def properties(port, version):
    """What MQTT 5.0 sends along."""
    subscriber, publisher = Client(port, version), Client(port, version)
    subscriber.subscribe("a", 1)
    sent = Properties(PacketTypes.PUBLISH)
    sent.ContentType = "text/plain"
    sent.ResponseTopic = "answers"
    sent.CorrelationData = b"id"
    sent.PayloadFormatIndicator = 1
    sent.MessageExpiryInterval = 600
    sent.UserProperty = [("k", "1"), ("other", "2"), ("k", "3")]
    publisher.publish("a", "m", 1, properties=sent)
    got = subscriber.next().properties
    assert got.ContentType == "text/plain"
    assert got.ResponseTopic == "answers"
    assert got.CorrelationData == b"id"
    assert got.PayloadFormatIndicator == 1
    assert 590 < got.MessageExpiryInterval <= 600
    assert got.UserProperty == [("k", "1"), ("other", "2"), ("k", "3")], got.UserProperty
    subscriber.disconnect()
    publisher.disconnect()


EXCHANGES = {
    exchange.__name__: exchange for exchange in (messages, retained, will, session, properties)
}

if __name__ == "__main__":
    EXCHANGES[sys.argv[3]](int(sys.argv[1]), int(sys.argv[2]))
