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
  called(request: Request): HistoryOperation | undefined {
    const asked = askedOf(request);
    if (asked === undefined) return undefined;
    const open = { return: -1, revision: 0, modRevision: 0, found: "", changed: false };
    const operation: HistoryOperation = { ...asked, call: this.#moment++, ...open };
    this.operations.push(operation);
    return operation;
  }

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
      return undefined;
  }
}
