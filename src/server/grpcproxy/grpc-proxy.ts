// The proxy's sockets: gRPC and HTTP on one address, as a member has them.
import { hostname } from "node:os";
import {
  encodeMemberListResponse,
  makeMember,
  makeMemberListResponse,
} from "../../core/proto/index.ts";
import { GrpcServer, type MethodHandler } from "../../io/grpc/index.ts";
import type { GrpcChannel } from "../../io/grpc-client/index.ts";
import type { Clock } from "../../io/host/index.ts";
import {
  gunzip,
  type ListenAddress,
  Mux,
  type RequestListener,
  type ServerTls,
} from "../../io/http/index.ts";
import { forwardingMethods } from "./forwarding.ts";

export interface GrpcProxyOptions {
  readonly channel: GrpcChannel;
  readonly http: RequestListener;
  readonly clock: Clock;
  readonly tls?: ServerTls | undefined;
  /** What MemberList answers; empty leaves that to the cluster. */
  readonly advertiseClientUrl: string;
  readonly sendBytesMax: number;
  readonly maxConcurrentStreams: number;
  readonly keepalive: {
    readonly minTimeMs: number;
    readonly timeMs: number;
    readonly timeoutMs: number;
  };
}

/** grpc-go's own limit for a request. */
const receiveBytesMax = 4 * 1024 * 1024;
const memberList = "/etcdserverpb.Cluster/MemberList";

export class GrpcProxy {
  readonly #mux: Mux;
  readonly #grpc: GrpcServer;

  constructor(options: GrpcProxyOptions) {
    const { channel, clock, advertiseClientUrl, sendBytesMax } = options;
    const nowMs = (): number => clock.nowMs();
    const methods = forwardingMethods({ channel, nowMs, sendBytesMax });
    // Clients that ask who the members are must go on talking to the proxy.
    if (advertiseClientUrl !== "") methods.set(memberList, itself(advertiseClientUrl));
    this.#grpc = new GrpcServer({
      methods,
      maxReceiveBytes: receiveBytesMax,
      clock,
      gunzip,
      maxConcurrentStreams: options.maxConcurrentStreams,
      connection: { keepalive: { ...options.keepalive, permitWithoutStream: false } },
    });
    this.#mux = new Mux({
      ...(options.tls && { tls: options.tls }),
      onHttp2: (stream, peer, first) => this.#grpc.accept(stream, peer, first),
      onHttp1: options.http,
    });
  }

  /** Rejects with Node's error when the address cannot be had; else says which it is. */
  async listen(address: ListenAddress): Promise<number> {
    const bound = await this.#mux.listen(address);
    return typeof bound === "string" ? 0 : bound.port;
  }

  async close(): Promise<void> {
    this.#grpc.close();
    await this.#mux.close();
  }
}

const itself = (url: string): MethodHandler => ({
  kind: "unary",
  handle: (call) => {
    const member = makeMember({ name: hostname(), clientURLs: [url] });
    call.reply(encodeMemberListResponse(makeMemberListResponse({ members: [member] })));
  },
});
