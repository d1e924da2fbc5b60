// The scenarios of bench/stalls.ts that are about one large store.
import { setTimeout as pause } from "node:timers/promises";
import {
  decodeMemberAddResponse,
  decodeStatusResponse,
  decodeTxnResponse,
  encodeCompactionRequest,
  encodeDeleteRangeRequest,
  encodeHashKVRequest,
  encodeMemberAddRequest,
  encodePutRequest,
  encodeRangeRequest,
  encodeStatusRequest,
  encodeTxnRequest,
  makeCompactionRequest,
  makeDeleteRangeRequest,
  makeHashKVRequest,
  makeLeaseGrantRequest,
  encodeLeaseGrantRequest,
  makeMemberAddRequest,
  makePutRequest,
  makeRangeRequest,
  makeRequestOp,
  makeStatusRequest,
  makeTxnRequest,
  type RangeRequest,
  type RequestOp,
  SortOrder,
  SortTarget,
} from "../src/core/proto/index.ts";
import { callUnary, GrpcChannel, parseEndpoint } from "../src/io/grpc-client/index.ts";
import { run } from "../test/e2e/command.ts";
import { freePorts, ServerProcess } from "../test/e2e/server-process.ts";
import { peer } from "../test/peers/peers.ts";
import { metered, type Stalls, sinceStart } from "./stall-meter.ts";

const patienceMs = 900_000;
const fillOps = 1000;
const MiB = 1024 * 1024;
const text = new TextEncoder();
const everyKey = { key: text.encode("k/"), rangeEnd: text.encode("k0") };
// The disk's time is not the question. A snapshot goes to whoever is a hundred entries behind.
const flags = [
  "--unsafe-no-fsync",
  `--max-txn-ops=${fillOps}`,
  "--max-request-bytes=67108864",
  "--quota-backend-bytes=8589934592",
  "--snapshot-count=100",
  "--snapshot-catchup-entries=10",
];

type Work = () => Promise<unknown>;
/** Its number in the list of docs/testing.md, its name, and what is done. */
export type Scenario = readonly [number: string, name: string, work: Work];

const rangeOf = (more: Partial<RangeRequest>): RangeRequest =>
  makeRangeRequest({ ...everyKey, ...more });
const rangeOp = (more: Partial<RangeRequest> = {}): RequestOp =>
  makeRequestOp({ request: { case: "requestRange", value: rangeOf(more) } });
const putOp = (key: string, bytes: number): RequestOp => {
  const value = makePutRequest({ key: text.encode(key), value: new Uint8Array(bytes) });
  return makeRequestOp({ request: { case: "requestPut", value } });
};

function channelTo(server: ServerProcess): GrpcChannel {
  return new GrpcChannel({
    endpoints: [parseEndpoint(`http://${server.endpoint}`)],
    dialTimeoutMs: patienceMs,
    receiveBytesMax: 2 ** 31 - 1,
  });
}

export class Store {
  readonly #server: ServerProcess;
  readonly #channel: GrpcChannel;
  readonly #keys: number;
  readonly #valueBytes: number;
  #revision = 0;

  private constructor(server: ServerProcess, size: { keys: number; valueBytes: number }) {
    this.#server = server;
    this.#channel = channelTo(server);
    this.#keys = size.keys;
    this.#valueBytes = size.valueBytes;
  }

  static async open(size: { keys: number; valueBytes: number }): Promise<Store> {
    return new Store(await ServerProcess.start({ kind: "quorate", flags }), size);
  }

  async close(): Promise<void> {
    this.#channel.close();
    await this.#server.dispose();
  }

