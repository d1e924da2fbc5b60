// One node of an episode, as test/peers/raftdiff/node.go has it: raft, its storage, its work under
// way, and a state machine that is a checksum of what it applied.
import { bytesFromHex, crc32c, emptyBytes } from "../../../src/base/index.ts";
import { MessageType } from "../../../src/core/proto/index.ts";
import {
  type Config,
  type ConfState,
  decodeChange,
  type Entry,
  EntryType,
  type HardState,
  isConfChange,
  type MemoryStorage,
  type Message,
  newEntry,
  RawNode,
  type Snapshot,
  snapshotConfState,
  snapshotIndex,
} from "../../../src/core/raft/index.ts";
import { confStateText, readyText, refusalText } from "./canonical.ts";

export type Send = (messages: readonly Message[]) => void;

export class DiffNode {
  readonly storage: MemoryStorage;
  readonly raw: RawNode;
  readonly isAsync: boolean;
  appendWork: Message[] = [];
  applyWork: Message[] = [];
  /** What its own threads have to tell it, in order. */
  local: Message[] = [];
  /** A Ready was taken and not yet advanced. */
  mustAdvance = false;
  applied = 0;
  confState: ConfState;
  #state = 0;

  constructor(config: Omit<Config, "storage" | "applied">, storage: MemoryStorage) {
    this.storage = storage;
    const snapshot = storage.snapshot();
    this.confState = snapshotConfState(snapshot);
    this.#install(snapshot);
    this.isAsync = config.asyncStorageWrites === true;
    this.raw = new RawNode({ ...config, storage, applied: this.applied });
  }

  /** Carries out a command and returns what there was to see. */
  do(send: Send, command: string, words: readonly string[]): string {
    const [first = ""] = words;
    const { raw } = this;
    switch (command) {
      case "bootstrap":
        raw.bootstrap(first.split(",").map((id) => ({ id: BigInt(id), context: emptyBytes })));
        return "";
      case "tick":
        raw.tick();
        return "";
      case "campaign":
        raw.campaign();
        return "";
      case "propose":
        return refusalText(
          raw.proposeEntries(words.map((word) => newEntry(EntryType.EntryNormal, dataOf(word)))),
        );
      case "change": {
        const entry = newEntry(Number(first) as EntryType, dataOf(words[1]!));
        return refusalText(raw.proposeEntries([entry]));
      }
      case "read":
        raw.readIndex(dataOf(first));
        return "";
      case "transfer":
        raw.transferLeader(BigInt(first));
        return "";
      case "forget":
        raw.forgetLeader();
        return "";
      case "unreachable":
        raw.reportUnreachable(BigInt(first));
        return "";
      case "snapshotted":
        // Go numbers success 1 and failure 2.
        raw.reportSnapshot(BigInt(first), words[1] === "2" ? "failed" : "finished");
        return "";
      default:
        return this.#doHostWork(send, command, first);
    }
  }

  #doHostWork(send: Send, command: string, first: string): string {
    switch (command) {
      case "ready":
        return this.#takeReady(send);
      case "advance":
        this.mustAdvance = false;
        this.raw.advance();
        return "";
      case "append": {
        const message = this.appendWork.shift()!;
        const { term, vote, commit } = message;
        this.#save({ term, vote, commit }, message.entries, message.snapshot);
        return this.#answer(send, message.responses);
      }
      case "apply": {
        const message = this.applyWork.shift()!;
        const text = this.#apply(message.entries);
        return text + this.#answer(send, message.responses);
      }
      case "local":
        return refusalText(this.raw.step(this.local.shift()!));
      case "snapshot":
        return errorText(this.#makeSnapshot());
      case "compact":
        return errorText(this.storage.compact(Number(first)));
      default:
        throw new Error(`unknown command ${command}`);
    }
  }

  #takeReady(send: Send): string {
    const ready = this.raw.ready();
    let text = readyText(ready);
    for (const message of ready.messages) {
      if (message.type === MessageType.MsgStorageAppend) this.appendWork.push(message);
      else if (message.type === MessageType.MsgStorageApply) this.applyWork.push(message);
      else send([message]);
    }
    if (this.isAsync) return text;
    this.mustAdvance = true;
    this.#save(ready.hardState, ready.entries, ready.snapshot);
    text += this.#apply(ready.committedEntries);
    return text;
  }

  #answer(send: Send, responses: readonly Message[]): string {
    for (const message of responses) {
      if (message.to === this.raw.id) this.local.push(message);
      else send([message]);
    }
    return "";
  }

  #save(
    hardState: HardState | undefined,
    entries: readonly Entry[],
    snapshot: Snapshot | undefined,
  ): void {
    if (snapshot !== undefined) {
      this.storage.applySnapshot(snapshot);
      this.#install(snapshot);
    }
    this.storage.append(entries);
    if (hardState === undefined) return;
    const { term, vote, commit } = hardState;
    if (term !== 0 || vote !== 0n || commit !== 0) this.storage.setHardState(hardState);
  }

  #install(snapshot: Snapshot): void {
    this.applied = snapshotIndex(snapshot);
    this.confState = snapshotConfState(snapshot);
    const { data } = snapshot;
    this.#state = data.length === 4 ? new DataView(data.buffer).getUint32(data.byteOffset) : 0;
  }

  #apply(entries: readonly Entry[]): string {
    let text = "";
    for (const entry of entries) {
      this.applied = entry.index;
      this.#state = crc32c(this.#state, entry.data);
      if (!isConfChange(entry)) continue;
      this.confState = this.raw.applyConfChange(decodeChange(entry)!);
      text += confStateText(this.confState);
    }
    return `${text} state${this.#state}`;
  }

  #makeSnapshot(): string | undefined {
    const data = new Uint8Array(4);
    new DataView(data.buffer).setUint32(0, this.#state);
    const made = this.storage.createSnapshot(this.applied, this.confState, data);
    return typeof made === "string" ? made : undefined;
  }
}

const dataOf = (word: string): Uint8Array =>
  word.length > 1 ? bytesFromHex(word.slice(1)) : emptyBytes;
const errorText = (error: string | undefined): string =>
  error === undefined ? "" : `error ${error}`;
