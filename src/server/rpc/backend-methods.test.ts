import assert from "node:assert/strict";
import { test } from "node:test";
import { createHash } from "node:crypto";
import { ownBytes } from "../../base/index.ts";
import {
  decodeHealthCheckResponse,
  encodeHealthCheckRequest,
  makeHealthCheckRequest,
  ServingStatus,
} from "../../core/proto/index.ts";
import type { MethodHandler, ServerCall } from "../../io/grpc/index.ts";
import { type BackendDone, type DurableBackend, memoryBackendHost } from "../member/index.ts";
import { testServer } from "../member/testing.ts";
import { services } from "./index.ts";

/** A call that keeps what it is sent. */
class KeptCall {
  readonly messages: Uint8Array[] = [];
  readonly replies: Uint8Array[] = [];
  status: { code: number; message: string } | undefined;
  send(message: Uint8Array): boolean {
    this.messages.push(ownBytes(message));
    return true;
  }
  reply(message: Uint8Array): void {
    this.replies.push(ownBytes(message));
  }
  end(status: { code: number; message: string }): void {
    this.status = status;
  }
}

/** A member whose database is defragmented when the test says so. */
function defragmenting(stopsOnDefrag: boolean) {
  const begun: BackendDone[] = [];
  const durable: DurableBackend = {
    isOverloaded: false,
    maybeCommit: () => false,
    commit: (done) => done(undefined),
    snapshot: (done) => done(new Error("none")),
    defragment: (done) => void begun.push(done),
    stop: (done) => done(undefined),
  };
  const { server, clock } = testServer({}, { backend: { ...memoryBackendHost(), durable } });
  const sha256 = () => createHash("sha256");
  const options = { maxTxnOps: 128, maxRequestBytes: 4096, sha256, stopsOnDefrag };
  const { methods } = services(server, options);
  const call = (path: string, request: Uint8Array): KeptCall => {
    const kept = new KeptCall();
    const handler = methods.get(path) as MethodHandler;
    if (handler.kind === "unary") handler.handle(kept as unknown as ServerCall, request);
    else handler.open(kept as unknown as ServerCall).message(request);
    return kept;
  };
  const watching = call(
    "/grpc.health.v1.Health/Watch",
    encodeHealthCheckRequest(makeHealthCheckRequest({ service: "" })),
  );
  const defragment = (): KeptCall =>
    call("/etcdserverpb.Maintenance/Defragment", new Uint8Array(0));
  const heard = (): number[] =>
    watching.messages.map((bytes) => decodeHealthCheckResponse(bytes).status);
  return { begun, clock, defragment, heard };
}

const { SERVING, NOT_SERVING } = ServingStatus;

test("with StopGRPCServiceOnDefrag who watches health has time to leave before it begins", () => {
  for (const failure of [undefined, new Error("no room")]) {
    const { begun, clock, defragment, heard } = defragmenting(true);
    const call = defragment();
    assert.deepEqual(heard(), [SERVING, NOT_SERVING]);
    assert.equal(begun.length, 0);
    clock.advance(100);
    assert.equal(begun.length, 1);
    assert.deepEqual(heard(), [SERVING, NOT_SERVING]);
    begun[0]!(failure);
    assert.deepEqual(heard(), [SERVING, NOT_SERVING, SERVING]);
    assert.equal(call.status?.message, failure?.message);
    assert.equal(call.replies.length, failure === undefined ? 1 : 0);
  }
});

test("without it a defragmentation begins at once and health knows nothing of it", () => {
  const { begun, defragment, heard } = defragmenting(false);
  const call = defragment();
  begun[0]!(undefined);
  assert.equal(call.replies.length, 1);
  assert.deepEqual(heard(), [SERVING]);
});
