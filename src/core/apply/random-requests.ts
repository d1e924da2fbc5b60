// Random KV requests over few keys, so that they meet.
import { id64, type RandomSource, seededRandom } from "../../base/index.ts";
import {
  type CompareTargetUnion,
  makeCompare,
  makeDeleteRangeRequest,
  makePutRequest,
  makeRangeRequest,
  makeRequestOp,
  makeTxnRequest,
  type PutRequest,
  type RangeRequest,
  type RequestOp,
  type TxnRequest,
} from "../proto/index.ts";
import { bytesOf } from "./kv-model.ts";

const keys = ["a", "a\x00", "aa", "ab", "b", "b\xff", "c", "ca", "k/1", "k/2", "k/30", "\xff"];
export const leases: readonly bigint[] = [5n, id64(0x8000_0000, 9)];

export abstract class RandomRequests {
  readonly random: RandomSource;
  /** Requests ask for revisions around this one. */
  abstract readonly newestRevision: number;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.random.below(items.length)]!;
  }

  chance(percent: number): boolean {
    return this.random.below(100) < percent;
  }

  revision(): number {
    if (this.chance(50)) return 0;
    if (this.chance(5)) return this.pick([-1, -5, Infinity, -Infinity]);
    return Math.max(0, this.newestRevision + 2 - this.random.below(30));
  }

  span(): { key: Uint8Array; rangeEnd: Uint8Array } {
    const key = bytesOf(this.pick(keys));
    if (this.chance(40)) return { key, rangeEnd: new Uint8Array(0) };
    if (this.chance(20)) return { key: Uint8Array.of(0), rangeEnd: Uint8Array.of(0) };
    return { key, rangeEnd: this.chance(30) ? Uint8Array.of(0) : bytesOf(this.pick(keys)) };
  }

  rangeRequest(): RangeRequest {
    const bound = (): number => (this.chance(12) ? this.random.below(this.newestRevision + 2) : 0);
    return makeRangeRequest({
      ...this.span(),
      revision: this.revision(),
      limit: this.chance(50) ? 0 : this.random.below(6) - 1,
      sortOrder: this.chance(60) ? 0 : this.random.below(3),
      sortTarget: this.chance(60) ? 0 : this.random.below(5),
      keysOnly: this.chance(20),
      countOnly: this.chance(10),
      minModRevision: bound(),
      maxModRevision: bound(),
      minCreateRevision: bound(),
      maxCreateRevision: bound(),
    });
  }

  putRequest(): PutRequest {
    const [ignoreValue, ignoreLease] = [this.chance(10), this.chance(10)];
    const value = "v".repeat(this.random.below(4)) + String(this.random.below(100));
    return makePutRequest({
      key: bytesOf(this.pick(keys)),
      value: bytesOf(ignoreValue || this.chance(5) ? "" : value),
      lease: ignoreLease || this.chance(60) ? 0n : this.chance(5) ? 77n : this.pick(leases),
      prevKv: this.chance(40),
      ignoreValue,
      ignoreLease,
    });
  }

  txnRequest(depth: number): TxnRequest {
    const operations = (): RequestOp[] =>
      Array.from({ length: this.random.below(4) }, () => this.operation(depth));
    return makeTxnRequest({
      compare: Array.from({ length: this.random.below(3) }, () =>
        makeCompare({
          ...this.span(),
          result: this.random.below(4),
          target: this.random.below(5),
          targetUnion: this.target(),
        }),
      ),
      success: operations(),
      failure: operations(),
    });
  }

  target(): CompareTargetUnion | undefined {
    const value = this.chance(50) ? this.random.below(3) : this.random.below(this.newestRevision);
    return this.pick<CompareTargetUnion | undefined>([
      { case: "version", value },
      { case: "createRevision", value },
      { case: "modRevision", value },
      { case: "value", value: bytesOf(String(value)) },
      { case: "lease", value: this.pick(leases) },
      undefined,
    ]);
  }

  operation(depth: number): RequestOp {
    const kind = this.random.below(depth > 0 ? 5 : 4);
    if (kind < 2)
      return makeRequestOp({ request: { case: "requestPut", value: this.putRequest() } });
    if (kind === 2) {
      const value = makeDeleteRangeRequest({ ...this.span(), prevKv: this.chance(50) });
      return makeRequestOp({ request: { case: "requestDeleteRange", value } });
    }
    if (kind === 3) {
      return makeRequestOp({ request: { case: "requestRange", value: this.rangeRequest() } });
    }
    return makeRequestOp({ request: { case: "requestTxn", value: this.txnRequest(depth - 1) } });
  }
}
