// Asking the other members for their hash at a revision (etcdserver/corrupt.go getPeerHashKVs).
import { decodeUtf8, encodeUtf8, id64Hex } from "../../base/index.ts";
import { errors } from "../../core/errors/index.ts";
import type { Member as ClusterMember } from "../../core/membership/index.ts";
import type { AskPeer, PeerAnswer } from "../../io/rafthttp/index.ts";
import { type AskPeers, clusterIdMismatch, type HashAnswer, type PeerHash } from "./corruption.ts";
import type { Server } from "./server.ts";

export const hashKvPath = "/members/hashkv";

type Place = Pick<Server, "cluster" | "clusterId" | "memberId" | "log" | "member">;

/** All at once; of each member its URLs one after the other, until one answers. */
export function peerHashes(place: Place, ask: AskPeer | undefined): AskPeers {
  return (revision, done) => {
    const { cluster, memberId } = place;
    const others = cluster.members().filter(({ id, peerUrls }) => id !== memberId && peerUrls[0]);
    if (ask === undefined || others.length === 0) return done([]);
    const answers: PeerHash[] = [];
    let left = others.length;
    for (const [at, member] of others.entries()) {
      askOne({ place, ask, revision }, member, (answer) => {
        answers[at] = { id: member.id, endpoints: member.peerUrls, answer };
        if (--left === 0) done(answers);
      });
    }
  };
}

interface Question {
  readonly place: Place;
  readonly ask: AskPeer;
  readonly revision: number;
}

function askOne(
  { place, ask, revision }: Question,
  { peerUrls }: ClusterMember,
  done: (answer: HashAnswer | Error) => void,
): void {
  const { clusterId, memberId, log, member } = place;
  const next = (at: number, last: Error): void => {
    const base = peerUrls[at];
    if (base === undefined) return done(last);
    const question = {
      method: "GET",
      url: base + hashKvPath,
      headers: { "content-type": "application/json", "x-etcd-cluster-id": id64Hex(clusterId) },
      body: encodeUtf8(revision === 0 ? "{}" : JSON.stringify({ revision })),
      timeoutMs: member.settings.requestTimeoutMs,
    } as const;
    ask(question, (answer) => {
      const read = answer instanceof Error ? answer : readAnswer(answer);
      if (!(read instanceof Error)) return done(read);
      log.warn("failed hash kv request", {
        "local-member-id": id64Hex(memberId),
        "requested-revision": revision,
        "remote-peer-endpoint": base,
        error: read,
      });
      next(at + 1, read);
    });
  };
  next(0, new Error("it has no peer URL"));
}

const refusals = [
  { status: 400, text: "mvcc: required revision has been compacted", error: errors.compacted() },
  { status: 400, text: "mvcc: required revision is a future revision", error: errors.futureRev() },
  { status: 412, text: "cluster ID mismatch", error: new Error(clusterIdMismatch) },
];

function readAnswer({ status, body }: PeerAnswer): HashAnswer | Error {
  const text = decodeUtf8(body) ?? "";
  if (status === 200) return hashOf(text);
  const refusal = refusals.find((one) => one.status === status && text.includes(one.text));
  return refusal?.error ?? new Error(`unknown error: ${text.slice(0, 1024)}`);
}

/** What is zero is not in the JSON. */
function hashOf(text: string): HashAnswer | Error {
  try {
    const read = JSON.parse(text) as {
      readonly header?: { readonly revision?: number };
      readonly compact_revision?: number;
      readonly hash?: number;
    };
    return {
      revision: Number(read.header?.revision ?? 0),
      compactRevision: Number(read.compact_revision ?? 0),
      hash: Number(read.hash ?? 0),
    };
  } catch (error) {
    return error as Error;
  }
}
