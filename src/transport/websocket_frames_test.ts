import assert from "#assert";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import * as library from "ws";
import { binaryHeader, closeFrame, FrameReader, pongFrame } from "./websocket_frames.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What npm `ws` makes its frames with; its types leave it out. */
const { Sender, Receiver } = library as unknown as {
  Sender: { frame(data: Uint8Array, options: SenderOptions): Uint8Array[] };
  Receiver: new (options: object) => {
    on(event: string, listener: (...args: Uint8Array[]) => void): void;
    write(bytes: Buffer): void;
  };
};

interface SenderOptions {
  readonly fin: boolean;
  readonly opcode: number;
  readonly mask: true;
  readonly readOnly: true;
  readonly rsv1: false;
}

const [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10];
const FINAL = 0x80;
const LIMIT = 1_000_000;
const text = new TextEncoder();

/** A frame with a mask; `first` is its first byte, `lengthBytes` of the length field beyond one. */
function frame(
  first: number,
  payload: readonly number[] | Bytes = [],
  lengthBytes?: 2 | 8,
  mask = [0x9a, 0x01, 0xff, 0x00],
): Bytes {
  const { length } = payload;
  const extra = lengthBytes ?? (length < 126 ? 0 : length < 65_536 ? 2 : 8);
  const second = extra === 0 ? length : extra === 2 ? 126 : 127;
  const field = Array.from({ length: extra }, (_, i) => {
    return Math.floor(length / 256 ** (extra - 1 - i)) % 256;
  });
  const masked = Uint8Array.from(payload, (byte, i) => byte ^ mask[i % 4]!);
  return joined([Uint8Array.of(first, 0x80 | second, ...field, ...mask), masked]);
}

/** Whole frames of opcode `opcode`. */
function whole(opcode: number, payload?: readonly number[] | Bytes): Bytes {
  return frame(FINAL | opcode, payload);
}

