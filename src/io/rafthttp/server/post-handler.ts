// POST /raft: one message in a body of its own (pipelineHandler of http.go).
import { concatBytes, id64Hex } from "../../../base/index.ts";
import { decodeMessage, type Message } from "../../../core/proto/index.ts";
import type { HeaderFields, PeerRequest, PeerResponse } from "../../http/index.ts";
import type { TransportContext } from "../ports.ts";
import { replyError, replyNoContent } from "./replies.ts";

export class PostHandler {
  readonly #context: TransportContext;
  readonly #headers: HeaderFields;
  /** Bytes of bodies that are not whole yet. */
  #reading = 0;

  constructor(context: TransportContext) {
    this.#context = context;
    this.#headers = { "X-Etcd-Cluster-ID": context.clusterHex };
  }

  /** The request is one we may answer. */
  handle(request: PeerRequest, response: PeerResponse): void {
    const { postBytesMax, postBytesMaxTogether } = this.#context.limits;
    const chunks: Uint8Array[] = [];
    let size = 0;
    let isOver = false;
    const finish = (): void => {
      isOver = true;
      this.#reading -= size;
    };
    request.read({
      onBytes: (bytes) => {
        if (isOver) return;
        size += bytes.length;
        this.#reading += bytes.length;
        if (size <= postBytesMax && this.#reading <= postBytesMaxTogether) {
          chunks.push(bytes);
          return;
        }
        finish();
        this.#unreadable(request, response, new Error("request body too large"));
        response.abort();
      },
      onEnd: () => {
        if (isOver) return;
        finish();
        this.#process(request, response, chunks.length === 1 ? chunks[0]! : concatBytes(chunks));
      },
      onError: (error) => {
        if (isOver) return;
        finish();
        this.#unreadable(request, response, error);
      },
    });
  }

  #process(request: PeerRequest, response: PeerResponse, body: Uint8Array): void {
    const { options, counters } = this.#context;
    let message: Message;
    try {
      message = decodeMessage(body);
    } catch (error) {
      this.#warn("failed to unmarshal Raft message", error as Error);
      replyError(response, 400, "error unmarshalling raft message", this.#headers);
      counters.of(request.remoteAddress).receivedFailures++;
      return;
    }
    counters.of(id64Hex(message.from)).receivedBytes += body.length;
    options.raft.process(message, (error) => {
      if (error === undefined) {
        // Only now, so that the sender may take it for done.
        replyNoContent(response, this.#headers);
        return;
      }
      this.#warn("failed to process Raft message", error);
      // Not 403, whatever the reason: a Go sender would take itself for removed and stop.
      replyError(response, 500, "error processing raft message", {
        ...this.#headers,
        Connection: "close",
      });
    });
  }

  #unreadable(request: PeerRequest, response: PeerResponse, error: Error): void {
    this.#warn("failed to read Raft message", error);
    replyError(response, 400, "error reading raft message", this.#headers);
    this.#context.counters.of(request.remoteAddress).receivedFailures++;
  }

  #warn(words: string, error: Error): void {
    this.#context.options.log.warn(words, { "local-member-id": this.#context.localHex, error });
  }
}
