// The clients of a run: each does its planned actions one after another and tells the oracle what it
// was answered.
import { zeroId } from "../src/base/index.ts";
import { decodeAuthenticateResponse } from "../src/core/proto/index.ts";
import { type Call, type Oracle } from "./oracle.ts";
import { callMember, type Reply, type Request, requestOf } from "./calls.ts";
import type { History, HistoryOperation } from "./history.ts";
import { Logins } from "./logins.ts";
import type { Loop } from "./loop.ts";
import type { SimMember } from "./member.ts";
import type { PlannedOp } from "./plan.ts";

interface Client {
  readonly ops: PlannedOp[];
  at: number;
  /** The newest revision it has seen. */
  seen: number;
  readonly logins: Logins;
  /** The call under way, and where. */
  call: Call | undefined;
  member: SimMember | undefined;
}

interface Completion {
  readonly client: Client;
  readonly op: PlannedOp;
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
        logins: new Logins(),
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
    const password = client.logins.passwordFor(op);
    const { user } = op;
    const request: Request =
      password === undefined
        ? requestOf(op.action, client.seen)
        : { kind: "login", value: { name: user!, password } };
    const call: Call = {
      client: op.client,
      request,
      invokedUs: this.#loop.nowUs,
      floorIndex: this.#oracle.lastIndex,
      calledIndex: member.stateIndex,
      user,
      token: client.logins.tokenFor(op),
      requestId: zeroId,
    };
    client.call = call;
    member.asking = (requestId) => {
      call.requestId = requestId;
      if (call.request.kind === "revoke") this.#oracle.askedRevokes.add(requestId);
    };
    const operation = this.#history?.called(call);
    const done = (reply: Reply): void => {
      if (process.isDead) return;
      const appliedIndex = member.stateIndex;
      this.#completions.push({ client, op, call, member, appliedIndex, reply, operation });
    };
    try {
      callMember(server, call.request, call.token, done);
    } finally {
      member.asking = undefined;
    }
  }

  /** Hands to the oracle what was answered by `member` in the event that just ended. */
  settle(member: SimMember): void {
    if (this.#completions.length === 0) return;
    const completions = this.#completions;
    this.#completions = [];
    for (const completion of completions) {
      const { client, call, appliedIndex, reply, operation } = completion;
      if (operation !== undefined) this.#history!.answered(operation, reply);
      const server = member.server!;
      const { name } = member;
      const { memberId, clusterId } = server;
      const by = { name, memberId, clusterId, term: server.member.term, appliedIndex };
      const seen = this.#oracle.answered(call, by, reply);
      if (seen !== undefined) client.seen = Math.max(client.seen, seen);
      const goesOn = this.#take(completion);
      if (client.call !== call) continue;
      if (goesOn) {
        const { op } = completion;
        this.#loop.after(200, member.process, "call", () => this.#call(client, op, member));
        continue;
      }
      client.call = undefined;
      client.member = undefined;
      this.#schedule(client, reply.error === undefined ? 0 : retryUs);
    }
  }

  /** Counts an answer; true for that to a login, behind which the call itself comes. */
  #take({ client, op, call, reply }: Completion): boolean {
    const { request, user } = call;
    const why = reply.error?.message;
    if (request.kind !== "login") {
      if (why === undefined) this.answers++;
      else this.errors++;
      if (why !== undefined) client.logins.failed(op, why);
      return false;
    }
    if (reply.bytes !== undefined) {
      client.logins.loggedIn(user!, decodeAuthenticateResponse(reply.bytes).token);
      return true;
    }
    const goesOn = client.logins.notLoggedIn(user!, why!);
    if (!goesOn) this.errors++;
    return goesOn;
  }

  /** A process died: what it was about to answer nobody heard. */
  forget(): void {
    this.#completions = [];
  }
}
