import assert from "#assert";
import fc from "fast-check";
import { framed, FrameRemover, upgradeAnswerEnd } from "./websocket_frames.ts";

/** As a server sends it: without a mask. */
function serverFrame(opcode: number, payload: Uint8Array): Uint8Array {
  const frame = framed(payload);
  frame[0] = 0x80 | opcode;
  frame[1]! &= 0x7f;
  const headerEnd = frame.length - payload.length - 4;
  return Uint8Array.of(...frame.subarray(0, headerEnd), ...payload);
}

Deno.test("framed() writes each of the three lengths, masked", () => {
  assert.deepEqual([...framed(new Uint8Array(125)).subarray(0, 6)], [0x82, 0x80 | 125, 0, 0, 0, 0]);
  assert.deepEqual([...framed(new Uint8Array(300)).subarray(0, 4)], [0x82, 0x80 | 126, 1, 44]);
  const long = framed(new Uint8Array(65_536));
  assert.deepEqual([...long.subarray(0, 10)], [0x82, 0x80 | 127, 0, 0, 0, 0, 0, 1, 0, 0]);
  assert.equal(long.length, 65_536 + 14);
});

Deno.test("FrameRemover leaves the payloads of data frames wherever the stream is cut", () => {
  const payloads = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(payloads, fc.integer({ min: 1, max: 400 }), (all, chunkSize) => {
    const frames = all.flatMap((payload, index) => [
      ...serverFrame(index % 2 === 0 ? 2 : 0, payload),
      ...serverFrame(9, Uint8Array.of(1, 2, 3)), // a ping, in between
    ]);
    const remover = new FrameRemover();
    const found: number[] = [];
    for (let start = 0; start < frames.length; start += chunkSize) {
      const buffer = Uint8Array.from([7, 7, ...frames.slice(start, start + chunkSize)]);
      const end = remover.remove(buffer, 2, buffer.length);
      found.push(...buffer.subarray(2, end));
    }
    assert.deepEqual(found, all.flatMap((payload) => [...payload]));
    assert.equal(remover.closed, false);
  }));
});

Deno.test("FrameRemover notices a close frame", () => {
  const remover = new FrameRemover();
  const frame = serverFrame(8, Uint8Array.of(3, 232));
  assert.equal(remover.remove(frame, 0, frame.length), 0);
  assert.equal(remover.closed, true);
});

Deno.test("upgradeAnswerEnd() waits for the whole head, and throws on a refusal", () => {
  const head = new TextEncoder().encode("HTTP/1.1 101 Switching Protocols\r\nA: b\r\n\r\nx");
  assert.equal(upgradeAnswerEnd(head, head.length - 3), undefined);
  assert.equal(upgradeAnswerEnd(head, head.length), head.length - 1);
  const refused = new TextEncoder().encode("HTTP/1.1 404 Not Found\r\n\r\n");
  assert.throws(() => upgradeAnswerEnd(refused, refused.length), /refused/);
});
