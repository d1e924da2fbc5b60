// Every fuzz target of the project, each from beside its decoder. A target makes an input of the seed and
// says how it ended; it throws only when its decoder broke a promise.
import { seededRandom } from "../../src/base/index.ts";

export type Target = (seed: number) => string | Promise<string>;

/** Messages are fuzzed in the groups of their services; each is a target. */
export const messageGroupNames = [
  "internal",
  "watch",
  "lease",
  "membership",
  "auth",
  "kv",
  "lock",
  "election",
  "raft",
  "files",
  "cluster",
  "maintenance",
] as const;

async function group(name: string): Promise<Target> {
  const { fuzzGroup, messageGroups } = await import("../../src/core/proto/messages.fuzz.ts");
  const messages = messageGroups.get(name)!;
  return (seed) => fuzzGroup(messages, seed);
}

/** Loaded one by one: a run holds no more than the target's own code. */
const others: Readonly<Record<string, () => Promise<Target>>> = {
  "http2-frames": async () => {
    const { fuzzFrameReader } = await import("../../src/io/http2/frame-reader.fuzz.ts");
    return fuzzFrameReader;
  },
  "http2-connection": async () => {
    const { fuzzConnection, mutatedTalk } = await import("../../src/io/http2/connection.fuzz.ts");
    return (seed) => fuzzConnection(mutatedTalk(seed, 2 + (seed % 3)), 1 + (seed % 97));
  },
  hpack: async () => {
    const fuzz = await import("../../src/io/http2/hpack/decoder.fuzz.ts");
    return (seed) => fuzz.fuzzHpackDecoder(fuzz.mutatedBlocks(seed));
  },
  "grpc-frames": async () => {
    const { fuzzMessageReader } = await import("../../src/io/grpc/message-reader.fuzz.ts");
    return fuzzMessageReader;
  },
  "grpc-head": async () => {
    const { fuzzCallHead } = await import("../../src/io/grpc/message-reader.fuzz.ts");
    return fuzzCallHead;
  },
  "gateway-json": async () => {
    const { fuzzGatewayOne } = await import("../../src/server/gateway/from-json.fuzz.ts");
    return fuzzGatewayOne;
  },
  websocket: async () => {
    const { fuzzWebSocketOne } = await import("../../src/io/http/websocket-frames.fuzz.ts");
    return fuzzWebSocketOne;
  },
  "wal-record": async () => {
    const fuzz = await import("../../src/io/wal/record-decoder.fuzz.ts");
    return (seed) => fuzz.fuzzRecordDecoder(fuzz.mutatedLog(seed, 120));
  },
  "snap-file": async () => {
    const { fuzzSnapFile } = await import("../../src/io/snap/snap-file.fuzz.ts");
    return fuzzSnapFile;
  },
  "bbolt-page": async () => {
    const fuzz = await import("../../src/io/bbolt/format/page.fuzz.ts");
    return (seed) => {
      fuzz.fuzz(fuzz.nearlyPage(seededRandom(seed)));
      return "page";
    };
  },
  "bbolt-file": async () => {
    const { fuzzDatabase } = await import("../../src/io/bbolt/database.fuzz.ts");
    return fuzzDatabase;
  },
  "stored-key": async () => {
    const fuzz = await import("../../src/core/mvcc/record/key-value.fuzz.ts");
    return (seed) =>
      fuzz.fuzzKeyValue(fuzz.mutatedKeyValue(seededRandom(seed))) ? "record" : "refused";
  },
  "peer-streams": async () => {
    const fuzz = await import("../../src/io/rafthttp/codec/codec.fuzz.ts");
    return (seed) => fuzz.fuzzStreamDecoders(fuzz.mutatedStream(seed), seed);
  },
  "raft-step": async () => {
    const fuzz = await import("../../src/core/raft/step.fuzz.ts");
    return (seed) => {
      fuzz.fuzzStep(fuzz.randomInput(seededRandom(seed), 60));
      return "stepped";
    };
  },
  jwt: async () => {
    const { fuzzToken } = await import("../../src/io/credentials/jwt.fuzz.ts");
    return fuzzToken;
  },
  "simple-token": async () => {
    const { fuzzSimpleToken } = await import("../../src/core/auth/simple-tokens.fuzz.ts");
    return fuzzSimpleToken;
  },
  flags: async () => {
    const { fuzzFlags } = await import("../../src/server/embed/config.fuzz.ts");
    return fuzzFlags;
  },
  "flag-texts": async () => {
    const { fuzzFlagTexts } = await import("../../src/server/embed/config.fuzz.ts");
    return fuzzFlagTexts;
  },
  yaml: async () => {
    const { fuzzYaml } = await import("../../src/server/embed/config.fuzz.ts");
    return fuzzYaml;
  },
};

export const targets: ReadonlyMap<string, () => Promise<Target>> = new Map([
  ...messageGroupNames.map((name) => [`proto-${name}`, () => group(name)] as const),
  ...Object.entries(others),
]);
