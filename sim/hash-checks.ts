// HashKV: members that hold the same revisions have the same bytes (guarantee K10).
import { emptyBytes } from "../src/base/index.ts";
import type { KeyValueHash } from "../src/core/mvcc/index.ts";
import type { SimMember } from "./member.ts";
import { hold } from "./violation.ts";

/** Compares all members that are up at one revision all of them have. Returns the pairs compared. */
export function checkHashes(members: readonly SimMember[]): number {
  const up = members.filter(({ server }) => server !== undefined);
  if (up.length < 2) return 0;
  const revision = Math.min(...up.map(({ server }) => server!.store.currentRevision));
  if (isAmbiguous(up, revision)) return 0;
  const known = new Map<number, { hash: KeyValueHash; name: string }>();
  let compared = 0;
  for (const member of up) {
    const { store } = member.server!;
    if (revision < store.compactedRevision) continue;
    const hash = hashAt(member, revision);
    const first = known.get(hash.compactRevision);
    if (first === undefined) {
      known.set(hash.compactRevision, { hash, name: member.name });
      continue;
    }
    compared++;
    hold(
      first.hash.hash === hash.hash,
      "HashKV is equal",
      () =>
        `${first.name} and ${member.name} at revision ${revision}, compacted ${hash.compactRevision}: ` +
        `${first.hash.hash} and ${hash.hash}`,
    );
  }
  return compared;
}

/**
 * Where nothing lives and only tombstones of the compacted revision are kept, etcd's hash changes with
 * the compaction itself (3.7.3 does: revision-hash.test.ts has its numbers).
 */
const isAmbiguous = (up: readonly SimMember[], revision: number): boolean =>
  up.some(({ server }) => server!.store.compactedRevision >= revision) &&
  up.some(({ server }) => {
    const { index, currentRevision, compactedRevision } = server!.store;
    if (compactedRevision > revision) return false;
    return index.count(emptyBytes, undefined, revision, currentRevision) === 0;
  });

function hashAt(member: SimMember, revision: number): KeyValueHash {
  const job = member.server!.store.hashByRevision(revision);
  for (;;) {
    const hash = job.step(1_000_000);
    if (hash !== undefined) return hash;
  }
}
