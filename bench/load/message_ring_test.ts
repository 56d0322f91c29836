import assert from "#assert";
import { FrameScanner } from "./frame_scanner.ts";
import { MessageRing } from "./message_ring.ts";
import { FrameRemover } from "./websocket_frames.ts";

const OPTIONS = { qos: 1, retain: false, size: 64, webSocket: false } as const;

function topicsIn(bytes: Uint8Array): string[] {
  const scanner = new FrameScanner();
  scanner.begin(bytes, bytes.length);
  const topics: string[] = [];
  while (scanner.next()) {
    const length = bytes[scanner.start]! << 8 | bytes[scanner.start + 1]!;
    const start = scanner.start + 2;
    topics.push(new TextDecoder().decode(bytes.subarray(start, start + length)));
  }
  return topics;
}

Deno.test("MessageRing repeats its topics in turn, as whole packets", () => {
  const topics = ["load/9/v", "load/10/v", "load/111/v"];
  const ring = new MessageRing({ ...OPTIONS, topics, chunkBytes: 500 });
  const found = topicsIn(ring.buffer.bytes);
  assert.equal(found.length, ring.payloads.length);
  assert.deepEqual(found, found.map((_, index) => topics[index % 3]));
});

Deno.test("MessageRing holds a whole chunk from each message of the cycle on", () => {
  for (const chunkBytes of [1, 80, 500, 16_384]) {
    const topics = ["load/9/v", "load/10/v", "load/111/v"];
    const { starts, cycle, buffer } = new MessageRing({ ...OPTIONS, topics, chunkBytes });
    assert.equal(cycle, 3);
    assert.equal(starts.at(-1), buffer.bytes.length);
    for (let first = 0; first < cycle; first++) {
      assert.ok(starts[first]! + chunkBytes <= buffer.bytes.length);
    }
  }
});

Deno.test("MessageRing says where payloads begin, with frames of WebSocket too", () => {
  for (const webSocket of [false, true]) {
    const ring = new MessageRing({ ...OPTIONS, topics: ["t"], chunkBytes: 300, webSocket });
    for (const [message, payload] of ring.payloads.entries()) {
      assert.equal(payload + OPTIONS.size, ring.starts[message + 1]);
      assert.equal(ring.buffer.bytes[payload], "a".charCodeAt(0));
    }
  }
  const { buffer } = new MessageRing({ ...OPTIONS, topics: ["t"], chunkBytes: 1, webSocket: true });
  // A server's frames have no mask: take it off, it is 0, to read the frames in the same way.
  const header = 2;
  const frame = buffer.bytes.subarray(0, buffer.bytes.length / 2);
  const unmasked = Uint8Array.of(frame[0]!, frame[1]! & 0x7f, ...frame.subarray(header + 4));
  const end = new FrameRemover().remove(unmasked, 0, unmasked.length);
  assert.deepEqual(topicsIn(unmasked.slice(0, end)), ["t"]);
});
