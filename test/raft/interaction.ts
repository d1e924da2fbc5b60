// The environment of the interaction scenarios: a few nodes, the messages between them, and the
// commands that move them by hand. Each file is one environment.
import { bytesFromLatin1, concatBytes, seededRandom } from "../../src/base/index.ts";
import { ConfChangeTransition, MessageType } from "../../src/core/proto/index.ts";
import {
  type AnyConfChange,
  type Config,
  isLocalTarget,
  type Message,
  newMessage,
  noLimit,
  type Snapshot,
} from "../../src/core/raft/index.ts";
import { stateOf } from "../../src/core/raft/raw-node.ts";
import { type Directive, valuesOf, wordsOf } from "./datadriven.ts";
import {
  describeEntries,
  describeMessage,
  describeProgress,
  describeReady,
  parseChanges,
  roleName,
} from "./describe.ts";
import { ScenarioNode } from "./scenario-node.ts";

interface Recipient {
  readonly id: bigint;
  readonly isDropped: boolean;
}

/** What a command answers with instead of output. */
class CommandError extends Error {}

export class InteractionEnvironment {
  readonly #nodes: ScenarioNode[] = [];
  #inFlight: Message[] = [];
  #output = "";
  /** With log level NONE nothing is printed but errors. */
  #isQuiet = false;

  run(directive: Directive): string {
    this.#output = "";
    try {
      this.#handle(directive);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (this.#isQuiet) return error.message;
      this.#print(error.message);
    }
    return this.#output === "" ? "ok" : this.#output;
  }

