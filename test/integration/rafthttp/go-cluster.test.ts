import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { id64Hex } from "../../../src/base/index.ts";
import { MessageType, newMessage, snapshotIndex } from "../../../src/core/raft/index.ts";
import { silentLog } from "../../../src/io/host/index.ts";
import type { PeerCallEvents, PeerDialer } from "../../../src/io/http/index.ts";
import { freePorts } from "../../e2e/server-process.ts";
import { etcdctl, GoMember } from "./go-member.ts";
import { clusterIdOf, type Founder, memberId, RaftMember } from "./raft-member.ts";
import { answerOf, cases, mismatch } from "./refusals.ts";
import { until } from "./transport-node.ts";

const token = "mixed";

/** Counts what Go answered to which kind of request, as `POST /raft 204`. */
class AnswerCount {
  readonly counts = new Map<string, number>();

  readonly around = (inner: PeerDialer): PeerDialer => ({
    open: (request, events) => {
      const { method, url } = request;
      const path = new URL(url).pathname.replace(/[0-9a-f]{10,16}$/, "<id>");
      const counted: PeerCallEvents = {
        onHead: (head) => {
          this.add(`${method} ${path} ${head.status}`);
          events.onHead(head);
        },
        onBytes: (bytes) => events.onBytes(bytes),
        onEnd: () => events.onEnd(),
        onError: (error) => events.onError(error),
        onDrain: () => events.onDrain(),
      };
      return inner.open(request, counted);
    },
    close: () => inner.close(),
  });

  add(what: string): void {
    this.counts.set(what, this.of(what) + 1);
  }

  of(what: string): number {
    return this.counts.get(what) ?? 0;
  }
}

const home = mkdtempSync(join(tmpdir(), "quorate-mixed-"));
const answers = new AnswerCount();

/** Members m1 and m2 are Go's, m3 is ours. The tests below are the story of this one cluster. */
class MixedCluster {
  readonly founders: readonly Founder[];
  readonly ids: readonly bigint[];
  readonly a: GoMember;
  readonly b: GoMember;
  #ours: RaftMember | undefined;
  readonly #port: number;

  constructor(ports: readonly number[]) {
    const [clientA = 0, clientB = 0, ...peers] = ports;
    this.#port = peers[2]!;
    this.founders = peers.map((port, at) => ({
      name: `m${at + 1}`,
      url: `http://127.0.0.1:${port}`,
    }));
    this.ids = this.founders.map(({ url }) => memberId(url, token));
    this.a = this.#goMember(0, clientA);
    this.b = this.#goMember(1, clientB);
  }

  get c(): RaftMember {
    return this.#ours!;
  }

  async startOurs(isNew: boolean): Promise<void> {
    await this.#ours?.stop();
    const { founders } = this;
    const common = { token, founders, log: silentLog, dialer: answers.around };
    this.#ours = new RaftMember({ name: "m3", port: this.#port, isNew, ...common });
    await this.#ours.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.a.kill(), this.b.kill(), this.#ours?.stop()]);
  }

  #goMember(at: number, clientPort: number): GoMember {
    const { name, url: peerUrl } = this.founders[at]!;
    const initialCluster = this.founders.map((one) => `${one.name}=${one.url}`).join(",");
    const dataDirectory = join(home, name);
    const flags = ["--snapshot-count=60", "--snapshot-catchup-entries=5"];
    const common = { token, initialCluster, dataDirectory, flags };
    return new GoMember({ name, clientPort, peerUrl, ...common });
  }
}

const cluster = new MixedCluster(await freePorts(5));
const { a, b, ids } = cluster;
const [idA = 0n, idB = 0n, idC = 0n] = ids;

after(async () => {
  await cluster.stop();
  rmSync(home, { recursive: true, force: true });
});

const put = (key: string): Promise<string> => etcdctl(a.endpoint, "put", key, "value");
const tryPut = (key: string): Promise<boolean> =>
  put(key).then(
    () => true,
    () => false,
  );
const isOurs = (key: string): boolean => cluster.c.committed.some((data) => data.includes(key));

