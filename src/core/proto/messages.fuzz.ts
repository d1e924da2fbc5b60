// Any bytes, taken for any message: a decoder gives a message that survives being written and read
// again, or throws MalformedError. Runnable: node src/core/proto/messages.fuzz.ts [SEED [ROUNDS]].
import assert from "node:assert/strict";
import { argv, stdout } from "node:process";
import { type RandomSource, seededRandom } from "../../base/index.ts";
import { MalformedError, type MessageDescriptor, messageDescriptors } from "./index.ts";

const descriptors = Object.values(messageDescriptors);

/** The first byte chooses the message, the rest are its bytes. */
export function fuzzMessages(input: Uint8Array): void {
  const descriptor = descriptors[(input[0] ?? 0) % descriptors.length]!;
  const message = decoded(descriptor, input.subarray(1));
  if (message === undefined) return;
  const bytes = descriptor.encode(message as never);
  assert.deepEqual(descriptor.decode(bytes), message, descriptor.fullName);
}

function decoded(descriptor: MessageDescriptor, bytes: Uint8Array): object | undefined {
  try {
    return descriptor.decode(bytes);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

/** Bytes that look like fields more often than chance would have it. */
export function randomInput(random: RandomSource): Uint8Array {
  const bytes = [random.below(descriptors.length)];
  const fields = random.below(8);
  for (let field = 0; field < fields; field++) {
    const type = [0, 0, 2, 2, 2, 1, 3, 4, 5][random.below(9)]!;
    bytes.push((random.below(12) << 3) | type);
    const length = random.below(6);
    if (type === 2) bytes.push(length);
    for (let at = 0; at < length; at++) bytes.push(random.below(random.below(2) === 0 ? 24 : 256));
  }
  return Uint8Array.from(bytes);
}

if (import.meta.main) {
  const seed = Number(argv[2] ?? 1);
  const rounds = Number(argv[3] ?? 1_000_000);
  stdout.write(`seed ${seed}, ${rounds} rounds\n`);
  const random = seededRandom(seed);
  for (let round = 0; round < rounds; round++) fuzzMessages(randomInput(random));
}
