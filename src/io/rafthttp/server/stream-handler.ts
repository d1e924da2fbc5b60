// GET /raft/stream/<type>/<id>: a member asks for what there is for it (streamHandler of http.go).
import { type Id64, id64Hex } from "../../../base/index.ts";
import type { HeaderFields, PeerRequest, PeerResponse } from "../../http/index.ts";
import type { TransportContext } from "../ports.ts";
import { streamPath } from "../requests.ts";
import type { StreamType } from "../stream/stream-type.ts";
import { memberIdOf } from "./member-id.ts";
import { replyError } from "./replies.ts";

/** The peers of the transport, as its handlers see them. */
export interface PeerTable {
  hasPeer(id: Id64): boolean;
  /** Gives a peer the connection it dialled. */
  attach(id: Id64, type: StreamType, response: PeerResponse): void;
  /** Someone unknown says who it is; URLs that are none are ignored. */
  introduce(id: Id64, urls: readonly string[]): void;
}

export class StreamHandler {
  readonly #context: TransportContext;
  readonly #peers: PeerTable;
  readonly #headers: HeaderFields;

  constructor(context: TransportContext, peers: PeerTable, headers: HeaderFields) {
    this.#context = context;
    this.#peers = peers;
    this.#headers = headers;
  }

  /** The request is one we may answer. */
  handle(request: PeerRequest, response: PeerResponse): void {
    const refuse = (status: number, text: string): void =>
      replyError(response, status, text, this.#headers);
    const type = typeOf(request.path);
    if (type === undefined) {
      this.#debug(request.path);
      refuse(404, "invalid path");
      return;
    }
    const fromText = baseOf(request.path);
    const from = memberIdOf(fromText);
    if (from === undefined) {
      this.#warn("failed to parse path into ID", { path: fromText });
      refuse(404, "invalid from");
      return;
    }
    const fromField = { "remote-peer-id-from": id64Hex(from) };
    if (this.#context.options.raft.isIdRemoved(from)) {
      this.#warn("rejected stream from remote peer because it was removed", fromField);
      refuse(410, "removed member");
      return;
    }
    const cluster = { "cluster-id": this.#context.clusterHex };
    if (!this.#peers.hasPeer(from)) {
      const urls = request.header("X-PeerURLs");
      if (urls !== "") this.#peers.introduce(from, urls.split(","));
      this.#warn("failed to find remote peer in cluster", { ...fromField, ...cluster });
      refuse(404, "error sender not found");
      return;
    }
    const to = request.header("X-Raft-To");
    if (to !== this.#context.localHex) {
      const fields = { "remote-peer-id-header": to, ...fromField, ...cluster };
      this.#warn("ignored streaming request; ID mismatch", fields);
      refuse(412, "to field mismatch");
      return;
    }
    response.head(200, this.#headers);
    this.#peers.attach(from, type, response);
  }

  #warn(words: string, fields: Record<string, string>): void {
    this.#context.options.log.warn(words, { ...this.#ids(), ...fields });
  }

  #debug(path: string): void {
    const words = "ignored unexpected streaming request path";
    this.#context.options.log.debug(words, { ...this.#ids(), path });
  }

  #ids(): Record<string, string> {
    const { localHex } = this.#context;
    return { "local-member-id": localHex, "remote-peer-id-stream-handler": localHex };
  }
}

function typeOf(path: string): StreamType | undefined {
  const directory = path.slice(0, path.lastIndexOf("/"));
  if (directory === `${streamPath}/msgapp`) return "msgapp";
  return directory === `${streamPath}/message` ? "message" : undefined;
}

const baseOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
