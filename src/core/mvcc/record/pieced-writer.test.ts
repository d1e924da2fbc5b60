import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes, equalBytes } from "../../../base/index.ts";
import { PiecedWriter, pieceBytes } from "./pieced-writer.ts";

const bytesOf = ({ pieces }: PiecedWriter): Uint8Array =>
  concatBytes(pieces.map(({ buffer, start, at }) => buffer.subarray(start, at)));

/** As many bytes of one value, written some kilobytes at a time. */
function written(count: number, value: number): PiecedWriter {
  const body = new PiecedWriter();
  const part = new Uint8Array(7001).fill(value);
  for (let left = count; left > 0; left -= part.length) {
    const length = Math.min(left, part.length);
    body.room(length).bytes(part, 0, length);
  }
  return body;
}

test("what is appended, a little or much, stands behind what there was, and writing goes on", () => {
  const sizes = [0, 10, 64 * 1024, 64 * 1024 + 1, 3 * pieceBytes, 5, 0, 70_000];
  const whole = new PiecedWriter();
  const expected: Uint8Array[] = [];
  for (const [value, size] of sizes.entries()) {
    whole.append(written(size, value));
    whole.room(1).byte(255);
    expected.push(new Uint8Array(size).fill(value), Uint8Array.of(255));
  }
  assert.ok(equalBytes(bytesOf(whole), concatBytes(expected)));
  assert.equal(whole.length, concatBytes(expected).length);
  // Two large ones, each in pieces of its own; all small ones were copied.
  assert.ok(whole.pieces.length <= 1 + 2 + 5 + 3, `${whole.pieces.length} pieces`);
});

test("memory that was given back piece by piece is given back once", () => {
  const body = written(3 * pieceBytes, 1);
  for (const piece of body.pieces) piece.release();
  body.release();
  const [one, other] = [written(pieceBytes, 2), written(pieceBytes, 3)];
  assert.ok(bytesOf(one).every((octet) => octet === 2));
  assert.ok(bytesOf(other).every((octet) => octet === 3));
});
