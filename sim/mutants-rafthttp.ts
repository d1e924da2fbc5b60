import type { Mutant } from "./mutants.ts";

const rafthttp = (
  name: string,
  about: string,
  file: string,
  snippet: string,
  instead: string,
): Mutant => ({ name, about, file: `src/io/${file}`, snippet, instead, net: "byte streams" });

/** Bugs between the members: in the transport, which runs where plans have bytes. */
export const rafthttpMutants: readonly Mutant[] = [
  rafthttp(
    "post-asked-again",
    "a message posted on a connection that breaks is posted once more (the simulator found it)",
    "http/ask-again.ts",
    'code === "ECONNRESET" && method === "GET"',
    'code === "ECONNRESET"',
  ),
  rafthttp(
    "split-frame-loses-the-rest",
    "where a frame was cut between two reads, what follows it in the second is dropped",
    "rafthttp/codec/byte-assembler.ts",
    "    this.#filled += taken;\n    this.#at += taken;",
    "    this.#filled += taken;\n    this.#at = this.#chunk.length;",
  ),
  rafthttp(
    "lost-stream-not-reported",
    "raft does not hear that a stream broke with what was on it",
    "rafthttp/stream/stream-writer.ts",
    "this.#counters.sentFailures++;\n    raft.reportUnreachable(this.#peer);",
    "this.#counters.sentFailures++;\n    void raft;",
  ),
];
