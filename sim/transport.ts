// A member's transport over the simulated network: messages as they are, and a database in pieces that
// come one after another, or not at all.
import { decodeMessage, encodeMessage } from "../src/core/proto/index.ts";
import { type Message, snapshotIndex } from "../src/core/raft/index.ts";
import type { OutgoingSnapshot, RaftPort } from "../src/io/rafthttp/index.ts";
import type { Snapshotter } from "../src/io/snap/index.ts";
import type { PeerTransport } from "../src/server/member/index.ts";
import type { Process } from "./loop.ts";
import type { SimMember } from "./member.ts";

const pieceBytes = 16 * 1024;
/** For the answer to one piece. */
const patienceMs = 10_000;

/** What carries databases from one member to another. */
export interface DatabaseCarrier {
  /** Something goes over the link; exactly one of the two is called, unless the sender dies first. */
  carry(
    link: { readonly from: SimMember; readonly to: SimMember },
    arrived: (receiver: SimMember) => void,
    lost: () => void,
  ): void;
  memberOf(id: bigint): SimMember | undefined;
  isConnected(from: SimMember, id: bigint): boolean;
  sends(from: SimMember, messages: readonly Message[]): void;
}

export class SimTransport implements PeerTransport {
  readonly #member: SimMember;
  readonly #carrier: DatabaseCarrier;
  readonly #port: RaftPort;
  #isStopped = false;

  constructor(member: SimMember, carrier: DatabaseCarrier, port: RaftPort) {
    this.#member = member;
    this.#carrier = carrier;
    this.#port = port;
  }

  send(messages: readonly Message[]): void {
    if (!this.#isStopped) this.#carrier.sends(this.#member, messages);
  }

  /** As rafthttp's snapshot sender: on a connection of its own, and raft hears how it went. */
  sendSnapshot(snapshot: OutgoingSnapshot): void {
    const member = this.#member;
    const { process } = member;
    const { to } = snapshot.message;
    new Sending(member, this.#carrier, snapshot, (error) => {
      if (process === undefined || process.isDead) return;
      snapshot.source.close(error);
      this.#port.reportSnapshot(to, error === undefined ? "finished" : "failed");
      if (error !== undefined) this.#port.reportUnreachable(to);
    }).next();
  }

  addPeer(): void {}
  addRemote(): void {}
  removePeer(): void {}
  removeAllPeers(): void {}
  updatePeer(): void {}

  activeSinceMs(id: bigint): number | undefined {
    return this.#carrier.isConnected(this.#member, id) ? 0 : undefined;
  }

  activePeers(): number {
    return 1;
  }

  stop(): void {
    this.#isStopped = true;
  }
}

/** One database on its way to another member, a piece at a time. */
class Sending {
  readonly #from: SimMember;
  readonly #to: SimMember | undefined;
  readonly #carrier: DatabaseCarrier;
  readonly #snapshot: OutgoingSnapshot;
  readonly #over: (error: Error | undefined) => void;
  /** Of the sender: with it everything it was about to send is gone. */
  readonly #process: Process | undefined;
  #position = 0;
  #asked = -1;
  #isOver = false;
  #reception: Reception | undefined;
  /** The life of the receiver that takes it in: another one knows nothing of it. */
  #lives = 0;

  constructor(
    from: SimMember,
    carrier: DatabaseCarrier,
    snapshot: OutgoingSnapshot,
    over: (error: Error | undefined) => void,
  ) {
    this.#from = from;
    this.#process = from.process;
    this.#to = carrier.memberOf(snapshot.message.to);
    this.#carrier = carrier;
    this.#snapshot = snapshot;
    this.#over = over;
  }

  next(): void {
    const begun = this.#position;
    // Whoever takes a piece may die before it answers.
    this.#from.clock?.after(patienceMs, () => {
      if (this.#asked === begun) this.#broken();
    });
    this.#asked = begun;
    const { source } = this.#snapshot;
    const to = this.#to;
    if (to === undefined) return this.#broken();
    const piece = new Uint8Array(Math.min(pieceBytes, source.size - this.#position));
    source.readInto(piece, 0, piece.length, this.#position);
    this.#position += piece.length;
    const isLast = this.#position === source.size;
    const arrived = (member: SimMember): void => this.#arrived(member, piece, isLast);
    this.#carrier.carry({ from: this.#from, to }, arrived, () => this.#broken());
  }

  /** At the receiver; its answer goes back over the same network. */
  #arrived(member: SimMember, piece: Uint8Array, isLast: boolean): void {
    if (this.#reception === undefined) {
      this.#reception = member.receiveSnapshot(this.#snapshot.message);
      this.#lives = member.lives;
    }
    const answer = (error: Error | undefined): void => {
      const back = { from: member, to: this.#from };
      const heard = (): void => {
        if (this.#process?.isDead !== false) return;
        if (isLast || error !== undefined) this.#end(error);
        else if (!this.#isOver) this.next();
      };
      this.#carrier.carry(back, heard, () => {});
    };
    if (this.#lives !== member.lives) return answer(new Error("the receiver began anew"));
    this.#reception.add(piece, isLast, answer);
  }

  #broken(): void {
    this.#end(new Error("the connection broke"));
  }

  #end(error: Error | undefined): void {
    if (!this.#isOver) this.#over(error);
    this.#isOver = true;
  }
}

/** One database on its way to this member's disk. */
export class Reception {
  readonly #message: Message;
  readonly #port: RaftPort;
  readonly #receiver: ReturnType<Snapshotter["receiveDatabase"]>;

  constructor(message: Message, snapshotter: Snapshotter, port: RaftPort) {
    this.#message = decodeMessage(encodeMessage(message));
    this.#port = port;
    this.#receiver = snapshotter.receiveDatabase(snapshotIndex(message.snapshot!));
  }

  add(piece: Uint8Array, isLast: boolean, done: (error: Error | undefined) => void): void {
    this.#receiver.write(piece, (error) => {
      if (error !== undefined) {
        this.#receiver.abort();
        return done(error);
      }
      if (!isLast) return done(undefined);
      this.#receiver.finish((failed) => {
        if (failed !== undefined) return done(failed);
        this.#port.process(this.#message, done);
      });
    });
  }
}
