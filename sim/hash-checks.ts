// HashKV: members that hold the same revisions have the same bytes (guarantee K10).
import type { KeyValueHash } from "../src/core/mvcc/index.ts";
import type { SimMember } from "./member.ts";
import { hold } from "./violation.ts";

/** Compares all members that are up at one revision all of them have. Returns the pairs compared. */
export function checkHashes(members: readonly SimMember[]): number {
  const up = members.filter(({ server }) => server !== undefined);
  if (up.length < 2) return 0;
  const revision = Math.min(...up.map(({ server }) => server!.store.currentRevision));
  const known = new Map<number, { hash: KeyValueHash; name: string }>();
  let compared = 0;
  for (const member of up) {
    const { store } = member.server!;
    // At the compacted revision itself etcd answers with the hash of the compaction, which counts a
    // tombstone there otherwise than a member does that has not compacted yet.
    if (revision <= store.compactedRevision) continue;
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

function hashAt(member: SimMember, revision: number): KeyValueHash {
  const job = member.server!.store.hashByRevision(revision);
  for (;;) {
    const hash = job.step(1_000_000);
    if (hash !== undefined) return hash;
  }
}
