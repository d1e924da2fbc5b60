// etcdserverpb.KV. Requests are checked here by their shape alone; a write's own bytes go into the log
// unchanged, and stored records come back unchanged.
import { concatBytes, ownBytes } from "../../base/index.ts";
import type { AuthStore } from "../../core/auth/index.ts";
import { EtcdError, errors } from "../../core/errors/index.ts";
import {
  applyTxn,
  checkDeleteRangeRequest,
  checkPutRequest,
  checkRangeRequest,
  checkRangeStreamRequest,
  checkTxnAuth,
  checkTxnRequest,
  encodePieces,
  encodeResponse,
  encodeStreamChunk,
  isReadOnlyTxn,
  isSerializableTxn,
  type KvResponse,
  type PiecedResponse,
  readRange,
  SlicedTxn,
} from "../../core/apply/index.ts";
import { PiecedWriter, RangeStream, SlicedRange, type SlicedSort } from "../../core/mvcc/index.ts";
import {
  decodeCompactionRequest,
  decodeDeleteRangeRequest,
  decodePutRequest,
  decodeRangeRequest,
  decodeTxnRequest,
  type RangeRequest,
  TooDeepError,
  type TxnRequest,
} from "../../core/proto/index.ts";
import type { MethodHandler, ServerCall } from "../../io/grpc/index.ts";
import { isDecodedByGo } from "./deep-txn.ts";
import type { LargeAnswer, Settled } from "../member/index.ts";
import { fail, replying, type RpcContext, serverStream, unary } from "./context.ts";
import { identify, requireAdmin, requireRange } from "./identity.ts";
import { ReadPace } from "./read-pace.ts";

export interface KvOptions {
  readonly maxTxnOps: number;
  readonly maxRequestBytes: number;
}

interface KvContext extends RpcContext {
  readonly pace: ReadPace;
}

export function kvMethods({ server }: RpcContext, options: KvOptions): [string, MethodHandler][] {
  const context = { server, pace: new ReadPace(server.clock) };
  return [
    ["/etcdserverpb.KV/Range", unary(context, decodeRangeRequest, range(context))],
    ["/etcdserverpb.KV/RangeStream", rangeStream(context, options)],
    ["/etcdserverpb.KV/Put", put(context)],
    ["/etcdserverpb.KV/DeleteRange", deleteRange(context)],
    ["/etcdserverpb.KV/Txn", txn(context, options)],
    ["/etcdserverpb.KV/Compact", compact(context)],
  ];
}

/** Runs `read` when this member's state is fresh enough for the request, and at its turn. */
function whenReadable(
  context: RpcContext,
  call: ServerCall,
  isSerializable: boolean,
  read: () => void,
  pace?: ReadPace,
): void {
  const attempt = (): void => {
    if (call.ended) return;
    try {
      read();
    } catch (error) {
      fail(context, call, error);
    }
  };
  const go = pace === undefined ? attempt : (): void => pace.run(attempt);
  if (isSerializable) return go();
  context.server.member.readIndex((error) => {
    if (error === undefined) go();
    else fail(context, call, error);
  });
}

const range =
  (context: KvContext) =>
  (call: ServerCall, borrowed: RangeRequest): void => {
    checkRangeRequest(borrowed);
    const { server, pace } = context;
    const isOne = borrowed.rangeEnd.length === 0;
    const request = borrowed.serializable && isOne ? borrowed : ownRange(borrowed);
    const startedMs = server.clock.nowMs();
    const read = (): void => {
      requireRange(context, call, request.key, request.rangeEnd);
      const readFromMs = server.clock.nowMs();
      const times = { startedMs, readFromMs };
      try {
        const sliced = SlicedRange.of(server.store, request);
        if (sliced !== undefined) {
          const told = (outcome: ReadOutcome): void => tellRange(server, request, outcome, times);
          return replySliced(context, call, sliced, told);
        }
        const response = readRange(server.store, request);
        tellRange(server, request, response, times);
        const { revision, body } = response;
        if (body === undefined) return call.reply(encodeResponse(response, server.header));
        replyInParts(context, call, { revision, body: new PiecedWriter(body) });
      } catch (error) {
        if (error instanceof EtcdError) tellRange(server, request, error, times);
        throw error;
      }
    };
    whenReadable(context, call, request.serializable, read, isOne ? undefined : pace);
  };

type ReadOutcome = KvResponse | LargeAnswer | EtcdError;

interface ReadTimes {
  readonly startedMs: number;
  /** When the state was fresh enough. */
  readonly readFromMs: number;
}

function tellRange(
  { clock, member }: RpcContext["server"],
  request: RangeRequest,
  outcome: ReadOutcome,
  { startedMs, readFromMs }: ReadTimes,
): void {
  const nowMs = clock.nowMs();
  member.meters.ranged(request, outcome, nowMs - startedMs, nowMs - readFromMs);
}

/** What was permitted when a reading began may be so no longer (etcdserver.doSerialize). */
function checkUnchanged({ isEnabled, revision }: AuthStore, authRevision: number): void {
  if (isEnabled && revision !== authRevision) throw errors.authOldRevision();
}

/** Others get their turn between the steps of a large read, and it ends when nobody waits for it. */
function replySliced(
  context: KvContext,
  call: ServerCall,
  sliced: SlicedRange | SlicedSort | SlicedTxn,
  told: (outcome: ReadOutcome) => void,
  authRevision = context.server.auth.revision,
): void {
  const { server } = context;
  try {
    if (call.ended) return sliced.cancel();
    if (!sliced.step()) {
      return context.pace.later(() => replySliced(context, call, sliced, told, authRevision));
    }
    checkUnchanged(server.auth, authRevision);
    const { headerRevision: revision, body, counts } = sliced;
    told({ revision, bytes: body.length, counts });
    replyInParts(context, call, { revision, body });
  } catch (error) {
    sliced.cancel();
    if (error instanceof EtcdError) told(error);
    fail(context, call, error);
  }
}

