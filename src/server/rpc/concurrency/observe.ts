// Election.Observe: who leads now, then every change of leader or of what the leader proclaims. A
// leader that came and went between two looks may be missed; the newest is always told.
import { emptyBytes, ownBytes } from "../../../base/index.ts";
import {
  decodeEvent,
  decodeKeyValue,
  decodeLeaderRequest,
  encodeLeaderResponse,
  EventType,
  makeLeaderResponse,
  type ResponseHeader,
  type WatchResponse,
} from "../../../core/proto/index.ts";
import type { MethodHandler } from "../../../io/grpc/index.ts";
import { fail, serverStream } from "../context.ts";
import { callerOf, type ConcurrencyContext, outward } from "./answer.ts";
import { runScript, type Script, type Step } from "./script.ts";
import { type Caller, get, oldest, openWatch, prefixEnd, prefixOf, refusalOf } from "./steps.ts";

export function observe(context: ConcurrencyContext): MethodHandler {
  return serverStream(context, (call, bytes) => {
    const { name } = decodeLeaderRequest(ownBytes(bytes));
    runScript(call, follow(callerOf(context, call), prefixOf(name)), (outcome) => {
      if ("error" in outcome) fail(context, call, outward(outcome.error));
      // The watch was lost: etcd ends the stream without an error, and clients observe anew.
      else call.end({ code: 0, message: "" });
    });
  });
}

interface Seen {
  readonly key: Uint8Array;
  readonly revision: number;
}

function* follow(caller: Caller, prefix: Uint8Array): Script<void> {
  for (;;) {
    const { header, bytes, kv } = yield* get(caller, oldest(prefix));
    const revision = header?.revision ?? 0;
    let seen: Seen | undefined;
    if (kv === undefined || bytes === undefined) {
      seen = yield* firstLeader(caller, prefix, revision);
    } else {
      tell(caller, header, bytes);
      seen = { key: kv.key, revision };
    }
    if (seen === undefined || !(yield* untilDeleted(caller, seen))) return;
  }
}

const tell = ({ call }: Caller, header: ResponseHeader | undefined, kv: Uint8Array): boolean =>
  call.send(encodeLeaderResponse(makeLeaderResponse({ header, kv })));

/** Waits for the first key under the prefix and tells of it; undefined when the watch is lost. */
function* firstLeader(caller: Caller, prefix: Uint8Array, from: number): Script<Seen | undefined> {
  let seen: Seen | undefined;
  const range = { key: prefix, rangeEnd: prefixEnd(prefix), startRevision: from };
  yield watching(caller, range, (response) => {
    for (const bytes of response.events) {
      const { type, kv } = decodeEvent(bytes);
      if (type === EventType.DELETE || kv === undefined) continue;
      const { key, modRevision: revision } = decodeKeyValue(kv);
      seen = { key: ownBytes(key), revision };
      // The response may go on beyond this event, and the header speaks of this one.
      const header = response.header && { ...response.header, revision };
      tell(caller, header, kv);
      return "done";
    }
    return "on";
  });
  return seen;
}

/** Tells of every value of a leader until its key is gone; false when the watch is lost. */
function* untilDeleted(caller: Caller, { key, revision }: Seen): Script<boolean> {
  let isDeleted = false;
  yield watching(caller, { key, startRevision: revision + 1 }, (response) => {
    let takesMore = true;
    for (const bytes of response.events) {
      const { type, kv } = decodeEvent(bytes);
      if (type === EventType.DELETE || kv === undefined) {
        isDeleted = true;
        return "done";
      }
      takesMore = tell(caller, response.header, kv);
    }
    return takesMore ? "on" : "full";
  });
  return isDeleted;
}

/** Watches until `take` says done, or the watch is lost. A slow client slows the watch alone. */
function watching(
  caller: Caller,
  range: { key: Uint8Array; rangeEnd?: Uint8Array; startRevision: number },
  take: (response: WatchResponse) => "done" | "on" | "full",
): Step {
  return {
    begin: (done) => {
      let isOver = false;
      const finish = (): void => {
        isOver = true;
        caller.call.onDrain = undefined;
        caller.soon(() => {
          watch.cancel();
          done(emptyBytes);
        });
      };
      const onResponse = (response: WatchResponse): boolean => {
        if (isOver) return true;
        const taken = refusalOf(response) === undefined ? take(response) : "done";
        if (taken === "done") finish();
        return taken !== "full";
      };
      const watch = openWatch(caller, range, onResponse, finish);
      caller.call.onDrain = () => watch.onDrain?.();
      return () => watch.cancel();
    },
  };
}
