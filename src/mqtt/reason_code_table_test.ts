import assert from "#assert";
import { PacketType } from "./packet.ts";
import { PacketError, ReasonCode } from "./reason_code.ts";
import { requireReasonCode, sendersOf } from "./reason_code_table.ts";
import { Sender } from "./sender.ts";

/** The tables of the specification, written down a second time as numbers. */
const TABLES: [type: PacketType, id: string, sender: Sender, codes: string][] = [
  [
    PacketType.CONNACK,
    "MQTT-3.2.2-8",
    Sender.SERVER,
    "00 80 81 82 83 84 85 86 87 88 89 8a 8c 90 95 97 99 9a 9b 9c 9d 9f",
  ],
  [PacketType.PUBACK, "MQTT-3.4.2-1", Sender.CLIENT, "00 80 83 87 90 91 97 99"],
  [PacketType.PUBACK, "MQTT-3.4.2-1", Sender.SERVER, "00 10 80 83 87 90 91 97 99"],
  [PacketType.PUBREC, "MQTT-3.5.2-1", Sender.CLIENT, "00 80 83 87 90 91 97 99"],
  [PacketType.PUBREC, "MQTT-3.5.2-1", Sender.SERVER, "00 10 80 83 87 90 91 97 99"],
  [PacketType.PUBREL, "MQTT-3.6.2-1", Sender.CLIENT, "00 92"],
  [PacketType.PUBREL, "MQTT-3.6.2-1", Sender.SERVER, "00 92"],
  [PacketType.PUBCOMP, "MQTT-3.7.2-1", Sender.CLIENT, "00 92"],
  [PacketType.PUBCOMP, "MQTT-3.7.2-1", Sender.SERVER, "00 92"],
  [PacketType.SUBACK, "MQTT-3.9.3-2", Sender.SERVER, "00 01 02 80 83 87 8f 91 97 9e a1 a2"],
  [PacketType.UNSUBACK, "MQTT-3.11.3-2", Sender.SERVER, "00 11 80 83 87 8f 91"],
  [
    PacketType.DISCONNECT,
    "MQTT-3.14.2-1",
    Sender.CLIENT,
    "00 04 80 81 82 83 90 93 94 95 96 97 98 99",
  ],
  [
    PacketType.DISCONNECT,
    "MQTT-3.14.2-1",
    Sender.SERVER,
    "00 80 81 82 83 87 89 8b 8c 8d 8e 8f 90 93 94 95 96 97 98 99 9a 9b 9c 9d 9e 9f a0 a1 a2",
  ],
  [PacketType.AUTH, "MQTT-3.15.2-1", Sender.CLIENT, "18 19"],
  [PacketType.AUTH, "MQTT-3.15.2-1", Sender.SERVER, "00 18"],
];

for (const [type, id, sender, codes] of TABLES) {
  const who = sender === Sender.CLIENT ? "a client" : "a server";
  Deno.test(`[${id}] requireReasonCode: packet type ${type} from ${who} carries these codes only`, () => {
    const allowed = codes.split(" ").map((code) => parseInt(code, 16));
    for (let code = 0; code <= 0xff; code++) {
      if (allowed.includes(code)) {
        assert.equal(requireReasonCode(type, code, sender), code);
      } else {
        assert.throws(() => requireReasonCode(type, code, sender), {
          name: PacketError.name,
          reasonCode: ReasonCode.ProtocolError,
        });
      }
    }
  });
}

Deno.test("sendersOf: packets without a reason code carry none", () => {
  const without = [1, 3, 8, 10, 12, 13] as PacketType[];
  for (const type of without) {
    for (let code = 0; code <= 0xff; code++) assert.equal(sendersOf(type, code), 0);
  }
  assert.equal(sendersOf(PacketType.PUBACK, 0x100), 0);
});

Deno.test("sendersOf: every reason code has a packet that carries it", () => {
  for (const [name, code] of Object.entries(ReasonCode)) {
    const packets = Object.values(PacketType).filter((type) => sendersOf(type, code) !== 0);
    assert.ok(packets.length > 0, name);
  }
});