  #handle(directive: Directive): void {
    const words = wordsOf(directive);
    const node = (): ScenarioNode => this.#nodes[Number(words[0]) - 1]!;
    switch (directive.command) {
      case "add-nodes":
        return this.#addNodes(directive);
      case "campaign":
        return node().raw.campaign();
      case "compact":
        orFail(node().storage.compact(Number(words[1])));
        return this.#printLog(node());
      case "deliver-msgs":
        return this.#deliverDirective(directive, words);
      case "forget-leader":
        return node().raw.forgetLeader();
      case "log-level":
        this.#isQuiet = words[0]!.toUpperCase() === "NONE";
        return;
      case "process-append-thread":
        return this.#each(words, "processing append thread", (each) => this.#processAppend(each));
      case "process-apply-thread":
        return this.#each(words, "processing apply thread", (each) => this.#processApply(each));
      case "process-ready":
        return this.#each(words, "handling Ready", (each) => this.#processReady(each));
      case "propose": {
        const data = bytesFromLatin1(directive.args[1]!.key);
        return orFail(node().raw.propose(data)?.message);
      }
      case "propose-conf-change":
        return orFail(node().raw.proposeConfChange(changeOf(directive))?.message);
      case "raft-log":
        return this.#printLog(node());
      case "raft-state":
        return this.#printStates();
      case "report-unreachable":
        return node().raw.reportUnreachable(BigInt(words[1]!));
      case "send-snapshot":
        return this.#sendSnapshot(node(), BigInt(words[1]!));
      case "set-randomized-election-timeout":
        stateOf(node().raw).randomizedElectionTicks = Number(valuesOf(directive, "timeout")[0]);
        return;
      case "stabilize":
        return this.#stabilizeDirective(directive, words);
      case "status":
        return this.#printProgress(node());
      case "tick-election":
        return node().tick(node().config.electionTicks);
      case "tick-heartbeat":
        return node().tick(node().config.heartbeatTicks);
      case "transfer-leadership": {
        const [from, to] = [valuesOf(directive, "from")[0]!, valuesOf(directive, "to")[0]!];
        return this.#nodes[Number(from) - 1]!.raw.transferLeader(BigInt(to));
      }
      default:
        throw new CommandError("unknown command");
    }
  }

  #addNodes(directive: Directive): void {
    const [count] = wordsOf(directive);
    const one = (key: string): string | undefined => valuesOf(directive, key)[0];
    const ids = (key: string): bigint[] => valuesOf(directive, key).map(BigInt);
    const index = Number(one("index") ?? 0);
    const data = bytesFromLatin1(one("content") ?? "");
    const confState = {
      voters: ids("voters"),
      learners: ids("learners"),
      votersOutgoing: [],
      learnersNext: [],
      autoLeave: false,
    };
    const isEmpty =
      index === 0 && data.length === 0 && confState.voters.length + confState.learners.length === 0;
    if (!isEmpty && index <= 1) {
      throw new CommandError("index must be specified as > 1 due to bootstrap");
    }
    const snapshot: Snapshot = {
      data,
      metadata: { confState, index, term: isEmpty ? 0 : 1 },
    };
    for (let at = 0; at < Number(count); at++) {
      const id = BigInt(this.#nodes.length + 1);
      this.#nodes.push(new ScenarioNode(configOf(id, directive, index), snapshot, isEmpty));
    }
  }

  #deliverDirective(directive: Directive, words: readonly string[]): void {
    const [typeName] = valuesOf(directive, "type");
    const type = typeName === undefined ? undefined : MessageType[typeName as "MsgApp"];
    const recipients = [
      ...words.map((id) => ({ id: BigInt(id), isDropped: false })),
      ...valuesOf(directive, "drop").map((id) => ({ id: BigInt(id), isDropped: true })),
    ];
    const count = recipients.reduce((sum, each) => sum + this.#deliver(each, type), 0);
    if (count === 0) this.#print("no messages\n");
  }

  #deliver(recipient: Recipient, type?: number): number {
    const isMeant = (message: Message): boolean => isFor(message, recipient, type);
    const messages = this.#inFlight.filter(isMeant);
    this.#inFlight = this.#inFlight.filter((message) => !isMeant(message));
    for (const message of messages) {
      this.#print(`${recipient.isDropped ? "dropped: " : ""}${describeMessage(message)}\n`);
      if (recipient.isDropped) continue;
      const refusal = this.#nodes[Number(message.to) - 1]!.raw.step(message);
      if (refusal !== undefined) this.#print(`${refusal.message}\n`);
    }
    return messages.length;
  }

  #processReady(node: ScenarioNode): void {
    const ready = node.raw.ready();
    this.#print(describeReady(ready));
    if (!node.isAsync) {
      orFail(node.save(ready.hardState, ready.entries, ready.snapshot));
      node.apply(ready.committedEntries);
    }
    for (const message of ready.messages) {
      if (message.type === MessageType.MsgStorageAppend) node.appendWork.push(message);
      else if (message.type === MessageType.MsgStorageApply) node.applyWork.push(message);
      else this.#inFlight.push(message);
    }
    if (!node.isAsync) node.raw.advance();
  }

  #processAppend(node: ScenarioNode): void {
    const message = node.appendWork.shift();
    if (message === undefined) return this.#print("no append work to perform");
    this.#printWork(message);
    const { term, vote, commit } = message;
    const hasHardState = term !== 0 || vote !== 0n || commit !== 0;
    const hardState = hasHardState ? { term, vote, commit } : undefined;
    orFail(node.save(hardState, message.entries, message.snapshot));
    this.#answer(message.responses);
  }

  #processApply(node: ScenarioNode): void {
    const message = node.applyWork.shift();
    if (message === undefined) return this.#print("no apply work to perform");
    this.#printWork(message);
    node.apply(message.entries);
    this.#answer(message.responses);
  }

  #printWork(message: Message): void {
    this.#print(`Processing:\n${describeMessage({ ...message, responses: [] })}\n`);
  }

  #answer(responses: readonly Message[]): void {
    this.#print("Responses:\n");
    for (const response of responses) this.#print(`${describeMessage(response)}\n`);
    this.#inFlight.push(...responses);
  }

  #sendSnapshot(from: ScenarioNode, to: bigint): void {
    const message = newMessage(MessageType.MsgSnap, to);
    message.from = from.raw.id;
    message.term = from.raw.term;
    message.snapshot = from.snapshot();
    this.#inFlight.push(message);
    this.#print(describeMessage(message));
  }

  #stabilizeDirective(directive: Directive, words: readonly string[]): void {
    const [level] = valuesOf(directive, "log-level");
    const wasQuiet = this.#isQuiet;
    if (level !== undefined) this.#isQuiet = level.toUpperCase() === "NONE";
    const nodes = words.length > 0 ? this.#named(words) : this.#nodes;
    while (this.#stabilizeOnce(nodes));
    this.#isQuiet = wasQuiet;
  }

  /** One round over the nodes; false when there was nothing to do. */
  #stabilizeOnce(nodes: readonly ScenarioNode[]): boolean {
    let isBusy = false;
    const phase = (
      title: string,
      hasWork: (node: ScenarioNode) => boolean,
      work: (node: ScenarioNode) => void,
    ): void => {
      for (const node of nodes) {
        if (!hasWork(node)) continue;
        isBusy = true;
        this.#print(`> ${node.raw.id} ${title}\n`);
        this.#indented(() => work(node));
      }
    };
    const everything = (node: ScenarioNode): Recipient => ({ id: node.raw.id, isDropped: false });
    phase(
      "handling Ready",
      (node) => node.raw.hasReady(),
      (node) => this.#processReady(node),
    );
    phase(
      "receiving messages",
      (node) => this.#inFlight.some((message) => isFor(message, everything(node))),
      (node) => void this.#deliver(everything(node)),
    );
    phase(
      "processing append thread",
      (node) => node.appendWork.length > 0,
      (node) => {
        while (node.appendWork.length > 0) this.#processAppend(node);
      },
    );
    phase(
      "processing apply thread",
      (node) => node.applyWork.length > 0,
      (node) => {
        while (node.applyWork.length > 0) this.#processApply(node);
      },
    );
    return isBusy;
  }

  /** Runs `work` for each node named; with several, each under a title of its own. */
  #each(words: readonly string[], title: string, work: (node: ScenarioNode) => void): void {
    for (const node of this.#named(words)) {
      if (words.length === 1) {
        work(node);
        continue;
      }
      this.#print(`> ${node.raw.id} ${title}\n`);
      this.#indented(() => work(node));
    }
  }

  #named(words: readonly string[]): ScenarioNode[] {
    return words.map((word) => this.#nodes[Number(word) - 1]!);
  }

  #printLog({ storage }: ScenarioNode): void {
    const [first, last] = [storage.firstIndex(), storage.lastIndex()];
    if (last < first) {
      return this.#print(`log is empty: first index=${first}, last index=${last}`);
    }
    this.#print(describeEntries(storage.entries(first, last + 1, noLimit)!));
  }

  #printStates(): void {
    for (const { raw } of this.#nodes) {
      const { config, hardState, softState } = raw.status();
      const isVoter = config.incoming.has(raw.id) || config.outgoing.has(raw.id);
      this.#print(
        `${raw.id}: ${roleName(softState.role)} (${isVoter ? "Voter" : "Non-Voter"}) ` +
          `Term:${hardState.term} Lead:${softState.lead}\n`,
      );
    }
  }

  #printProgress({ raw }: ScenarioNode): void {
    for (const [id, progress] of raw.status().progress) {
      this.#print(`${id}: ${describeProgress(progress)}\n`);
    }
  }

  #print(text: string): void {
    if (!this.#isQuiet) this.#output += text;
  }

  #indented(work: () => void): void {
    const before = this.#output;
    this.#output = "";
    work();
    const lines = this.#output.split("\n");
    if (lines.at(-1) === "") lines.pop();
    this.#output = before + lines.map((line) => `  ${line}\n`).join("");
  }
}