function joined(parts: readonly Uint8Array[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

interface Outcome {
  readonly payload: number[];
  readonly pings: number[][];
  readonly code: number | undefined;
  readonly violation: string | undefined;
}

/** Reads `bytes` in parts of the given sizes, over and over, each at an odd place in memory. */
function read(bytes: Bytes, sizes: readonly number[], limit = LIMIT): Outcome & { ended: boolean } {
  const pings: number[][] = [];
  const payload: Uint8Array[] = [];
  const reader = new FrameReader(limit, (ping) => pings.push([...ping]));
  for (let offset = 0, i = 0; offset < bytes.length; i++) {
    const size = Math.min(sizes[i % sizes.length]!, bytes.length - offset);
    const room = new Uint8Array(size + 7).fill(0xee);
    const part = room.subarray(i % 4, i % 4 + size);
    part.set(bytes.subarray(offset, offset + part.length));
    const found = reader.unwrap(part);
    assert.equal(found.buffer, room.buffer, "no memory of its own");
    payload.push(found.slice());
    const after = room.subarray(i % 4 + part.length);
    assert.ok(after.every((byte) => byte === 0xee), "nothing is written behind the bytes");
    offset += part.length;
  }
  const { end } = reader;
  return {
    payload: [...joined(payload)],
    pings,
    code: end?.code,
    violation: end?.violation?.message,
    ended: end !== undefined,
  };
}

const ONE = whole(BINARY, [1]);
const TWO = whole(BINARY, [2]);
const ZERO = [0, 0, 0, 0];
const FILL = Array.from({ length: 300 }, (_, i) => i & 0xff);

/** Bytes, and what the reader makes of them; `ended` in each row is followed by bytes to ignore. */
const GOOD: readonly (readonly [string, readonly Bytes[], Partial<Outcome>])[] = [
  ["data", [whole(BINARY, [1, 2, 3, 4, 5, 6, 7])], { payload: [1, 2, 3, 4, 5, 6, 7] }],
  ["empty data", [whole(BINARY), ONE, whole(BINARY), TWO], { payload: [1, 2] }],
  ["a longer length than needed", [frame(0x82, [1], 2), frame(0x82, [2], 8)], { payload: [1, 2] }],
  ["fragments", [frame(BINARY, [1]), frame(0), frame(0, [2]), whole(0, [3]), ONE], {
    payload: [1, 2, 3, 1],
  }],
  ["a mask of 0", [127, 128, 300].map((length) => frame(0x82, FILL.slice(0, length), 2, ZERO)), {
    payload: [...FILL.slice(0, 127), ...FILL.slice(0, 128), ...FILL.slice(0, 300)],
  }],
  ["a ping between fragments", [frame(BINARY, [1]), whole(PING, [7, 8]), whole(0, [2])], {
    payload: [1, 2],
    pings: [[7, 8]],
  }],
  ["an empty ping", [whole(PING), ONE], { payload: [1], pings: [[]] }],
  ["the longest ping", [whole(PING, Array(125).fill(5))], { pings: [Array(125).fill(5)] }],
  ["pongs", [whole(PONG), ONE, whole(PONG, [1, 2, 3])], { payload: [1] }],
];

const CLOSES: readonly (readonly [Bytes, number | undefined])[] = [
  [whole(CLOSE), undefined],
  [whole(CLOSE, [0x0f, 0xa0, ...text.encode("Grüße")]), 4000],
  ...[1000, 1001, 1002, 1003, 1007, 1011, 1012, 1014, 3000, 4999].map((code) =>
    [whole(CLOSE, [code >> 8, code & 0xff]), code] as const
  ),
];

const VIOLATIONS: readonly (readonly [string, readonly Bytes[], number, RegExp])[] = [
  ...[0x40, 0x20, 0x10].flatMap((bit) =>
    [BINARY, PING, CLOSE, TEXT].map((opcode) =>
      [`bit ${bit} of ${opcode}`, [frame(FINAL | bit | opcode, [1])], 1002, /reserved bit/] as const
    )
  ),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) =>
    [`opcode ${opcode}`, [whole(opcode, [1])], 1002, /unknown type/] as const
  ),
  ["no mask", [Uint8Array.of(0x82, 1, 1)], 1002, /without a mask/],
  ["no mask, control", [Uint8Array.of(0x89, 0)], 1002, /without a mask/],
  ["64 bits", [Uint8Array.of(0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4)], 1002, /63 bits/],
  ["63 bits", [Uint8Array.of(0x82, 0xff, 0x7f, ...Array(7).fill(0xff), 1, 2, 3, 4)], 1009, /limit/],
  ["text", [whole(TEXT, [65])], 1003, /text frame/],
  ["fragmented text", [frame(TEXT, [65])], 1003, /text frame/],
  ["text inside a message", [frame(BINARY, []), whole(TEXT, [65])], 1003, /text frame/],
  ["binary inside a message", [frame(BINARY, []), whole(BINARY, [1])], 1002, /another message/],
  ["continuation of nothing", [whole(CONTINUATION, [1])], 1002, /or of none/],
  ["continuation of what ended", [frame(BINARY), whole(0), whole(0)], 1002, /or of none/],
  ...[PING, PONG, CLOSE].flatMap((opcode) =>
    [
      [`${opcode} in parts`, [frame(opcode, [])], 1002, /in parts/],
      [`${opcode} of 126`, [whole(opcode, Array(126).fill(65))], 1002, /too long/],
    ] as const
  ),
  ["close of one byte", [whole(CLOSE, [3])], 1002, /valid code/],
  ...[0, 999, 1004, 1005, 1006, 1015, 2000, 2999, 5000, 65_535].map((code) =>
    [`close ${code}`, [whole(CLOSE, [code >> 8, code & 0xff])], 1002, /valid code/] as const
  ),
  ["close with a wrong reason", [whole(CLOSE, [3, 232, 0xc3, 0x28])], 1007, /not UTF-8/],
  ["close with half a character", [whole(CLOSE, [3, 232, 0xe2, 0x82])], 1007, /not UTF-8/],
];

const CUTS = [[1], [2], [3, 1], [5], [1_000_000]];

Deno.test("[MQTT-6.0.0-2] FrameReader: takes data and pings out of frames, wherever they are cut", () => {
  for (const [name, frames, expected] of GOOD) {
    for (const sizes of CUTS) {
      const outcome = {
        code: undefined,
        violation: undefined,
        payload: [],
        pings: [],
        ...expected,
      };
      assert.deepEqual(read(joined(frames), sizes), { ...outcome, ended: false }, name);
    }
  }
});

Deno.test("FrameReader: a close frame ends the frames with its own code", () => {
  for (const [close, code] of CLOSES) {
    for (const sizes of CUTS) {
      const { violation, payload, ended, code: found } = read(joined([ONE, close, TWO]), sizes);
      assert.deepEqual([found, violation, payload, ended], [code, undefined, [1], true]);
    }
  }
});

Deno.test("[MQTT-6.0.0-1] FrameReader: a violation ends the frames, after what came before it", () => {
  for (const [name, frames, code, why] of VIOLATIONS) {
    for (const sizes of CUTS) {
      const outcome = read(joined([ONE, ...frames, TWO, whole(PING)]), sizes);
      assert.equal(outcome.code, code, name);
      assert.match(outcome.violation!, why, name);
      assert.deepEqual([outcome.payload, outcome.pings], [[1], []], name);
    }
  }
});

