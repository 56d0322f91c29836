import assert from "#assert";
import fc from "fast-check";
import { PacketError, ReasonCode } from "../mqtt/reason_code.ts";
import { type AliasUse, InboundAliases, OutboundAliases } from "./topic_aliases.ts";

function refusal(reasonCode: ReasonCode) {
  return (error: unknown) => error instanceof PacketError && error.reasonCode === reasonCode;
}

Deno.test("[MQTT-3.3.2-12] InboundAliases: every alias from 1 to the maximum is taken", () => {
  const aliases = new InboundAliases(3);
  for (const alias of [1, 2, 3]) assert.equal(aliases.resolve(`t/${alias}`, alias), `t/${alias}`);
  for (const alias of [3, 1, 2]) assert.equal(aliases.resolve("", alias), `t/${alias}`);
});

Deno.test("InboundAliases: a topic sets its alias anew", () => {
  const aliases = new InboundAliases(1);
  aliases.resolve("old", 1);
  assert.equal(aliases.resolve("new", 1), "new");
  assert.equal(aliases.resolve("", 1), "new");
});

for (const [alias, maximum] of [[0, 5], [6, 5], [65_535, 5], [1, 0]] as const) {
  Deno.test(`[MQTT-3.3.2-8] [MQTT-3.3.2-9] InboundAliases: alias ${alias} of ${maximum} is 0x94`, () => {
    const aliases = new InboundAliases(maximum);
    assert.throws(() => aliases.resolve("t", alias), refusal(ReasonCode.TopicAliasInvalid));
  });
}

Deno.test("InboundAliases: an alias that was never set is a Protocol Error", () => {
  const aliases = new InboundAliases(5);
  aliases.resolve("t", 1);
  assert.throws(() => aliases.resolve("", 2), refusal(ReasonCode.ProtocolError));
});

Deno.test("OutboundAliases: a topic gets its alias the second time, and is left out the third", () => {
  const aliases = new OutboundAliases(2);
  assert.deepEqual(aliases.use("a"), { alias: 0, known: false });
  assert.deepEqual(aliases.use("a"), { alias: 1, known: false });
  assert.deepEqual(aliases.use("a"), { alias: 1, known: true });
});

Deno.test("[MQTT-3.1.2-27] OutboundAliases: a maximum of 0 assigns none", () => {
  const aliases = new OutboundAliases(0);
  for (let use = 0; use < 3; use++) assert.deepEqual(aliases.use("a"), { alias: 0, known: false });
});

Deno.test("OutboundAliases: when all are taken, the one used longest ago is given away", () => {
  const aliases = new OutboundAliases(2);
  for (const topic of ["a", "a", "b", "b", "a"]) aliases.use(topic);
  aliases.use("c");
  assert.deepEqual(aliases.use("c"), { alias: 2, known: false }, "b's alias is set anew");
  assert.deepEqual(aliases.use("a"), { alias: 1, known: true });
  assert.deepEqual(aliases.use("c"), { alias: 2, known: true });
  assert.deepEqual(aliases.use("b"), { alias: 0, known: false }, "b starts again");
});

Deno.test("OutboundAliases: topics that come once push nobody out", () => {
  const aliases = new OutboundAliases(1);
  aliases.use("busy");
  aliases.use("busy");
  for (let once = 0; once < 1000; once++) aliases.use(`once/${once}`);
  assert.deepEqual(aliases.use("busy"), { alias: 1, known: true });
});

Deno.test("[MQTT-3.3.2-11] [MQTT-3.1.2-26] OutboundAliases: what the receiver resolves is always the topic", () => {
  const topics = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 200 });
  fc.assert(fc.property(fc.integer({ min: 1, max: 5 }), topics, (maximum, sequence) => {
    const aliases = new OutboundAliases(maximum);
    const receiver = new InboundAliases(maximum); // throws above the maximum
    for (const number of sequence) {
      const topic = `t/${number}`;
      const { alias, known }: AliasUse = aliases.use(topic);
      if (alias === 0) assert.equal(known, false);
      else assert.equal(receiver.resolve(known ? "" : topic, alias), topic);
    }
  }));
});