const orFail = (reason: string | undefined): void => {
  if (reason !== undefined) throw new CommandError(reason);
};

/** Messages of a node to itself are never lost. */
function isFor(message: Message, { id, isDropped }: Recipient, type?: number): boolean {
  const isLocal =
    message.from === message.to || isLocalTarget(message.from) || isLocalTarget(message.to);
  return (
    message.to === id && !(isDropped && isLocal) && (type === undefined || message.type === type)
  );
}

const transitions = {
  auto: ConfChangeTransition.ConfChangeTransitionAuto,
  implicit: ConfChangeTransition.ConfChangeTransitionJointImplicit,
  explicit: ConfChangeTransition.ConfChangeTransitionJointExplicit,
} as const;

function changeOf(directive: Directive): AnyConfChange {
  const changes = parseChanges(directive.input);
  const empty = concatBytes([]);
  const [name = "auto"] = valuesOf(directive, "transition");
  const transition = transitions[name as keyof typeof transitions];
  if (valuesOf(directive, "v1")[0] !== "true") return { transition, changes, context: empty };
  if (changes.length > 1 || name !== "auto") {
    throw new CommandError("v1 conf change can only have one operation and no transition");
  }
  return { ...changes[0]!, context: empty, id: 0n };
}

function configOf(id: bigint, directive: Directive, applied: number): Omit<Config, "storage"> {
  const isOn = (key: string): boolean => valuesOf(directive, key)[0] === "true";
  const number = (key: string): number | undefined => {
    const [value] = valuesOf(directive, key);
    return value === undefined ? undefined : Number(value);
  };
  return {
    id,
    electionTicks: 3,
    heartbeatTicks: 1,
    random: seededRandom(Number(id)),
    applied,
    asyncStorageWrites: isOn("async-storage-writes"),
    messageSizeMax: noLimit,
    committedSizeMaxPerReady: number("max-committed-size-per-ready") ?? 0,
    inflightMessagesMax: number("inflight") ?? 2 ** 31 - 1,
    checkQuorum: isOn("checkquorum"),
    preVote: isOn("prevote"),
    readOnlyOption: valuesOf(directive, "read-only")[0] === "lease-based" ? "lease" : "safe",
    disableConfChangeValidation: isOn("disable-conf-change-validation"),
    stepDownOnRemoval: isOn("step-down-on-removal"),
  };
}
