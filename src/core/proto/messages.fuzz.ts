// Any bytes, taken for any message: a decoder gives a message that survives being written and read
// again, or throws MalformedError.
import assert from "node:assert/strict";
import { mutate } from "../../../test/fuzz/mutation.ts";
import { equalBytes, type RandomSource, seededRandom } from "../../base/index.ts";
import { MalformedError, type MessageDescriptor, messageDescriptors } from "./index.ts";
import { shapedBytes } from "./wire-shapes.fuzz.ts";

const descriptors: readonly MessageDescriptor[] = Object.values(messageDescriptors);

const isKv = /^(mvccpb|.*\.(Range|Put|Delete|Txn|Compact|Compare|RequestOp|ResponseOp|HashKV))/;

/** Every message is in one group; the first that takes a name has it. */
const takes: readonly (readonly [group: string, takes: RegExp])[] = [
  ["internal", /InternalRaft|InternalAuth|RequestHeader|EmptyResponse|Metadata$/],
  ["watch", /\.Watch|mvccpb\.Event/],
  ["lease", /\.Lease[A-Z]|leasepb/],
  ["membership", /membershippb|AlarmMember|DowngradeInfo$/],
  ["auth", /authpb|\.Auth/],
  ["kv", isKv],
  ["lock", /v3lockpb/],
  ["election", /v3electionpb/],
  ["raft", /raftpb\.(Message|Entry|ConfState|ConfChange|Snapshot)/],
  ["files", /walpb|snappb|HardState/],
  ["cluster", /Member/],
  ["maintenance", /./],
];

/** The names of the messages of each group, in the order of their schemas. */
export const messageGroups: ReadonlyMap<string, readonly MessageDescriptor[]> = new Map(
  takes.map(([group]) => [
    group,
    descriptors.filter(({ fullName }) => groupOf(fullName) === group),
  ]),
);

function groupOf(fullName: string): string {
  return takes.find(([, pattern]) => pattern.test(fullName))![0];
}

/** A message of the group as its schema shapes it, one time in three with changed bytes. */
export function groupInput(
  random: RandomSource,
  group: readonly MessageDescriptor[],
): { readonly descriptor: MessageDescriptor; readonly bytes: Uint8Array } {
  const descriptor = group[random.below(group.length)]!;
  const bytes = shapedBytes(random, descriptor);
  return { descriptor, bytes: random.below(3) === 0 ? mutate(random, bytes) : bytes };
}

/** How one input of a group ended; throws only when a promise was broken. */
export function fuzzGroup(group: readonly MessageDescriptor[], seed: number): string {
  const { descriptor, bytes } = groupInput(seededRandom(seed), group);
  const message = decoded(descriptor, bytes);
  if (message === undefined) return "refused";
  const once = descriptor.encode(message as never);
  const again = descriptor.encode(descriptor.decode(once) as never);
  assert.ok(equalBytes(once, again), `${descriptor.fullName} survives being written and read`);
  return "message";
}

/** The first byte chooses the message, the rest are its bytes. */
export function fuzzMessages(input: Uint8Array): void {
  const descriptor = descriptors[(input[0] ?? 0) % descriptors.length]!;
  const message = decoded(descriptor, input.subarray(1));
  if (message === undefined) return;
  const bytes = descriptor.encode(message as never);
  assert.deepEqual(descriptor.decode(bytes), message, descriptor.fullName);
}

export function decoded(descriptor: MessageDescriptor, bytes: Uint8Array): object | undefined {
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
