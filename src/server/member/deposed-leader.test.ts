// One member of three, made leader by hand-made answers, and deposed at the worst moment.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeInternalRaftRequest,
  encodeLeaseGrantRequest,
  makeLeaseGrantRequest,
} from "../../core/proto/index.ts";
import { type Message, MessageType, newMessage } from "../../core/raft/index.ts";
import { testMemberId, type TestServer, testServer } from "./testing.ts";

const other = 2n;

/** Answers as a member that has everything would. */
const answers: Partial<Record<number, (to: Message) => Partial<Message> & Pick<Message, "type">>> =
  {
    [MessageType.MsgPreVote]: ({ term }) => ({ type: MessageType.MsgPreVoteResp, term }),
    [MessageType.MsgVote]: ({ term }) => ({ type: MessageType.MsgVoteResp, term }),
    [MessageType.MsgApp]: ({ term, index, entries }) => ({
      type: MessageType.MsgAppResp,
      term,
      index: index + entries.length,
    }),
    [MessageType.MsgHeartbeat]: ({ term, context }) => ({
      type: MessageType.MsgHeartbeatResp,
      term,
      context,
    }),
  };

class Cluster {
  readonly host: TestServer;
  /** What was sent to the other, oldest first. */
  readonly sent: Message[] = [];
  /** Heartbeat answers wait here while this is set. */
  held: Message[] | undefined;

  constructor() {
    this.host = testServer(
      {},
      {
        peerIds: [testMemberId, other, 3n],
        send: (messages) => {
          for (const message of messages) if (message.to === other) this.#toOther(message);
        },
      },
    );
    this.host.server.start(() => {});
    for (
      let waitedMs = 0;
      !this.host.server.member.isLeader && waitedMs < 10_000;
      waitedMs += 100
    ) {
      this.host.clock.advance(100);
    }
    assert.ok(this.host.server.member.isLeader);
  }

  #toOther(message: Message): void {
    this.sent.push(message);
    const answer = answers[message.type]?.(message);
    if (answer === undefined) return;
    const whole = {
      ...newMessage(answer.type as MessageType, testMemberId),
      ...answer,
      from: other,
    };
    if (this.held !== undefined && whole.type === MessageType.MsgHeartbeatResp) {
      this.held.push(whole);
    } else this.host.clock.soon(() => this.host.server.member.receive(whole));
  }

  /** The other was elected: its first heartbeat comes. */
  depose(): void {
    const { member } = this.host.server;
    const heartbeat = newMessage(MessageType.MsgHeartbeat, testMemberId);
    member.receive({ ...heartbeat, from: other, term: member.term + 1 });
  }

  revocationsForwarded(): number {
    return this.sent
      .filter(({ type }) => type === MessageType.MsgProp)
      .flatMap(({ entries }) => entries)
      .filter(({ data }) => decodeInternalRaftRequest(data).request?.case === "leaseRevoke").length;
  }

  /** A lease, granted, whose time is up, and a leader that asks whether it still leads. */
  expireLease(): void {
    const { server, clock } = this.host;
    const grant = encodeLeaseGrantRequest(makeLeaseGrantRequest({ ID: 7n, TTL: 2 }));
    server.member.propose("leaseGrant", grant, () => {});
    clock.advance(200);
    assert.equal(server.lessor.size, 1);
    clock.advance(1700);
    // The lease clock is due each half second; one of its next reads is the one past the expiry.
    while (server.lessor.standing(7n, clock.now) === "alive") clock.advance(10);
    this.held = [];
    for (let waitedMs = 0; !this.held.some(({ context }) => context.length > 0); waitedMs += 10) {
      assert.ok(waitedMs < 1000);
      clock.advance(10);
    }
  }

  /** The other confirms this leader, and the member takes one turn. */
  confirm(): void {
    for (const message of this.held!.splice(0)) this.host.server.member.receive(message);
    this.held = undefined;
    this.host.server.member.turn();
  }
}

test("a leader that a quorum confirms revokes what has expired", () => {
  const cluster = new Cluster();
  cluster.expireLease();
  cluster.confirm();
  cluster.host.clock.advance(1000);
  assert.equal(cluster.host.server.lessor.size, 0);
});

test("a leader deposed just after it was confirmed asks its successor to revoke nothing", () => {
  const cluster = new Cluster();
  cluster.expireLease();
  cluster.confirm();
  cluster.depose();
  cluster.host.clock.settle();
  cluster.host.clock.advance(900);
  assert.equal(cluster.host.server.member.lead, other);
  assert.equal(cluster.revocationsForwarded(), 0);
});
