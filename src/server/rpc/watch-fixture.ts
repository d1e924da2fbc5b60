// What the tests of the Watch service share: a call that writes down what it is sent.
import { ownBytes } from "../../base/index.ts";
import {
  decodeEvent,
  decodeKeyValue,
  decodeWatchResponse,
  encodeWatchRequest,
  makeResponseHeader,
  makeWatchCancelRequest,
  makeWatchCreateRequest,
  makeWatchProgressRequest,
  makeWatchRequest,
  type WatchCreateRequest,
  type WatchResponse,
} from "../../core/proto/index.ts";
import type { ServerCall } from "../../io/grpc/index.ts";
import type { WatchHub } from "./watch-port.ts";
import { WatchService, type WatchServiceOptions } from "./watch.ts";

/** A client stream. While it does not read, what it is sent counts as buffered. */
export class FakeCall {
  readonly path = "/etcdserverpb.Watch/Watch";
  ended = false;
  status: { code: number; message: string } | undefined;
  bufferedBytes = 0;
  paused = false;
  reading = true;
  onCancel: ((reason: "reset" | "connection" | "deadline") => void) | undefined;
  onDrain: (() => void) | undefined;
  context: unknown;
  readonly markBytes = 64 * 1024;
  #sent: Uint8Array[] = [];

  send(message: Uint8Array): boolean {
    // As io/grpc does: a message is borrowed until `send` returns.
    this.#sent.push(ownBytes(message));
    if (!this.reading) this.bufferedBytes += message.length;
    return this.bufferedBytes <= this.markBytes;
  }

  end(status: { code: number; message: string }): void {
    this.ended = true;
    this.status = { code: status.code, message: status.message };
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  /** The client reads what is buffered. */
  drain(): void {
    this.bufferedBytes = 0;
    this.onDrain?.();
  }

  takeBytes(): Uint8Array[] {
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }

  take(): WatchResponse[] {
    return this.takeBytes().map((bytes) => decodeWatchResponse(bytes));
  }
}

/** `key@revision` of each event. */
export const eventTexts = (responses: readonly WatchResponse[]): string[] =>
  responses.flatMap(({ events }) =>
    events.map((bytes) => {
      const kv = decodeKeyValue(decodeEvent(bytes).kv!);
      return `${new TextDecoder().decode(kv.key)}@${kv.modRevision}`;
    }),
  );

export interface Client {
  readonly call: FakeCall;
  create(key: string, more?: Partial<WatchCreateRequest>): void;
  cancel(watchId: number): void;
  requestProgress(): void;
  message(bytes: Uint8Array): void;
  halfClose(): void;
}

export function serve(
  hub: WatchHub,
  more: Partial<WatchServiceOptions> & Pick<WatchServiceOptions, "currentRevision">,
): { service: WatchService; connect: () => Client } {
  const service = new WatchService({
    hub,
    header: (revision) =>
      makeResponseHeader({ clusterId: 7n, memberId: 8n, revision, raftTerm: 9 }),
    checkPermission: () => undefined,
    requiresLeader: () => false,
    fragmentBytesMax: 2 * 1024 * 1024,
    ...more,
  });
  return { service, connect: () => connect(service) };
}

function connect(service: WatchService): Client {
  const call = new FakeCall();
  const [, handler] = service.methods()[0]!;
  if (handler.kind !== "stream") throw new Error("Watch is a stream");
  const { message, halfClose } = bound(handler.open(call as unknown as ServerCall));
  const text = new TextEncoder();
  return {
    call,
    message,
    halfClose,
    create: (key, more) => {
      const value = makeWatchCreateRequest({ key: text.encode(key), ...more });
      message(
        encodeWatchRequest(makeWatchRequest({ requestUnion: { case: "createRequest", value } })),
      );
    },
    cancel: (watchId) => {
      const value = makeWatchCancelRequest({ watchId });
      message(
        encodeWatchRequest(makeWatchRequest({ requestUnion: { case: "cancelRequest", value } })),
      );
    },
    requestProgress: () => {
      const value = makeWatchProgressRequest();
      const requestUnion = { case: "progressRequest", value } as const;
      message(encodeWatchRequest(makeWatchRequest({ requestUnion })));
    },
  };
}

const bound = (open: {
  message(bytes: Uint8Array): void;
  halfClose(): void;
}): { message: (bytes: Uint8Array) => void; halfClose: () => void } => ({
  message: (bytes) => open.message(bytes),
  halfClose: () => open.halfClose(),
});