Deno.test("FrameReader: the limit is that of a message, whatever its fragments", () => {
  const [ten, eleven] = [Array(10).fill(1), Array(11).fill(1)];
  const six = Array(6).fill(1);
  for (
    const [frames, count] of [
      [[whole(BINARY, ten), whole(BINARY, ten)], 20],
      [[frame(BINARY, six), whole(0, six.slice(2)), whole(BINARY, ten)], 20],
    ] as const
  ) {
    const { payload, ended } = read(joined(frames), [4], 10);
    assert.deepEqual([payload.length, ended], [count, false]);
  }
  for (const frames of [[whole(BINARY, eleven)], [frame(BINARY, six), frame(0, six.slice(1))]]) {
    const { code, violation } = read(joined(frames), [4], 10);
    assert.deepEqual([code, violation], [1009, "the peer sent a message above the limit"]);
  }
});

Deno.test("FrameReader: a violation is seen as soon as the header is there", () => {
  const reader = new FrameReader(LIMIT, () => {});
  const header = whole(TEXT, [65, 66]).subarray(0, 6);
  assert.equal(reader.unwrap(header.slice(0, 5)).length, 0);
  assert.equal(reader.end, undefined);
  reader.unwrap(header.slice(5));
  assert.equal(reader.end?.code, 1003);
});

/** A message in fragments with pings between them, and where the bytes are cut. */
const traffic = fc.record({
  messages: fc.array(
    fc.array(fc.record({ length: lengths(), ping: fc.option(fc.uint8Array({ maxLength: 125 })) }), {
      minLength: 1,
      maxLength: 4,
    }),
    { maxLength: 6 },
  ),
  sizes: fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 70_000 })), {
    minLength: 1,
    maxLength: 8,
  }),
});

function lengths(): fc.Arbitrary<number> {
  const edges = fc.constantFrom(0, 1, 125, 126, 127, 65_535, 65_536);
  return fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }), edges);
}

Deno.test("[MQTT-6.0.0-2] FrameReader: reads what npm ws sends, cut anywhere", () => {
  fc.assert(
    fc.property(traffic, ({ messages, sizes }) => {
      const [bytes, payload, pings]: [Uint8Array[], number[], number[][]] = [[], [], []];
      const send = (data: Uint8Array, opcode: number, fin: boolean) => {
        const options = { fin, opcode, mask: true, readOnly: true, rsv1: false } as const;
        bytes.push(...Sender.frame(Buffer.from(data), options));
      };
      for (const fragments of messages) {
        for (const [index, { length, ping }] of fragments.entries()) {
          const data = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 0xff);
          send(data, index === 0 ? BINARY : CONTINUATION, index === fragments.length - 1);
          for (const byte of data) payload.push(byte);
          if (ping === null) continue;
          send(ping, PING, true);
          pings.push([...ping]);
        }
      }
      const outcome = read(joined(bytes), sizes, 10 * LIMIT);
      assert.equal(outcome.ended, false);
      assert.deepEqual(outcome.pings, pings);
      assert.ok(Buffer.from(outcome.payload).equals(Buffer.from(payload)));
    }),
    { numRuns: 60 },
  );
});

Deno.test("FrameReader: any bytes, cut anywhere, come to the same end", () => {
  const anyBytes = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc.tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 130 })).map(
        ([first, payload]) => frame(first, [...payload]),
      ),
      fc.constantFrom(ONE, whole(PING, [1]), frame(BINARY, [3]), whole(CONTINUATION, [4])),
    ),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(
      anyBytes,
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (all, cuts) => {
        const bytes = joined(all);
        assert.deepEqual(read(bytes, cuts), read(bytes, [1_000]));
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("binaryHeader, pongFrame, closeFrame: npm ws reads them, at every length", () => {
  const receiver = new Receiver({ isServer: false, allowSynchronousEvents: true });
  const came: [string, number][] = [];
  receiver.on("message", ({ length }) => came.push(["message", length]));
  receiver.on("pong", ({ length }) => came.push(["pong", length]));
  receiver.on("conclude", (code, reason) => came.push([`close${reason}`, Number(code)]));
  receiver.on("error", (error) => assert.fail(String(error)));
  const sizes = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000];
  for (const size of sizes) {
    receiver.write(Buffer.from(joined([binaryHeader(size), new Uint8Array(size)])));
  }
  for (const size of [0, 125]) receiver.write(Buffer.from(pongFrame(new Uint8Array(size))));
  receiver.write(Buffer.from(closeFrame(1003)));
  const pongs = [["pong", 0], ["pong", 125]];
  assert.deepEqual(came, [...sizes.map((size) => ["message", size]), ...pongs, ["close", 1003]]);
  assert.deepEqual([...closeFrame(undefined)], [0x88, 0]);
});