test("two Go members stream to ours and elect with it", async () => {
  await cluster.startOurs(true);
  a.start();
  b.start();
  const { c } = cluster;
  assert.equal(c.id, idC);
  await until("a leader", () => c.raft.lead !== 0n);
  await until("both Go members serve", () =>
    [a, b].every(({ log }) => log.includes("ready to serve client requests")),
  );
  await put("first-key");
  await until("the put is in our log", () => isOurs("first-key"));
  assert.ok(answers.of("GET /raft/stream/msgapp/<id> 200") >= 2, "both give us appends");
  assert.ok(answers.of("GET /raft/stream/message/<id> 200") >= 2, "and everything else");
  assert.equal(c.node.transport.activePeers(), 2);
  await until("probes are answered", () => c.node.transport.roundTrip(idA) !== undefined);
  assert.ok(Math.abs(c.node.transport.roundTrip(idA)!.clockDriftMs) < 5_000);
});

test("what Go refuses we refuse, with its status, headers and words", async () => {
  const clusterHex = id64Hex(clusterIdOf(ids));
  const targets = [idA, idC].map((id, at) => ({
    url: cluster.founders[at * 2]!.url,
    idHex: id64Hex(id),
    clusterHex,
  }));
  for (const one of [...cases, mismatch(id64Hex(idB))]) {
    const [theirs, own] = await Promise.all(targets.map((target) => answerOf(target, one)));
    assert.equal(own, theirs, one.what);
  }
});

test("with one Go member killed, our acknowledgements make the majority", async () => {
  const { c } = cluster;
  await b.kill();
  await until("a leader without the dead one", () => [idA, idC].includes(c.raft.lead));
  await until("a put with our vote", () => tryPut("second-key"));
  await until("it is in our log", () => isOurs("second-key"));
});

test("behind what the Go leader keeps in its log, we are given its database", async () => {
  if (cluster.c.raft.lead === idC) {
    cluster.c.raft.transferLeader(idA);
    await until("the Go member leads", () => cluster.c.raft.lead === idA);
  }
  for (let round = 0; round < 6; round++) {
    const keys = Array.from({ length: 20 }, (_, at) => `filler-${round}-${at}`);
    await Promise.all(keys.map(put));
  }
  await cluster.startOurs(false);
  const { c } = cluster;
  await until("a snapshot of Go's is installed", () => c.voters === 3);
  assert.ok(snapshotIndex(c.storage.snapshot()) > 60);
  assert.equal(statSync(c.database!).size % 4096, 0, "whole pages");
  await until("Go knows that it arrived", () => a.log.includes("sent database snapshot"));
});

test("when we lead, the Go member forwards its proposals and follows our streams", async () => {
  const { c } = cluster;
  await until("a leader", () => c.raft.lead === idA);
  await etcdctl(a.endpoint, "move-leader", id64Hex(idC));
  await until("we lead", () => c.raft.lead === idC && c.raft.role === "leader");
  await until("a put through us", () => tryPut("third-key"));
  assert.match(await etcdctl(a.endpoint, "get", "third-key"), /value/);
  assert.ok((c.received.get(MessageType.MsgProp) ?? 0) > 0, "it was forwarded");
});

test("a Go member behind our log takes the database from us, and what follows it", async () => {
  const { c } = cluster;
  c.compactToSnapshot();
  b.start();
  await until("our snapshot was taken", () => c.reports.includes("finished"));
  assert.ok(answers.of("POST /raft/snapshot 204") > 0);
  await until("the Go member has caught up", async () => {
    const words = ["get", "third-key", "--consistency=s"];
    const found = await etcdctl(b.endpoint, ...words).catch(() => "");
    return found.includes("value");
  });
});

test("Go takes our posts where there are no streams, and has no complaint of us", async () => {
  const { c } = cluster;
  const posts = answers.of("POST /raft 204");
  const { transport } = c.node;
  transport.removePeer(idB);
  transport.addRemote(idB, [cluster.founders[1]!.url]);
  const message = newMessage(MessageType.MsgHeartbeat, idB);
  message.from = idC;
  message.term = c.raft.term;
  transport.send([message]);
  await until("the post is answered", () => answers.of("POST /raft 204") > posts);
  for (const { log } of [a, b]) {
    const aboutUs = log.split("\n").filter((line) => line.includes(id64Hex(idC)));
    const refusals = /panic|cluster ID mismatch|incompatible version|unexpected http/;
    assert.doesNotMatch(aboutUs.join("\n"), refusals);
  }
});
