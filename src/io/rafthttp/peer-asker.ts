// Plain questions to other members: who is in the cluster, which version runs, how long a lease lives.
import { concatBytes } from "../../base/index.ts";
import type { Cancel, Clock } from "../host/index.ts";
import type { HeaderFields, PeerAnswerHead, PeerCall, PeerDialer } from "../http/index.ts";

export interface PeerQuestion {
  readonly method: "GET" | "POST";
  /** Whole, as `http://10.0.0.1:2380/members`. */
  readonly url: string;
  readonly headers?: HeaderFields;
  readonly body?: Uint8Array;
  readonly timeoutMs: number;
}

export interface PeerAnswer {
  readonly status: number;
  /** The field's value, or "" when there is none. */
  header(name: string): string;
  readonly body: Uint8Array;
}

/** Calls back once, never before it returned: with the answer, whatever its status, or an error. */
export type AskPeer = (
  question: PeerQuestion,
  done: (answer: PeerAnswer | Error) => void,
) => Cancel;

// The keys of one lease are the largest thing that is asked for.
const answerBytesMax = 64 * 1024 * 1024;

/** Asks by kept connections; redirects are answers like others. */
export function peerAsker(dialer: PeerDialer, clock: Clock): AskPeer {
  return (question, done) => {
    const { method, url, headers = {}, body, timeoutMs } = question;
    let head: PeerAnswerHead | undefined;
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    let isOver = false;
    let call: PeerCall | undefined;
    const finish = (answer: PeerAnswer | Error): void => {
      if (isOver) return;
      isOver = true;
      cancelTimer();
      if (answer instanceof Error) call?.abort();
      done(answer);
    };
    const cancelTimer = clock.after(timeoutMs, () => finish(new Error("i/o timeout")));
    const events = {
      onHead: (arrived: PeerAnswerHead) => {
        head = arrived;
      },
      onBytes: (piece: Uint8Array) => {
        bytes += piece.length;
        if (bytes > answerBytesMax) finish(new Error("answer too large"));
        else pieces.push(piece);
      },
      onEnd: () => {
        const { status = 0 } = head ?? {};
        const header = (name: string): string => head?.header(name) ?? "";
        finish({ status, header, body: concatBytes(pieces) });
      },
      onError: (error: Error) => finish(error),
      onDrain: () => {},
    };
    try {
      const options = { method, url, headers, connection: "pooled" as const };
      call = dialer.open(body === undefined ? options : { ...options, body }, events);
    } catch (error) {
      // A URL that is none.
      clock.soon(() => finish(error as Error));
    }
    return () => {
      isOver = true;
      cancelTimer();
      call?.abort();
    };
  };
}