  run(name: string, work: Work): Promise<Stalls> {
    return metered(name, this.#server, work);
  }

  scenarios(): readonly Scenario[] {
    const keys = this.#keys.toLocaleString("en");
    const byValue = { sortTarget: SortTarget.VALUE, sortOrder: SortOrder.DESCEND };
    return [
      ["–", "nothing, for 5 s", () => pause(5000)],
      ["–", "every key written, 1,000 to a txn, 64 B", () => this.#fill(64)],
      ["5", `a range of ${keys} keys`, () => this.#range({})],
      ["5", "the same, sorted by value", () => this.#range(byValue)],
      [
        "5",
        "a txn of 8 such ranges, keys only",
        () => this.#txn(8, () => rangeOp({ keysOnly: true })),
      ],
      ["5", "a txn of 100 counts", () => this.#txn(100, () => rangeOp({ countOnly: true }))],
      ["–", "every key written again, with its value", () => this.#fill(this.#valueBytes)],
      ["1", `a compaction of ${keys} revisions, waited for`, () => this.#compact()],
      [
        "4",
        "HashKV of it all",
        () => this.#call("Maintenance/HashKV", encodeHashKVRequest(makeHashKVRequest())),
      ],
      ["2", "a defragmentation", () => this.#call("Maintenance/Defragment", new Uint8Array(0))],
      ["3", "a snapshot to a client", () => this.#snapshot()],
      ["7", "one event to 10,000 watchers, for 5 s", () => this.#fanout()],
      ["10", "five JSON bodies of 32 MiB", () => this.#jsonBodies()],
      ["11", "20 txns of 128 puts, 1.5 MiB each", () => this.#largeTxns()],
      ["12", "100,000 leases beside it all: collections of this heap", () => this.#leases()],
    ];
  }

  /**
   * A member that joins gets all of it as a snapshot, while others write: what that is to the leader,
   * to the member that puts a million keys in place, and last, the deletion of all by one request.
   */
  async sendSnapshot(): Promise<Stalls[]> {
    const [port = 0, peerPort = 0] = await freePorts(2);
    const peerUrl = `http://127.0.0.1:${peerPort}`;
    const initialCluster = `default=${this.#server.peerUrl},second=${peerUrl}`;
    const add = makeMemberAddRequest({ peerURLs: [peerUrl], isLearner: true });
    const joined: ServerProcess[] = [];
    try {
      const sent = await this.run("3. a snapshot to a member, under puts", async () => {
        const told = await this.#call("Cluster/MemberAdd", encodeMemberAddRequest(add));
        decodeMemberAddResponse(told);
        const writing = new AbortController();
        const writes = this.#writeUntil(writing.signal);
        const second = await ServerProcess.start({
          kind: "quorate",
          flags: [...flags, "--initial-cluster-state=existing"],
          place: { name: "second", ports: [port, peerPort], initialCluster },
          readyMilliseconds: patienceMs,
        });
        joined.push(second);
        await this.#caughtUp(second);
        writing.abort();
        await writes;
      });
      const received = await sinceStart("6. that member: all keys restored under puts", joined[0]!);
      const deleted = await this.run("all keys deleted by one request", () =>
        this.#call("KV/DeleteRange", encodeDeleteRangeRequest(makeDeleteRangeRequest(everyKey))),
      );
      return [sent, received, deleted];
    } finally {
      for (const one of joined) await one.dispose();
    }
  }

  #call(method: string, request: Uint8Array): Promise<Uint8Array> {
    const path = `/etcdserverpb.${method}`;
    return callUnary(this.#channel, { path, timeoutMs: patienceMs }, request);
  }

  #range(more: Partial<RangeRequest>): Promise<Uint8Array> {
    return this.#call("KV/Range", encodeRangeRequest(rangeOf(more)));
  }

  async #txn(count: number, op: (at: number) => RequestOp): Promise<number> {
    const success = Array.from({ length: count }, (_, at) => op(at));
    const answer = await this.#call("KV/Txn", encodeTxnRequest(makeTxnRequest({ success })));
    return decodeTxnResponse(answer).header!.revision;
  }

  async #fill(bytes: number): Promise<void> {
    for (let from = 0; from < this.#keys; from += fillOps) {
      const keyOf = (at: number): string => `k/${String(from + at).padStart(8, "0")}`;
      this.#revision = await this.#txn(fillOps, (at) => putOp(keyOf(at), bytes));
    }
  }

  #compact(): Promise<Uint8Array> {
    const request = makeCompactionRequest({ revision: this.#revision, physical: true });
    return this.#call("KV/Compact", encodeCompactionRequest(request));
  }

  #snapshot(): Promise<void> {
    return new Promise((resolve, reject) => {
      const call = this.#channel.open(
        { path: "/etcdserverpb.Maintenance/Snapshot" },
        {
          onMessage: () => {},
          onEnd: ({ code, message }) => (code === 0 ? resolve() : reject(new Error(message))),
        },
      );
      call.send(new Uint8Array(0));
      call.halfClose();
    });
  }

  async #fanout(): Promise<void> {
    const args = [`-endpoint=${this.#server.endpoint}`, "-load=fanout", "-length=5s"];
    const done = await run(peer("drive"), args, { patienceMilliseconds: patienceMs });
    if (done.code !== 0) throw new Error(done.stderr);
  }

  async #jsonBodies(): Promise<void> {
    const value = Buffer.alloc(23 * MiB, 1).toString("base64");
    const body = JSON.stringify({ key: "anNvbg==", value });
    for (let round = 0; round < 5; round++) {
      const url = `http://${this.#server.endpoint}/v3/kv/put`;
      const answer = await fetch(url, { method: "POST", body });
      if (!answer.ok) throw new Error(await answer.text());
    }
  }

  async #largeTxns(): Promise<void> {
    for (let round = 0; round < 20; round++) {
      await this.#txn(128, (at) => putOp(`big/${at}`, 12_000));
    }
  }

  async #leases(): Promise<void> {
    for (let from = 0; from < 100; from++) {
      const grants = Array.from({ length: 1000 }, () =>
        this.#call(
          "Lease/LeaseGrant",
          encodeLeaseGrantRequest(makeLeaseGrantRequest({ TTL: 7200 })),
        ),
      );
      await Promise.all(grants);
    }
  }

  async #writeUntil(signal: AbortSignal): Promise<void> {
    for (let at = 0; !signal.aborted; at++) {
      const put = makePutRequest({
        key: text.encode(`traffic/${at % 100}`),
        value: new Uint8Array(64),
      });
      await this.#call("KV/Put", encodePutRequest(put));
      await pause(5);
    }
  }

  /** Whether the second member has as much of the log as this one had when asked. */
  async #caughtUp(second: ServerProcess): Promise<void> {
    const channel = channelTo(second);
    const request = encodeStatusRequest(makeStatusRequest());
    const path = "/etcdserverpb.Maintenance/Status";
    const goal = decodeStatusResponse(await this.#call("Maintenance/Status", request)).raftIndex;
    for (;;) {
      const answer = await callUnary(channel, { path, timeoutMs: patienceMs }, request);
      if (decodeStatusResponse(answer).raftAppliedIndex >= goal) break;
      await pause(200);
    }
    channel.close();
  }
}
