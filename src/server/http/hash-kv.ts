// GET /members/hashkv: this member's hash at a revision, for peers that compare (etcdserver/corrupt.go).
import { concatBytes, decodeUtf8, id64Hex } from "../../base/index.ts";
import { EtcdError } from "../../core/errors/index.ts";
import { hashAt, type Server } from "../member/index.ts";
import { type Handler, onlyGet, replyError, replyJson } from "./reply.ts";

/** A revision in JSON is not longer. */
const bodyBytesMax = 64 * 1024;

export const hashKv = (server: Server): Handler =>
  onlyGet((request, response) => {
    const cluster = request.headers["x-etcd-cluster-id"] ?? "";
    if (cluster !== "" && cluster !== id64Hex(server.clusterId)) {
      return replyError(response, 412, "cluster ID mismatch");
    }
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    request.on("data", (piece: Uint8Array) => {
      bytes += piece.length;
      if (bytes <= bodyBytesMax) pieces.push(piece);
    });
    request.once("end", () => {
      if (bytes > bodyBytesMax) return replyError(response, 400, "error reading body");
      answer(server, response, decodeUtf8(concatBytes(pieces)) ?? "");
    });
  });

function answer(server: Server, response: Parameters<Handler>[1], body: string): void {
  const { log } = server;
  const revision = revisionOf(body);
  if (revision instanceof Error) {
    log.warn("failed to unmarshal request", { error: revision });
    return replyError(response, 400, "error unmarshalling request");
  }
  const { currentRevision } = server.store;
  hashAt(server, revision, (hash) => {
    if (hash instanceof EtcdError) {
      const error = hash.message.replace(/^etcdserver: /, "");
      log.warn("failed to get hashKV", { "requested-revision": revision, error });
      return replyError(response, 400, error);
    }
    response.setHeader("X-Etcd-Cluster-ID", id64Hex(server.clusterId));
    // Go leaves out what is zero.
    const fields = {
      header: { revision: currentRevision },
      hash: hash.hash || undefined,
      compact_revision: hash.compactRevision || undefined,
      hash_revision: hash.revision || undefined,
    };
    replyJson(response, JSON.stringify(fields));
  });
}

function revisionOf(body: string): number | Error {
  try {
    const { revision = 0 } = JSON.parse(body) as { revision?: unknown };
    return Number.isSafeInteger(revision) ? (revision as number) : new Error("not a revision");
  } catch (error) {
    return error as Error;
  }
}