/** Copied into frames at once, and between two rounds of the event loop. */
const partBytes = 256 * 1024;
const roundBytes = 1024 * 1024;

/**
 * Sends a large answer as the client takes it, and gives its memory back as it goes: what was sent has
 * been copied into frames.
 */
function replyInParts(context: RpcContext, call: ServerCall, response: PiecedResponse): void {
  const { body } = response;
  const pieces = encodePieces(response, context.server.header);
  const total = pieces.reduce((sum, { length }) => sum + length, 0);
  if (call.sendPart === undefined || total <= roundBytes) {
    call.reply(pieces.length === 1 ? pieces[0]! : concatBytes(pieces));
    return body.release();
  }
  let [sent, piece, at] = [0, 0, 0];
  const goOn = (): void => {
    call.onDrain = undefined;
    const roundEnd = Math.min(sent + roundBytes, total);
    while (sent < roundEnd && !call.ended) {
      const part = pieces[piece]!.subarray(at, at + partBytes);
      const takesMore = call.sendPart!(part, sent === 0 ? total : undefined);
      sent += part.length;
      at += part.length;
      if (at === pieces[piece]!.length) {
        body.pieces[piece]!.release();
        [piece, at] = [piece + 1, 0];
      }
      if (takesMore || sent === total) continue;
      call.onDrain = goOn;
      return;
    }
    if (sent < total && !call.ended) return context.server.clock.later(goOn);
    body.release();
    call.end({ code: 0, message: "" });
  };
  goOn();
}

/** The request outlives the frame it came in. */
const ownRange = (request: RangeRequest): RangeRequest => {
  request.key = ownBytes(request.key);
  if (request.rangeEnd.length > 0) request.rangeEnd = ownBytes(request.rangeEnd);
  return request;
};

function rangeStream(context: RpcContext, options: KvOptions): MethodHandler {
  return serverStream(context, (call, bytes) => {
    const request = ownRange(decodeRangeRequest(bytes));
    checkRangeStreamRequest(request);
    whenReadable(context, call, request.serializable, () => {
      requireRange(context, call, request.key, request.rangeEnd);
      const stream = new RangeStream(context.server.store, request, options.maxRequestBytes);
      sendChunks(context, call, stream, context.server.auth.revision);
    });
  });
}

/** Reads on only while the client takes what was read: one chunk at a time is held. */
function sendChunks(
  context: RpcContext,
  call: ServerCall,
  stream: RangeStream,
  authRevision: number,
): void {
  const { auth } = context.server;
  call.onDrain = undefined;
  try {
    while (!call.ended) {
      checkUnchanged(auth, authRevision);
      const chunk = stream.next();
      if (chunk === undefined) return call.end({ code: 0, message: "" });
      if (call.send(encodeStreamChunk(chunk, context.server.header))) continue;
      call.onDrain = () => sendChunks(context, call, stream, authRevision);
      return;
    }
  } catch (error) {
    fail(context, call, error);
  }
}

const put = (context: RpcContext): MethodHandler =>
  unary(context, decodePutRequest, (call, request, bytes) => {
    checkPutRequest(request);
    context.server.writes.put(request, bytes, replying(context, call), identify(context, call));
  });

const deleteRange = (context: RpcContext): MethodHandler =>
  unary(context, decodeDeleteRangeRequest, (call, request, bytes) => {
    checkDeleteRangeRequest(request);
    const info = identify(context, call);
    context.server.member.propose("deleteRange", bytes, replying(context, call), info);
  });

/** One that nests too deep for us has, for etcd, too many operations. */
function decodeTxn(bytes: Uint8Array): TxnRequest {
  try {
    return decodeTxnRequest(bytes);
  } catch (error) {
    if (error instanceof TooDeepError && isDecodedByGo(bytes)) throw errors.tooManyOps();
    throw error;
  }
}

function txn(context: KvContext, options: KvOptions): MethodHandler {
  const { server, pace } = context;
  return unary(context, decodeTxn, (call, request, bytes) => {
    checkTxnRequest(request, options.maxTxnOps);
    if (!isReadOnlyTxn(request)) {
      return server.writes.txn(request, bytes, replying(context, call), identify(context, call));
    }
    const isSerializable = isSerializableTxn(request);
    const own = decodeTxnRequest(ownBytes(bytes));
    const startedMs = server.clock.nowMs();
    const told = (outcome: ReadOutcome): void =>
      server.member.meters.readTxn(own, outcome, server.clock.nowMs() - startedMs);
    const read = (): void => {
      if (server.auth.isEnabled) checkTxnAuth(server, identify(context, call), own);
      try {
        const sliced = SlicedTxn.of(server.store, own);
        if (sliced !== undefined) return replySliced(context, call, sliced, told);
        const { response } = applyTxn(server.store, own, { leaseExists: () => false });
        told(response);
        call.reply(encodeResponse(response, server.header));
      } catch (error) {
        if (error instanceof EtcdError) told(error);
        throw error;
      }
    };
    whenReadable(context, call, isSerializable, read, pace);
  });
}

const compact = (context: RpcContext): MethodHandler =>
  unary(context, decodeCompactionRequest, (call, { physical }, bytes) => {
    const info = requireAdmin(context, call);
    const reply = replying(context, call);
    const settle = (outcome: Settled): void => {
      if (outcome instanceof EtcdError || !physical) return reply(outcome);
      context.server.compactions.whenDone(() => reply(outcome));
    };
    context.server.member.propose("compaction", bytes, settle, info);
  });
