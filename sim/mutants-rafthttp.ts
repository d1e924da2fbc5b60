import { type Mutant, mutantsOf } from "./mutant.ts";

/** Bugs between the members: in the transport, which runs where plans have bytes. */
export const rafthttpMutants: readonly Mutant[] = mutantsOf(
  "byte streams",
  [
    [
      "post-asked-again",
      "a message posted on a connection that breaks is posted once more (the simulator found it)",
      "http/ask-again.ts",
      'code === "ECONNRESET" && method === "GET"',
      'code === "ECONNRESET"',
    ],
    [
      "split-frame-loses-the-rest",
      "where a frame was cut between two reads, what follows it in the second is dropped",
      "rafthttp/codec/byte-assembler.ts",
      "    this.#filled += taken;\n    this.#at += taken;",
      "    this.#filled += taken;\n    this.#at = this.#chunk.length;",
    ],
    [
      "lost-stream-not-reported",
      "raft does not hear that a stream broke with what was on it",
      "rafthttp/stream/stream-writer.ts",
      "this.#counters.sentFailures++;\n    raft.reportUnreachable(this.#peer);",
      "this.#counters.sentFailures++;\n    void raft;",
    ],
  ],
  "src/io/",
);
