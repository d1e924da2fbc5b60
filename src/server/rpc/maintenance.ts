// etcdserverpb.Maintenance: how this member is, and what can be asked of it.
import { EtcdError, errors } from "../../core/errors/index.ts";
import { BackendHash, memberHashIgnores } from "../../core/mvcc/index.ts";
import {
  AlarmAction,
  decodeAlarmRequest,
  decodeHashKVRequest,
  decodeHashRequest,
  decodeMoveLeaderRequest,
  decodeStatusRequest,
  encodeHashKVResponse,
  encodeHashResponse,
  encodeMoveLeaderResponse,
  encodeStatusResponse,
  makeDowngradeInfo,
  makeHashKVResponse,
  makeHashResponse,
  makeMoveLeaderResponse,
  makeStatusResponse,
} from "../../core/proto/index.ts";
import type { MethodHandler } from "../../io/grpc/index.ts";
import { fail, headerOf, replying, type RpcContext, unary } from "./context.ts";
import { downgrade } from "./downgrade.ts";
import { requireAdmin, requireUser } from "./identity.ts";

/** About microseconds of hashing between two rounds of the event loop. */
const hashSliceBudget = 2000;

export const maintenanceMethods = (context: RpcContext): [string, MethodHandler][] => [
  ["/etcdserverpb.Maintenance/Status", status(context)],
  ["/etcdserverpb.Maintenance/Alarm", alarm(context)],
  ["/etcdserverpb.Maintenance/Hash", hash(context)],
  ["/etcdserverpb.Maintenance/HashKV", hashKv(context)],
  ["/etcdserverpb.Maintenance/MoveLeader", moveLeader(context)],
  ["/etcdserverpb.Maintenance/Downgrade", downgrade(context)],
];

const status = (context: RpcContext): MethodHandler =>
  unary(context, decodeStatusRequest, (call) => {
    requireUser(context, call);
    const { server } = context;
    const { member, options } = server;
    const noLeader = member.lead === 0n ? [errors.noLeader().message] : [];
    const response = makeStatusResponse({
      header: headerOf(context),
      version: options.serverVersion,
      dbSize: server.backend.sizeBytes(),
      dbSizeInUse: server.backend.inUseBytes(),
      dbSizeQuota: options.quotaBackendBytes,
      leader: member.lead,
      raftIndex: member.committedIndex,
      raftTerm: member.term,
      raftAppliedIndex: member.appliedIndex,
      errors: [...noLeader, ...server.alarmTexts()],
      isLearner: server.cluster.member(server.memberId)?.isLearner ?? false,
      storageVersion: server.storageVersion ?? "",
      downgradeInfo: makeDowngradeInfo(server.downgradeInfo()),
    });
    call.reply(encodeStatusResponse(response));
  });

const alarm = (context: RpcContext): MethodHandler =>
  unary(context, decodeAlarmRequest, (call, { action }, bytes) => {
    const required = action === AlarmAction.GET ? requireUser : requireAdmin;
    const info = required(context, call);
    context.server.member.propose("alarm", bytes, replying(context, call), info);
  });

const moveLeader = (context: RpcContext): MethodHandler =>
  unary(context, decodeMoveLeaderRequest, (call, { targetID }) => {
    requireAdmin(context, call);
    context.server.duties.leadership.move(targetID, (error) => {
      if (error !== undefined) return fail(context, call, error);
      call.reply(encodeMoveLeaderResponse(makeMoveLeaderResponse()));
    });
  });

const hash = (context: RpcContext): MethodHandler =>
  unary(context, decodeHashRequest, (call) => {
    requireAdmin(context, call);
    const { server } = context;
    const job = new BackendHash(server.backend.backend, memberHashIgnores);
    const startMs = server.clock.nowMs();
    const slice = (): void => {
      if (call.ended) return;
      const sum = job.step(hashSliceBudget);
      if (sum === undefined) return server.clock.later(slice);
      const { hashSeconds } = server.member.meters;
      hashSeconds.observe((server.clock.nowMs() - startMs) / 1000);
      const header = headerOf(context);
      call.reply(encodeHashResponse(makeHashResponse({ header, hash: sum })));
    };
    slice();
  });

const hashKv = (context: RpcContext): MethodHandler =>
  unary(context, decodeHashKVRequest, (call, { revision }) => {
    requireAdmin(context, call);
    const { server } = context;
    const job = server.store.hashByRevision(revision);
    const startMs = server.clock.nowMs();
    const slice = (): void => {
      if (call.ended) return job.cancel();
      try {
        const done = job.step(hashSliceBudget);
        if (done === undefined) return server.clock.later(slice);
        const { hashRevisionSeconds } = server.member.meters;
        hashRevisionSeconds.observe((server.clock.nowMs() - startMs) / 1000);
        const response = makeHashKVResponse({
          header: headerOf(context),
          hash: done.hash,
          compactRevision: done.compactRevision,
          hashRevision: done.revision,
        });
        call.reply(encodeHashKVResponse(response));
      } catch (error) {
        job.cancel();
        if (!(error instanceof EtcdError)) throw error;
        fail(context, call, error);
      }
    };
    slice();
  });
