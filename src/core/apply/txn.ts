// Txn: which arm runs is decided and every operation on the way checked before the first change
// (etcdserver/txn/txn.go).
import { errors } from "../errors/index.ts";
import {
  ByteWriter,
  choosePath,
  rangeEndOf,
  sizeCount,
  type Store,
  type WriteTx,
} from "../mvcc/index.ts";
import type {
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from "../proto/index.ts";
import { type KvOutcome, type LeaseLookup, noChanges } from "./kv-outcome.ts";
import { runDeleteRange } from "./delete-range.ts";
import { checkPut, runPut } from "./put.ts";
import { writeInnerHeader } from "./response.ts";

const succeededTag = 0x10;
const responsesTag = 0x1a;
const headerTag = 0x0a;
/** Tags of ResponseOp's oneof. */
const rangeTag = 0x0a;
const putTag = 0x12;
const deleteRangeTag = 0x1a;
const txnTag = 0x22;

/** Whether every operation of both arms is a range; a nested transaction is none. */
export const isReadOnlyTxn = (request: TxnRequest): boolean =>
  request.success.every(isRange) && request.failure.every(isRange);

/** Whether it is read-only and all its ranges are content with this member's state. */
export const isSerializableTxn = (request: TxnRequest): boolean =>
  request.success.every(isSerializable) && request.failure.every(isSerializable);

const isRange = ({ request }: RequestOp): boolean => request?.case === "requestRange";
const isSerializable = ({ request }: RequestOp): boolean =>
  request?.case === "requestRange" && request.value.serializable;

/**
 * Runs a transaction as one revision. With an error nothing has changed. Without `answered` nobody
 * waits for the response: ranges are not read and the body stays undefined.
 * @throws leaseNotFound, keyNotFound, futureRev, compacted
 */
export function applyTxn(
  store: Store,
  request: TxnRequest,
  leases: LeaseLookup,
  answered = true,
): KvOutcome {
  const path = choosePath(store, request);
  const steps = new PathReader(path);
  checkTxn(store, request, leases, steps);
  steps.rewind();
  const body = answered ? new ByteWriter(256) : undefined;
  if (isReadOnlyTxn(request)) {
    runTxn(store, undefined, request, steps, body);
    return {
      response: { revision: store.readRevision, body },
      changes: noChanges(store.readRevision),
    };
  }
  const tx = store.write();
  runTxn(store, tx, request, steps, body);
  const changes = tx.end();
  return { response: { revision: changes.revision, body }, changes };
}

/**
 * The ranges that a read-only transaction runs, and which arm they are.
 * @throws futureRev, compacted
 */
export function chosenRanges(
  store: Store,
  request: TxnRequest,
): { succeeded: boolean; ranges: RangeRequest[] } {
  const path = choosePath(store, request);
  checkTxn(store, request, { leaseExists: () => false }, new PathReader(path));
  const succeeded = path[0]!;
  const ranges: RangeRequest[] = [];
  for (const { request: operation } of succeeded ? request.success : request.failure) {
    if (operation?.case === "requestRange") ranges.push(operation.value);
  }
  return { succeeded, ranges };
}

/** Begins the response of a transaction. */
export const writeSucceeded = (body: ByteWriter, succeeded: boolean): void =>
  body.countField(succeededTag, succeeded ? 1 : 0);

/** Bytes of one operation's response before its range, at most. */
export const rangeHeadBytes = 64;

/** One operation's response that is a range of `revision`, up to the `length` bytes of that range. */
export function writeRangeHead(body: ByteWriter, revision: number, length: number): void {
  const header = new ByteWriter(rangeHeadBytes);
  writeInnerHeader(header, revision);
  const rangeLength = header.length + length;
  body.countField(responsesTag, 1 + sizeCount(rangeLength) + rangeLength);
  body.countField(rangeTag, rangeLength);
  body.bytes(header.buffer, header.start, header.at);
}

/** Hands out the arms chosen, in the order the transactions are come upon. */
class PathReader {
  readonly #path: readonly boolean[];
  #at = 0;

  constructor(path: readonly boolean[]) {
    this.#path = path;
  }

  next(): boolean {
    return this.#path[this.#at++]!;
  }

  rewind(): void {
    this.#at = 0;
  }
}

/** @throws what a transaction's operations are refused for, each on the arms chosen */
function checkTxn(store: Store, request: TxnRequest, leases: LeaseLookup, steps: PathReader): void {
  for (const { request: operation } of steps.next() ? request.success : request.failure) {
    switch (operation?.case) {
      case "requestRange":
        checkRangeRevision(store, operation.value);
        break;
      case "requestPut":
        checkPut(store, operation.value, leases);
        break;
      case "requestTxn":
        checkTxn(store, operation.value, leases, steps);
        break;
      case "requestDeleteRange":
      case undefined:
        break;
    }
  }
}

/** Stricter than a range on its own: here a negative revision counts as a revision. */
function checkRangeRevision(store: Store, request: RangeRequest): void {
  if (request.revision === 0) return;
  if (request.revision > store.currentRevision) throw errors.futureRev();
  if (request.revision < store.compactedRevision) throw errors.compacted();
}

/** Runs the arm and writes every field of the response behind its header. */
function runTxn(
  store: Store,
  tx: WriteTx | undefined,
  request: TxnRequest,
  steps: PathReader,
  body: ByteWriter | undefined,
): void {
  const succeeded = steps.next();
  body?.countField(succeededTag, succeeded ? 1 : 0);
  for (const operation of succeeded ? request.success : request.failure) {
    const start = body?.beginMessage(responsesTag) ?? 0;
    runOperation(store, tx, operation, steps, body);
    body?.endMessage(start);
  }
}

function runOperation(
  store: Store,
  tx: WriteTx | undefined,
  { request: operation }: RequestOp,
  steps: PathReader,
  body: ByteWriter | undefined,
): void {
  if (operation === undefined) return;
  switch (operation.case) {
    case "requestRange":
      if (body !== undefined) runRange(store, operation.value, body);
      return;
    case "requestPut":
      return runPutOperation(store, tx!, operation.value, body);
    case "requestDeleteRange":
      return runDeleteOperation(store, tx!, operation.value, body);
    case "requestTxn": {
      const start = body?.beginMessage(txnTag) ?? 0;
      // A nested transaction's header is there and empty.
      const header = body?.beginMessage(headerTag) ?? 0;
      body?.endMessage(header);
      runTxn(store, tx, operation.value, steps, body);
      return body?.endMessage(start);
    }
  }
}

function runPutOperation(
  store: Store,
  tx: WriteTx,
  request: PutRequest,
  body: ByteWriter | undefined,
): void {
  const start = body?.beginMessage(putTag) ?? 0;
  if (body !== undefined) writeInnerHeader(body, tx.nextRevision);
  runPut(store, tx, request, body);
  body?.endMessage(start);
}

function runDeleteOperation(
  store: Store,
  tx: WriteTx,
  request: DeleteRangeRequest,
  body: ByteWriter | undefined,
): void {
  const start = body?.beginMessage(deleteRangeTag) ?? 0;
  if (body !== undefined) {
    // The header stands first and says whether something was changed, so count before deleting.
    const count = store.ranges.count(request.key, rangeEndOf(request.rangeEnd), tx.revision);
    writeInnerHeader(body, count > 0 ? tx.nextRevision : tx.revision);
  }
  runDeleteRange(store, tx, request, body);
  body?.endMessage(start);
}

function runRange(store: Store, request: RangeRequest, body: ByteWriter): void {
  const start = body.beginMessage(rangeTag);
  writeInnerHeader(body, store.readRevision);
  store.ranges.write(request, body);
  body.endMessage(start);
}
