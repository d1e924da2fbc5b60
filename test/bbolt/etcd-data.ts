// Bytes as etcd keeps them in the bucket `key`: a revision as key, a KeyValue message as value.

export function revisionKey(main: number, sub = 0, isTombstone = false): Buffer {
  const key = Buffer.alloc(isTombstone ? 18 : 17);
  key.writeBigUInt64BE(BigInt(main), 0);
  key[8] = 0x5f;
  key.writeBigUInt64BE(BigInt(sub), 9);
  if (isTombstone) key[17] = 0x74;
  return key;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  bytes.push(value);
  return bytes;
}

/** key = 1, create_revision = 2, mod_revision = 3, version = 4, value = 5. */
export function keyValue(key: string, value: Uint8Array, revision: number): Buffer {
  const head = [0x0a, ...varint(key.length)];
  const numbers = [0x10, ...varint(revision), 0x18, ...varint(revision), 0x20, 1];
  return Buffer.concat([
    Buffer.from(head),
    Buffer.from(key),
    Buffer.from(numbers),
    Buffer.from([0x2a, ...varint(value.length)]),
    value,
  ]);
}

export const etcdBuckets = [
  "alarm",
  "auth",
  "authRoles",
  "authUsers",
  "cluster",
  "key",
  "lease",
  "members",
  "members_removed",
  "meta",
];
