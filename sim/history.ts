// What clients asked and were answered, written down for a judge that knows nothing of this program:
// operations on single keys, with the order in which they were asked and answered (see -history of
// test/peers/linearizable).
import { latin1FromBytes } from "../src/base/index.ts";
import {
  decodeDeleteRangeResponse,
  decodeKeyValue,
  decodePutResponse,
  decodeRangeResponse,
  decodeTxnResponse,
  type RangeResponse,
} from "../src/core/proto/index.ts";
import type { Reply, Request } from "./calls.ts";
import type { Call } from "./oracle.ts";

export interface HistoryOperation {
  readonly kind: "put" | "get" | "delete" | "swap";
  readonly key: string;
  readonly value: string;
  /** Of a swap: the mod_revision at which it writes. */
  readonly expected: number;
  readonly call: number;
  /** -1 while there is no answer. */
  return: number;
  /** The header's. */
  revision: number;
  /** What the key is afterwards. */
  modRevision: number;
  found: string;
  changed: boolean;
}

export class History {
  readonly operations: HistoryOperation[] = [];
  /** Counts calls and answers: simulated time alone would leave some of them at one moment. */
  #moment = 0;

  /** Undefined for what is no operation on one key. */
  called(call: Call): HistoryOperation | undefined {
    const asked = askedOf(call.request);
    if (asked === undefined) return undefined;
    const open = { return: -1, revision: 0, modRevision: 0, found: "", changed: false };
    const operation: HistoryOperation = { ...asked, call: this.#moment++, ...open };
    this.operations.push(operation);
    this.#open.set(operation, call);
    return operation;
  }

  /**
   * The end of a run. Each write without an answer would double what a judge has to try; but whether it
   * is in the log, `effectOf` knows, and it happened before the first answer with its revision or a
   * later one. What is not in the log, or changed nothing, is left out. Returns those that are in.
   */
  close(effectOf: (call: Call) => Uint8Array | undefined): number {
    const answers = this.operations
      .filter((operation) => operation.return >= 0)
      .toSorted((a, b) => a.return - b.return);
    for (let at = 0, newest = 0; at < answers.length; at++) {
      newest = Math.max(newest, answers[at]!.revision);
      this.#newestAt.push(newest);
    }
    let settled = 0;
    const left = this.operations.filter((operation) => {
      if (operation.return >= 0) return true;
      const bytes = effectOf(this.#open.get(operation)!);
      if (bytes === undefined) return false;
      this.answered(operation, { bytes });
      if (!operation.changed) return false;
      settled++;
      const at = this.#newestAt.findIndex((newest) => newest >= operation.revision);
      if (at >= 0) operation.return = Math.max(operation.call, answers[at]!.return);
      return true;
    });
    this.operations.splice(0, this.operations.length, ...left);
    return settled;
  }

  readonly #open = new Map<HistoryOperation, Call>();
  /** Behind each answer, in their order: the newest revision anybody has been told. */
  readonly #newestAt: number[] = [];

  /** An error leaves open what happened. */
  answered(operation: HistoryOperation, { bytes }: Reply): void {
    if (bytes === undefined) return;
    operation.return = this.#moment++;
    switch (operation.kind) {
      case "put":
        operation.revision = decodePutResponse(bytes).header!.revision;
        operation.modRevision = operation.revision;
        operation.changed = true;
        break;
      case "delete": {
        const { header, deleted } = decodeDeleteRangeResponse(bytes);
        operation.revision = header!.revision;
        operation.changed = deleted > 0;
        break;
      }
      case "get": {
        const response = decodeRangeResponse(bytes);
        operation.revision = response.header!.revision;
        noteFound(operation, response);
        break;
      }
      case "swap": {
        const { header, succeeded, responses } = decodeTxnResponse(bytes);
        operation.revision = header!.revision;
        operation.changed = succeeded;
        const [first] = responses;
        if (succeeded) operation.modRevision = operation.revision;
        else if (first?.response?.case === "responseRange") {
          noteFound(operation, first.response.value);
        }
      }
    }
  }
}

function noteFound(operation: HistoryOperation, { kvs }: RangeResponse): void {
  if (kvs[0] === undefined) return;
  const { modRevision, value } = decodeKeyValue(kvs[0]);
  operation.modRevision = modRevision;
  operation.found = latin1FromBytes(value);
}

type Asked = Pick<HistoryOperation, "kind" | "key" | "value" | "expected">;

function askedOf({ kind, value: request }: Request): Asked | undefined {
  const plain = { value: "", expected: 0 };
  switch (kind) {
    case "put":
      return {
        ...plain,
        kind,
        key: latin1FromBytes(request.key),
        value: latin1FromBytes(request.value),
      };
    case "range":
      if (request.rangeEnd.length > 0 || request.serializable) return undefined;
      return { ...plain, kind: "get", key: latin1FromBytes(request.key) };
    case "delete":
      return { ...plain, kind, key: latin1FromBytes(request.key) };
    case "txn": {
      const [compare] = request.compare;
      const [first] = request.success;
      if (first?.request?.case !== "requestPut") return undefined;
      const expected = Number(compare?.targetUnion?.value ?? 0);
      const { key, value } = first.request.value;
      return { kind: "swap", key: latin1FromBytes(key), value: latin1FromBytes(value), expected };
    }
    case "compact":
    case "grant":
    case "revoke":
    case "renew":
    case "auth":
    case "login":
      return undefined;
  }
}
