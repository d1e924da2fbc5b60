import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexOf, seededRandom } from "../../../base/index.ts";
import { ConnectionError } from "../error-code.ts";
import { HpackDecoder } from "./decoder.ts";
import { type FieldToSend, HpackEncoder } from "./encoder.ts";
import { decodeHuffman, encodeHuffman, huffmanLength } from "./huffman.ts";
import { HeaderTable, staticCount } from "./table.ts";

const hex = (text: string): Uint8Array => bytesFromHex(text.replaceAll(" ", ""));

function pairs(decoder: HpackDecoder, block: Uint8Array): string[] {
  return decoder.decode(block, 0, block.length).map(({ name, value }) => `${name}: ${value}`);
}

test("the Huffman code has the values that RFC 7541 C.4 prints", () => {
  const coded = new Uint8Array(huffmanLength("www.example.com"));
  assert.equal(encodeHuffman("www.example.com", coded, 0), coded.length);
  assert.equal(hexOf(coded), "f1e3c2e5f23a6ba0ab90f4ff");
  assert.equal(decodeHuffman(coded, 0, coded.length), "www.example.com");
});

test("every octet survives the Huffman code in any company", () => {
  const seed = 11;
  const random = seededRandom(seed);
  for (let round = 0; round < 2000; round++) {
    const text = String.fromCharCode(
      ...Array.from({ length: random.below(40) }, () => random.below(256)),
    );
    const coded = new Uint8Array(huffmanLength(text));
    assert.equal(encodeHuffman(text, coded, 0), coded.length, `seed ${seed}`);
    assert.equal(decodeHuffman(coded, 0, coded.length), text, `seed ${seed}`);
  }
});

test("Huffman padding is at most seven bits and all ones", () => {
  const refused = ["ff", "07ffff", "1c64ff", "0000", "fffffffc", "fffffffffcff"];
  for (const bytes of refused) {
    const block = hex(bytes);
    assert.equal(decodeHuffman(block, 0, block.length), undefined, bytes);
  }
});

test("the static table has 61 fields in the order of RFC 7541 Appendix A", () => {
  const table = new HeaderTable();
  assert.equal(staticCount, 61);
  const at = (index: number): string => `${table.get(index)!.name}=${table.get(index)!.value}`;
  assert.equal(at(3), ":method=POST");
  assert.equal(at(8), ":status=200");
  assert.equal(at(16), "accept-encoding=gzip, deflate");
  assert.equal(at(31), "content-type=");
  assert.equal(at(58), "user-agent=");
  assert.equal(at(61), "www-authenticate=");
  assert.equal(table.get(62), undefined);
});

test("the request examples of RFC 7541 C.3 and C.4 decode, table and all", () => {
  const rows = [
    [
      "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
      "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
    ],
    ["8286 84be 5808 6e6f 2d63 6163 6865", "8286 84be 5886 a8eb 1064 9cbf"],
    [
      "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
      "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
    ],
  ];
  const expected = [
    [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"],
    [
      ":method: GET",
      ":scheme: http",
      ":path: /",
      ":authority: www.example.com",
      "cache-control: no-cache",
    ],
    [
      ":method: GET",
      ":scheme: https",
      ":path: /index.html",
      ":authority: www.example.com",
      "custom-key: custom-value",
    ],
  ];
  for (const form of [0, 1]) {
    const decoder = new HpackDecoder(65_536);
    for (const [at, row] of rows.entries()) {
      assert.deepEqual(pairs(decoder, hex(row[form]!)), expected[at]);
    }
  }
});

test("a decoder follows an encoder through additions, evictions and table sizes", () => {
  const seed = 5;
  const random = seededRandom(seed);
  const encoder = new HpackEncoder();
  const decoder = new HpackDecoder(1 << 20);
  const letters = "abcdefghijklmnopqrstuvwxyz-0123456789";
  const word = (max: number): string =>
    Array.from({ length: 1 + random.below(max) }, () => letters[random.below(37)]).join("");
  const names = Array.from({ length: 30 }, () => word(20));
  for (let round = 0; round < 1500; round++) {
    if (random.below(40) === 0) encoder.limitTable(random.below(3) * 300);
    if (random.below(60) === 0) encoder.limitTable(65_536);
    const fields = Array.from({ length: random.below(12) }, (): FieldToSend => {
      const name = names[random.below(30)]!;
      const value = random.below(2) === 0 ? String(random.below(5)) : word(120);
      return { name, value, repeats: random.below(3) > 0 };
    });
    const block = encoder.encode(fields);
    const expected = fields.map(({ name, value }) => `${name}: ${value}`);
    assert.deepEqual(pairs(decoder, block), expected, `seed ${seed} round ${round}`);
  }
});

test("what repeats is one byte from the second time on", () => {
  const encoder = new HpackEncoder();
  const status = [{ name: "grpc-status", value: "0", repeats: true }];
  assert.ok(encoder.encode(status).length > 5);
  assert.equal(hexOf(encoder.encode(status)), "be");
});

test("malformed blocks are compression errors", () => {
  const bad: Record<string, string> = {
    "index 0": "80",
    "an index past the tables": "ff80ffffff7f",
    "an index the table does not have": "be",
    "an integer without an end": "ffffffffffffff",
    "an integer cut short": "ff",
    "a string past the block": "400161 05 61",
    "a size update after a field": "82 20",
    "a size above ours": "3fe21f",
    "a name missing": "40",
    "a bad Huffman code": "4081ff0161",
  };
  for (const [what, block] of Object.entries(bad)) {
    const decoder = new HpackDecoder(4096);
    assert.throws(() => pairs(decoder, hex(block)), ConnectionError, what);
  }
});

test("a list past its limit is read to its end, and the table stays right", () => {
  const encoder = new HpackEncoder();
  const decoder = new HpackDecoder(1000);
  const big = [{ name: "big", value: "v".repeat(900), repeats: true }];
  const many = Array.from({ length: 16 }, () => big[0]!);
  const bomb = encoder.encode(many);
  assert.ok(bomb.length < 1500, "the bomb is small on the wire");
  assert.equal(decoder.decode(bomb, 0, bomb.length).length, 1);
  assert.ok(decoder.overflowed);
  const after = encoder.encode(big);
  assert.deepEqual(pairs(decoder, after), [`big: ${"v".repeat(900)}`]);
  assert.ok(!decoder.overflowed);
  const bomb2 = encoder.encode(Array.from({ length: 18 }, () => big[0]!));
  assert.throws(() => decoder.decode(bomb2, 0, bomb2.length), /without measure/);
});
