// The clients of a run: each does its planned actions one after another and tells the oracle what it
// was answered.
import { zeroId } from "../src/base/index.ts";
import { type Call, type Oracle } from "./oracle.ts";
import { callMember, type Reply, requestOf } from "./calls.ts";
import type { History, HistoryOperation } from "./history.ts";
import type { Loop } from "./loop.ts";
import type { SimMember } from "./member.ts";
import type { PlannedOp } from "./plan.ts";

interface Client {
  readonly ops: PlannedOp[];
  at: number;
  /** The newest revision it has seen. */
  seen: number;
  /** The call under way, and where. */
  call: Call | undefined;
  member: SimMember | undefined;
}

interface Completion {
  readonly client: Client;
  readonly call: Call;
  readonly member: SimMember;
  readonly appliedIndex: number;
  readonly reply: Reply;
  readonly operation: HistoryOperation | undefined;
}

/** After a failure a client waits before it goes on. */
const retryUs = 50_000;

export class Clients {
  readonly #loop: Loop;
  readonly #oracle: Oracle;
  readonly #members: () => readonly SimMember[];
  readonly #history: History | undefined;
  readonly #clients: Client[] = [];
  #completions: Completion[] = [];
  answers = 0;
  errors = 0;

  constructor(
    scope: {
      loop: Loop;
      oracle: Oracle;
      members: () => readonly SimMember[];
      history: History | undefined;
    },
    ops: readonly PlannedOp[],
  ) {
    this.#loop = scope.loop;
    this.#oracle = scope.oracle;
    this.#members = scope.members;
    this.#history = scope.history;
    for (const op of ops) {
      const client = (this.#clients[op.client] ??= {
        ops: [],
        at: 0,
        seen: 1,
        call: undefined,
        member: undefined,
      });
      client.ops.push(op);
    }
    for (const client of this.#clients) if (client !== undefined) this.#schedule(client, 0);
  }

  /** How many calls wait for an answer. */
  get waiting(): number {
    return this.#clients.filter((client) => client?.call !== undefined).length;
  }

  /** Nobody begins anything any more. */
  stop(): void {
    this.#isOver = true;
  }

  #isOver = false;

  #schedule(client: Client, delayUs: number): void {
    const op = client.ops[client.at];
    if (op === undefined) return;
    const atUs = Math.max(op.atMs * 1000, this.#loop.nowUs + delayUs);
    this.#loop.at(atUs, undefined, "client", () => this.#begin(client, op));
  }

  #begin(client: Client, op: PlannedOp): void {
    if (this.#isOver) return;
    const members = this.#members().filter(({ isReady }) => isReady);
    if (members.length === 0) return this.#schedule(client, retryUs);
    client.at++;
    const wanted = members.find(({ index }) => index === op.member);
    const member = wanted ?? members[op.member % members.length]!;
    // The call reaches the member as an event of its own: a paused one takes it later.
    this.#loop.after(200, member.process, "call", () => this.#call(client, op, member));
    client.member = member;
    client.call = undefined;
    const lives = member.lives;
    this.#watchdog(client, op, member, lives);
  }

  /** A member that dies before it takes the call, or with it, answers nothing. */
  #watchdog(client: Client, op: PlannedOp, member: SimMember, lives: number): void {
    const look = (): void => {
      if (client.member !== member || client.ops[client.at - 1] !== op) return;
      if (member.isUp && member.lives === lives) {
        this.#loop.after(250_000, undefined, "patience", look);
        return;
      }
      client.call = undefined;
      client.member = undefined;
      this.errors++;
      this.#schedule(client, retryUs);
    };
    this.#loop.after(250_000, undefined, "patience", look);
  }

  #call(client: Client, op: PlannedOp, member: SimMember): void {
    const { server, process } = member;
    if (server === undefined || process === undefined) return;
    const call: Call = {
      client: op.client,
      request: requestOf(op.action, client.seen),
      invokedUs: this.#loop.nowUs,
      floorIndex: this.#oracle.lastIndex,
      requestId: zeroId,
    };
    client.call = call;
    const { ids } = server.member;
    const takeId = ids.nextSuffix.bind(ids);
    ids.nextSuffix = () => {
      const suffix = takeId();
      call.requestId = ids.whole(suffix);
      if (call.request.kind === "revoke") this.#oracle.askedRevokes.add(call.requestId);
      return suffix;
    };
    const operation = this.#history?.called(call.request);
    const done = (reply: Reply): void => {
      if (process.isDead) return;
      const appliedIndex = member.stateIndex;
      this.#completions.push({ client, call, member, appliedIndex, reply, operation });
    };
    try {
      callMember(server, call.request, done);
    } finally {
      Reflect.deleteProperty(ids, "nextSuffix");
    }
  }

  /** Hands to the oracle what was answered by `member` in the event that just ended. */
  settle(member: SimMember): void {
    if (this.#completions.length === 0) return;
    const completions = this.#completions;
    this.#completions = [];
    for (const { client, call, appliedIndex, reply, operation } of completions) {
      if (operation !== undefined) this.#history!.answered(operation, reply);
      const server = member.server!;
      const { name } = member;
      const { memberId, clusterId } = server;
      const by = { name, memberId, clusterId, term: server.member.term, appliedIndex };
      const seen = this.#oracle.answered(call, by, reply);
      if (seen !== undefined) client.seen = Math.max(client.seen, seen);
      if (reply.error === undefined) this.answers++;
      else this.errors++;
      if (client.call !== call) continue;
      client.call = undefined;
      client.member = undefined;
      this.#schedule(client, reply.error === undefined ? 0 : retryUs);
    }
  }

  /** A process died: what it was about to answer nobody heard. */
  forget(): void {
    this.#completions = [];
  }
}
