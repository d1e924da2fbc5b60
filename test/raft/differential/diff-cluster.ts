// The nodes of one episode and the messages between them, moved by the same command lines that the
// Go side is given.
import { bytesFromLatin1, crc32c, InvariantError } from "../../../src/base/index.ts";
import { type Config, MemoryStorage, type Message, noLimit } from "../../../src/core/raft/index.ts";
import { refusalText, statusText } from "./canonical.ts";
import { DiffNode } from "./diff-node.ts";
import { sharedRandom } from "./shared-random.ts";

export class DiffCluster {
  readonly nodes = new Map<bigint, DiffNode>();
  /** In flight, by number, oldest first. */
  readonly messages = new Map<number, Message>();
  readonly #storages = new Map<bigint, MemoryStorage>();
  #next = 0;
  #random = sharedRandom(0);
  readonly #send = (messages: readonly Message[]): void => {
    for (const message of messages) this.messages.set(this.#next++, message);
  };

  /** Carries out one command. Both sides stop where a node contradicts itself, as "panic". */
  run(line: string): string {
    const [command = "", target = "", ...words] = line.split(" ");
    try {
      return this.#run(command, target, words);
    } catch (error) {
      if (error instanceof InvariantError) return "panic";
      throw error;
    }
  }

  #run(command: string, target: string, words: readonly string[]): string {
    switch (command) {
      case "reset":
        this.#random = sharedRandom(Number(target));
        return "reset";
      case "drop":
        this.messages.delete(Number(target));
        return "";
      case "deliver":
      case "redeliver": {
        const message = this.messages.get(Number(target))!;
        if (command === "deliver") this.messages.delete(Number(target));
        const node = this.nodes.get(message.to)!;
        return refusalText(node.raw.step(message)) + statusText(node.raw, node.storage);
      }
      case "node":
        return this.#start(BigInt(target), new Map(words.map(splitOption)));
      default: {
        const node = this.nodes.get(BigInt(target))!;
        const text = node.do(this.#send, command, words);
        return text + statusText(node.raw, node.storage);
      }
    }
  }

  /** Makes a node of its storage, which a restart keeps. */
  #start(id: bigint, options: ReadonlyMap<string, string>): string {
    let storage = this.#storages.get(id);
    if (storage === undefined) this.#storages.set(id, (storage = new MemoryStorage()));
    const index = Number(options.get("index") ?? 0);
    if (index > 0) fillStorage(storage, index, options);
    const node = new DiffNode({ ...configOf(id, options), random: this.#random }, storage);
    this.nodes.set(id, node);
    return statusText(node.raw, storage);
  }
}

const splitOption = (word: string): [string, string] => {
  const [key = "", value = ""] = word.split("=");
  return [key, value];
};

function fillStorage(
  storage: MemoryStorage,
  index: number,
  options: ReadonlyMap<string, string>,
): void {
  const list = (key: string): bigint[] =>
    (options.get(key) ?? "0")
      .split(",")
      .map(BigInt)
      .filter((id) => id !== 0n);
  const confState = {
    voters: list("voters"),
    learners: list("learners"),
    votersOutgoing: [],
    learnersNext: [],
    autoLeave: false,
  };
  storage.applySnapshot({ data: new Uint8Array(4), metadata: { confState, index, term: 1 } });
  storage.setHardState({ term: 1, vote: 0n, commit: index });
}

function configOf(
  id: bigint,
  options: ReadonlyMap<string, string>,
): Omit<Config, "storage" | "applied" | "random"> {
  const number = (key: string): number => Number(options.get(key) ?? 0);
  const size = (key: string): number => (options.get(key) === "none" ? noLimit : number(key));
  return {
    id,
    electionTicks: number("election"),
    heartbeatTicks: number("heartbeat"),
    asyncStorageWrites: number("async") === 1,
    messageSizeMax: size("message"),
    committedSizeMaxPerReady: size("committed"),
    uncommittedSizeMax: size("uncommitted"),
    inflightMessagesMax: number("inflight"),
    inflightBytesMax: size("inflightbytes"),
    checkQuorum: number("checkquorum") === 1,
    preVote: number("prevote") === 1,
    readOnlyOption: number("lease") === 1 ? "lease" : "safe",
    disableProposalForwarding: number("noforward") === 1,
    disableConfChangeValidation: number("novalidation") === 1,
    stepDownOnRemoval: number("stepdown") === 1,
  };
}

/** The text as the Go side answers it. */
export const checksumOf = (text: string): string =>
  crc32c(0, bytesFromLatin1(text)).toString(16).padStart(8, "0");
