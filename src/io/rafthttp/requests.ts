// The requests this member makes of others, and what their answers mean (rafthttp util.go).
import { latin1FromBytes } from "../../base/index.ts";
import type { HeaderFields, PeerAnswerHead, PeerCall, PeerCallRequest } from "../http/index.ts";
import type { TransportContext } from "./ports.ts";

export const raftPath = "/raft";
export const probingPath = "/raft/probing";
export const streamPath = "/raft/stream";
export const snapshotPath = "/raft/snapshot";

export const memberRemovedText = "the member has been permanently removed from the cluster";
export const incompatibleText = "incompatible version";
export const clusterMismatchText = "cluster ID mismatch";

/** Says who asks. */
export function identityHeaders(context: TransportContext): Record<string, string> {
  const { options, localHex, clusterHex, minClusterVersion } = context;
  return {
    "X-Server-From": localHex,
    "X-Server-Version": options.serverVersion,
    "X-Min-Cluster-Version": minClusterVersion,
    "X-Etcd-Cluster-ID": clusterHex,
    "X-PeerURLs": options.urls.join(","),
  };
}

export function postHeaders(context: TransportContext, contentType: string): HeaderFields {
  return { "Content-Type": contentType, ...identityHeaders(context) };
}

/** An answer that is small, or else not of interest. */
export interface Answer {
  readonly head: PeerAnswerHead;
  readonly body: string;
}

export type Answered = (error: Error | undefined, answer: Answer | undefined) => void;

const answerBytesMax = 64 * 1024;

/**
 * Makes a call whose answer is small; `done` is called once, never before this returned. Written
 * bodies ask for `onDrain`. Infinity is no timeout. Returns the call, whose `abort` leaves `done` uncalled.
 */
export function ask(
  context: TransportContext,
  request: PeerCallRequest,
  timeoutMs: number,
  done: Answered,
  onDrain: () => void = () => {},
): PeerCall {
  const { clock, dialer } = context.options;
  let head: PeerAnswerHead | undefined;
  let body = "";
  const finish = (error: Error | undefined): void => {
    cancel();
    if (error === undefined) done(undefined, { head: head!, body });
    else done(error, undefined);
  };
  const call = dialer.open(request, {
    onHead: (arrived) => {
      head = arrived;
    },
    onBytes: (bytes) => {
      if (body.length + bytes.length <= answerBytesMax) body += latin1FromBytes(bytes);
      else {
        call.abort();
        finish(new Error("answer too large"));
      }
    },
    onEnd: () => finish(undefined),
    onError: finish,
    onDrain,
  });
  const tooLate = (): void => {
    call.abort();
    finish(new Error("i/o timeout"));
  };
  const cancel = timeoutMs === Infinity ? () => {} : clock.after(timeoutMs, tooLate);
  return {
    write: (bytes) => call.write(bytes),
    end: () => call.end(),
    abort: () => {
      cancel();
      call.abort();
    },
  };
}

export class MemberRemovedError extends Error {
  override readonly name = "MemberRemovedError";

  constructor() {
    super(memberRemovedText);
  }
}

/** What is wrong with the answer to a POST of a raft message; undefined when nothing is. */
export function postFailure(
  context: TransportContext,
  answer: Answer,
  url: string,
  remoteHex: string,
): Error | undefined {
  const { log } = context.options;
  const { status } = answer.head;
  const said = answer.body.replace(/\n$/, "");
  if (status === 204) return undefined;
  if (status === 403) return new MemberRemovedError();
  if (status !== 412) {
    return new Error(`unexpected http status ${status} (${said}) while posting to "${url}"`);
  }
  if (said === incompatibleText) {
    log.error("request sent was ignored by peer", { "remote-peer-id": remoteHex });
    return new Error(incompatibleText);
  }
  if (said === clusterMismatchText) {
    log.error("request sent was ignored due to cluster ID mismatch", {
      "remote-peer-id": remoteHex,
      "remote-peer-cluster-id": answer.head.header("X-Etcd-Cluster-ID"),
      "local-member-cluster-id": context.clusterHex,
    });
    return new Error(clusterMismatchText);
  }
  return new Error(`unhandled error "${said}" when precondition failed`);
}
