// The Huffman code of RFC 7541 Appendix B. The code is canonical: within one length, codes rise with
// the symbol, so the table of lengths is the whole of it.
import { assert } from "../../../base/index.ts";
import { latin1Text } from "./latin1.ts";

// One row per 16 symbols.
const lengths: readonly number[] = [
  [13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28],
  [28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28],
  [6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6],
  [5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10],
  [13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7],
  [7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6],
  [15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5],
  [6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28],
  [20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23],
  [24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24],
  [22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23],
  [21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23],
  [26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25],
  [19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27],
  [20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23],
  [26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26],
].flat();
const endOfString = 256;
const endOfStringBits = 30;

const codes = new Uint32Array(257);
// A walk through the code tree four bits at a time: entry [node * 16 + nibble] holds the next node in
// its low 9 bits, a symbol in bits 9..16, and two marks.
const emits = 1 << 17;
const fails = 1 << 18;
const steps = new Int32Array(256 * 16);
/** Nodes at which a string may end: at most 7 bits of padding, all ones (RFC 7541 §5.2). */
const mayEnd = new Uint8Array(256);
build();

interface TreeNode {
  readonly index: number;
  zero: TreeNode | number | undefined;
  one: TreeNode | number | undefined;
}

function assignCodes(): void {
  let code = 0;
  for (let bits = 5; bits <= 30; bits++) {
    for (let symbol = 0; symbol <= 256; symbol++) {
      if ((symbol === endOfString ? endOfStringBits : lengths[symbol]!) === bits) {
        codes[symbol] = code++;
      }
    }
    code *= 2;
  }
}

function build(): void {
  assignCodes();
  const nodes: TreeNode[] = [];
  const makeNode = (): TreeNode => {
    const node: TreeNode = { index: nodes.length, zero: undefined, one: undefined };
    nodes.push(node);
    return node;
  };
  const root = makeNode();
  for (let symbol = 0; symbol <= 256; symbol++) {
    const bits = symbol === endOfString ? endOfStringBits : lengths[symbol]!;
    let node = root;
    for (let bit = bits - 1; bit > 0; bit--) {
      const side = (codes[symbol]! >>> bit) & 1 ? "one" : "zero";
      node[side] ??= makeNode();
      node = node[side] as TreeNode;
    }
    node[codes[symbol]! & 1 ? "one" : "zero"] = symbol;
  }
  assert(nodes.length === 256, "the Huffman tree has 256 inner nodes");
  for (const node of nodes) {
    for (let nibble = 0; nibble < 16; nibble++)
      steps[node.index * 16 + nibble] = walk(root, node, nibble);
  }
  let padding: TreeNode = root;
  for (let depth = 0; depth <= 7; depth++) {
    mayEnd[padding.index] = 1;
    padding = padding.one as TreeNode;
  }
}

function walk(root: TreeNode, from: TreeNode, nibble: number): number {
  let node = from;
  let symbolAndMark = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const next = (nibble >>> bit) & 1 ? node.one : node.zero;
    if (next === endOfString || next === undefined) return fails;
    if (typeof next === "number") {
      symbolAndMark = emits | (next << 9);
      node = root;
    } else {
      node = next;
    }
  }
  return symbolAndMark | node.index;
}

// Eight bits of input are at least a quarter of a symbol and at most 1.6 symbols.
let scratch = Buffer.allocUnsafeSlow(1024);

/** Decodes bytes[start, end) to text with one character per octet; undefined when it is malformed. */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): string | undefined {
  const room = ((end - start) * 8) / 5 + 1;
  if (scratch.length < room) scratch = Buffer.allocUnsafeSlow(Math.ceil(room));
  let node = 0;
  let length = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    let step = steps[node * 16 + (byte >>> 4)]!;
    if (step & emits) scratch[length++] = step >>> 9;
    if (step & fails) return undefined;
    step = steps[(step & 0x1ff) * 16 + (byte & 15)]!;
    if (step & emits) scratch[length++] = step >>> 9;
    if (step & fails) return undefined;
    node = step & 0x1ff;
  }
  return mayEnd[node] === 1 ? latin1Text(scratch, 0, length) : undefined;
}

/** The length in bytes that `text` (one octet per character) has when it is Huffman-coded. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at++) bits += lengths[text.charCodeAt(at) & 0xff]!;
  return (bits + 7) >>> 3;
}

/** Writes the Huffman code of `text` at `at` and returns the end. */
export function encodeHuffman(text: string, into: Uint8Array, at: number): number {
  let held = 0;
  let heldBits = 0;
  for (let index = 0; index < text.length; index++) {
    const symbol = text.charCodeAt(index) & 0xff;
    let bits = lengths[symbol]!;
    const code = codes[symbol]!;
    // At most 7 bits are held, so that a code of 28 or 30 bits goes in two steps.
    if (bits > 16) {
      bits -= 16;
      held = (held << bits) | (code >>> 16);
      heldBits += bits;
      while (heldBits >= 8) into[at++] = held >>> (heldBits -= 8);
      held = ((held & 0x7f) << 16) | (code & 0xffff);
      heldBits += 16;
    } else {
      held = ((held & 0x7f) << bits) | code;
      heldBits += bits;
    }
    while (heldBits >= 8) into[at++] = held >>> (heldBits -= 8);
  }
  if (heldBits > 0) into[at++] = (held << (8 - heldBits)) | (0xff >>> heldBits);
  return at;
}
