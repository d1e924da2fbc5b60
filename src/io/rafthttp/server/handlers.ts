// The peer port's part that belongs to raft: who may ask what (Handler of transport.go, http.go).
import { encodeUtf8 } from "../../../base/index.ts";
import type { HeaderFields, PeerRequest, PeerResponse } from "../../http/index.ts";
import type { TransportContext } from "../ports.ts";
import { probingPath, raftPath, snapshotPath, streamPath } from "../requests.ts";
import { refusalOf } from "./compatibility.ts";
import { memberIdOf } from "./member-id.ts";
import { PostHandler } from "./post-handler.ts";
import { replyError, replyWrongMethod } from "./replies.ts";
import { SnapshotHandler, unknownSender } from "./snapshot-handler.ts";
import { type PeerTable, StreamHandler } from "./stream-handler.ts";

export class Handlers {
  readonly #context: TransportContext;
  readonly #peers: PeerTable;
  readonly #clusterHeaders: HeaderFields;
  readonly #streamHeaders: HeaderFields;
  readonly #posts: PostHandler;
  readonly #streams: StreamHandler;
  readonly #snapshots: SnapshotHandler;

  constructor(context: TransportContext, peers: PeerTable) {
    this.#context = context;
    this.#peers = peers;
    this.#clusterHeaders = { "X-Etcd-Cluster-ID": context.clusterHex };
    this.#streamHeaders = {
      "X-Server-Version": context.options.serverVersion,
      ...this.#clusterHeaders,
    };
    this.#posts = new PostHandler(context);
    this.#streams = new StreamHandler(context, peers, this.#streamHeaders);
    this.#snapshots = new SnapshotHandler(context);
  }

  /** Answers everything under /raft; what it does not know it does not find. */
  handle(request: PeerRequest, response: PeerResponse): void {
    const { path } = request;
    if (path === raftPath) this.#post(request, response);
    else if (path.startsWith(`${streamPath}/`)) this.#stream(request, response);
    else if (path === snapshotPath) this.#snapshot(request, response);
    else if (path === probingPath) this.#probe(response);
    else replyError(response, 404, "404 page not found");
  }

  stop(): void {
    this.#snapshots.stop();
  }

  #post(request: PeerRequest, response: PeerResponse): void {
    if (request.method !== "POST") replyWrongMethod(response, "POST");
    else if (this.#admits(request, response, this.#clusterHeaders)) {
      this.#introduce(request);
      this.#posts.handle(request, response);
    }
  }

  #stream(request: PeerRequest, response: PeerResponse): void {
    if (request.method !== "GET") replyWrongMethod(response, "GET");
    else if (this.#admits(request, response, this.#streamHeaders)) {
      this.#streams.handle(request, response);
    }
  }

  #snapshot(request: PeerRequest, response: PeerResponse): void {
    // Whoever is refused is not to send gigabytes for nothing.
    const headers = { ...this.#clusterHeaders, Connection: "close" };
    if (request.method === "POST" && this.#admits(request, response, headers)) {
      this.#introduce(request);
      this.#snapshots.handle(request, response);
      return;
    }
    if (request.method !== "POST") replyWrongMethod(response, "POST");
    this.#context.counters.of(unknownSender).snapshotReceiveFailures++;
  }

  #probe(response: PeerResponse): void {
    const now = new Date(this.#context.options.clock.wallMs()).toISOString();
    const body = encodeUtf8(`{"OK":true,"Now":"${now}"}\n`);
    response.head(200, {
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Length": String(body.length),
    });
    response.write(body);
    response.end();
  }

  #admits(request: PeerRequest, response: PeerResponse, headers: HeaderFields): boolean {
    const refusal = refusalOf(this.#context, request);
    if (refusal !== undefined) replyError(response, 412, refusal, headers);
    return refusal === undefined;
  }

  #introduce(request: PeerRequest): void {
    const from = memberIdOf(request.header("X-Server-From"));
    const urls = request.header("X-PeerURLs");
    if (from !== undefined && urls !== "") this.#peers.introduce(from, urls.split(","));
  }
}
