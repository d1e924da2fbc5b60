// Maintenance on the database file: a copy of it, and making it shorter. Neither holds anybody up.
import { formatDuration, humanSize } from "../../base/index.ts";
import { Code } from "../../core/errors/index.ts";
import {
  decodeDefragmentRequest,
  decodeSnapshotRequest,
  encodeDefragmentResponse,
  encodeSnapshotResponse,
  makeDefragmentResponse,
  makeSnapshotResponse,
} from "../../core/proto/index.ts";
import { sizeCount, writeCount } from "../../core/mvcc/index.ts";
import type { MethodHandler, ServerCall } from "../../io/grpc/index.ts";
import {
  type BackendCopy,
  defragmentedFields,
  type Digest,
  type DurableBackend,
  defragmentingFields,
  SnapshotPace,
} from "../member/index.ts";
import { fail, type RpcContext, serverStream, unary } from "./context.ts";
import type { HealthService } from "./health.ts";
import { requireAdmin } from "./identity.ts";

/** Four of etcd's blobs: any client takes a message of this size, and there are fewer of them. */
const blobBytes = 128 * 1024;
/** Field 3 of SnapshotResponse, of bytes. */
const blobTag = 0x1a;
/** Clients that watch the health have so long to go elsewhere before a defragmentation begins. */
const leaveTakingMs = 50;
/** Blobs between two rounds of the event loop while nobody writes; else one. */
const blobsPerSlice = 2;

export const backendMethods = (
  context: RpcContext,
  sha256: () => Digest,
  /** Told not to serve while the database is defragmented (the gate StopGRPCServiceOnDefrag). */
  health: HealthService | undefined,
): [string, MethodHandler][] => [
  ["/etcdserverpb.Maintenance/Defragment", defragment(context, health)],
  ["/etcdserverpb.Maintenance/Snapshot", snapshot(context, sha256)],
];

const noFile = { code: Code.Unimplemented, message: "this member keeps no database file" };

const defragment = (context: RpcContext, health: HealthService | undefined): MethodHandler =>
  unary(context, decodeDefragmentRequest, (call) => {
    requireAdmin(context, call);
    const { durable } = context.server.backend;
    if (durable === undefined) return call.end(noFile);
    const answer = (error: Error | undefined): void => {
      health?.setServing(true);
      if (error !== undefined) return fail(context, call, error);
      call.reply(encodeDefragmentResponse(makeDefragmentResponse()));
    };
    if (health === undefined) return runDefragment(context, durable, answer);
    health.setServing(false, "defrag is active");
    context.server.clock.after(leaveTakingMs, () => runDefragment(context, durable, answer));
  });

function runDefragment(
  { server }: RpcContext,
  durable: DurableBackend,
  done: (error: Error | undefined) => void,
): void {
  const startedMs = server.clock.nowMs();
  const { backend } = server;
  const before = { size: backend.sizeBytes(), inUse: backend.inUseBytes() };
  server.log.info("starting defragment");
  server.log.info("defragmenting", defragmentingFields(backend));
  durable.defragment((error) => {
    if (error !== undefined) {
      server.log.warn("failed to defragment", { error });
      return done(error);
    }
    const tookMs = server.clock.nowMs() - startedMs;
    const fields = defragmentedFields(backend, before, tookMs);
    server.log.info("finished defragmenting directory", fields);
    server.log.info("finished defragment");
    done(undefined);
  });
}

function snapshot(context: RpcContext, sha256: () => Digest): MethodHandler {
  const begin = (call: ServerCall): void => {
    const { server } = context;
    const { durable } = server.backend;
    if (durable === undefined) return call.end(noFile);
    durable.snapshot((copy) => {
      if (copy instanceof Error) return fail(context, call, copy);
      if (call.ended) return copy.close();
      new SnapshotCall(context, call, copy, sha256()).run();
    });
  };
  return serverStream(context, (call, bytes) => {
    decodeSnapshotRequest(bytes);
    requireAdmin(context, call);
    begin(call);
  });
}

/** One copy on its way: read on while the client takes it, closed whatever ends the call. */
class SnapshotCall {
  readonly #context: RpcContext;
  readonly #call: ServerCall;
  readonly #copy: BackendCopy;
  readonly #digest: Digest;
  readonly #version: string;
  readonly #startMs: number;
  readonly #pace: SnapshotPace;
  #pauseMs = 0;

  constructor(context: RpcContext, call: ServerCall, copy: BackendCopy, digest: Digest) {
    this.#context = context;
    this.#call = call;
    this.#copy = copy;
    this.#digest = digest;
    const { clock, member } = context.server;
    this.#startMs = clock.nowMs();
    this.#pace = new SnapshotPace(() => member, clock);
    this.#version = context.server.storageVersion ?? "";
    call.onCancel = () => copy.close();
    this.#log("sending database snapshot to client", this.#fields());
  }

  #log(line: string, fields: Record<string, number | string>): void {
    this.#context.server.log.info(line, fields);
  }

  #fields(): Record<string, number | string> {
    const { size } = this.#copy;
    return {
      "total-bytes": size,
      size: humanSize(size),
      "storage-version": this.#version,
    };
  }

  run(): void {
    try {
      this.#slice();
    } catch (error) {
      this.#copy.close();
      fail(this.#context, this.#call, error);
    }
  }

  #slice(): void {
    const blobs = this.#pauseMs > 0 ? 1 : blobsPerSlice;
    for (let sent = 0; sent < blobs; sent++) {
      if (this.#call.ended) return this.#copy.close();
      const blob = this.#copy.next(blobBytes);
      if (blob.length === 0) return this.#finish();
      this.#digest.update(blob);
      if (this.#send(blob)) continue;
      this.#call.onDrain = () => this.#goOn();
      return;
    }
    this.#goOn();
  }

  #goOn(): void {
    this.#call.onDrain = undefined;
    const { clock } = this.#context.server;
    this.#pauseMs = this.#pace.pauseMs();
    if (this.#pauseMs === 0) clock.later(() => this.run());
    else clock.after(this.#pauseMs, () => this.run());
  }

  /** The blob goes last in its message, so that its bytes are copied into frames and nowhere before. */
  #send(blob: Uint8Array): boolean {
    const call = this.#call;
    const fields = { remainingBytes: this.#copy.remaining, version: this.#version };
    if (call.sendPart === undefined) {
      return call.send(encodeSnapshotResponse(makeSnapshotResponse({ ...fields, blob })));
    }
    const others = encodeSnapshotResponse(makeSnapshotResponse(fields));
    const head = new Uint8Array(others.length + 1 + sizeCount(blob.length));
    head.set(others);
    head[others.length] = blobTag;
    writeCount(blob.length, head, others.length + 1);
    call.sendPart(head, head.length + blob.length);
    return call.sendPart(blob);
  }

  /** The SHA-256 of everything before goes last; etcdctl appends it to the file. */
  #finish(): void {
    const digest = this.#digest.digest();
    const fields = { "total-bytes": this.#copy.size, "checksum-size": digest.length };
    this.#log("sending database sha256 checksum to client", fields);
    this.#send(digest);
    this.#copy.close();
    const { clock, member } = this.#context.server;
    const tookMs = clock.nowMs() - this.#startMs;
    member.meters.snapshotSeconds.observe(tookMs / 1000);
    const took = formatDuration(tookMs);
    this.#log("successfully sent database snapshot to client", { ...this.#fields(), took });
    this.#call.end({ code: Code.OK, message: "" });
  }
}
