// Maintenance.Downgrade: preparing a cluster for members one minor version older
// (EtcdServer.Downgrade, version.Manager).
import { EtcdError, errors } from "../../core/errors/index.ts";
import {
  decodeDowngradeRequest,
  DowngradeAction,
  encodeDowngradeInfoSetRequest,
  encodeDowngradeResponse,
  makeDowngradeInfoSetRequest,
  makeDowngradeResponse,
} from "../../core/proto/index.ts";
import type { AuthInfo } from "../../core/auth/index.ts";
import type { MethodHandler, ServerCall } from "../../io/grpc/index.ts";
import { isOneMinorBelow, minorOf, minorText } from "../member/index.ts";
import { fail, headerOf, type RpcContext, unary } from "./context.ts";
import { requireAdmin } from "./identity.ts";

type Done = (error: EtcdError | undefined) => void;

export const downgrade = (context: RpcContext): MethodHandler =>
  unary(context, decodeDowngradeRequest, (call, { action, version }) => {
    const info = requireAdmin(context, call);
    const reply = replying(context, call);
    switch (action) {
      case DowngradeAction.VALIDATE:
        return validate(context, targetOf(version), reply);
      case DowngradeAction.ENABLE:
        return enable(context, info, version, reply);
      case DowngradeAction.CANCEL:
        return cancel(context, info, reply);
      default:
        throw errors.unknownMethod();
    }
  });

/** Every action is answered with the version the cluster speaks now, without its patch. */
const replying =
  (context: RpcContext, call: ServerCall): Done =>
  (error) => {
    if (call.ended) return;
    if (error !== undefined) return fail(context, call, error);
    const version = (context.server.cluster.version ?? "").replace(/\.\d+$/, "");
    const response = makeDowngradeResponse({ header: headerOf(context), version });
    call.reply(encodeDowngradeResponse(response));
  };

/** `3.6` and `3.6.4` both mean 3.6.0. @throws wrongDowngradeVersionFormat */
function targetOf(version: string): string {
  for (const text of [version, `${version}.0`]) {
    if (minorOf(text) !== undefined) return minorText(text);
  }
  throw errors.wrongDowngradeVersionFormat();
}

function validate({ server }: RpcContext, target: string, done: Done): void {
  if (server.cluster.version === undefined) return done(errors.clusterVersionUnavailable());
  // What is known here of a downgrade may be old.
  server.member.readIndex((error) => {
    if (error !== undefined) return done(error);
    const now = minorOf(server.cluster.version ?? "");
    if (now === undefined || !isOneMinorBelow(minorOf(target)!, now)) {
      return done(errors.invalidDowngradeTargetVersion());
    }
    done(server.downgradeInfo().enabled ? errors.downgradeInProcess() : undefined);
  });
}

function enable(
  context: RpcContext,
  info: AuthInfo | undefined,
  version: string,
  done: Done,
): void {
  const { log } = context.server;
  const refuse = (error: EtcdError): void => {
    log.warn("reject downgrade request", { error });
    done(error);
  };
  let target: string;
  try {
    target = targetOf(version);
  } catch (error) {
    return refuse(error as EtcdError);
  }
  validate(context, target, (refusal) => {
    if (refusal !== undefined) return refuse(refusal);
    propose(context, info, { enabled: true, ver: target }, (error) => {
      if (error === undefined) done(undefined);
      else refuse(error);
    });
  });
}

/** As etcd's, it says that all went well when there was nothing to cancel; the log knows better. */
function cancel(context: RpcContext, info: AuthInfo | undefined, done: Done): void {
  const { server } = context;
  if (server.cluster.version === undefined) return done(errors.clusterVersionUnavailable());
  const over: Done = (error) => {
    if (error !== undefined) server.log.warn("failed to cancel downgrade", { error });
    done(undefined);
  };
  server.member.readIndex((error) => {
    if (error !== undefined) return over(error);
    if (!server.downgradeInfo().enabled) return over(errors.noInflightDowngrade());
    propose(context, info, { enabled: false, ver: "" }, over);
  });
}

function propose(
  { server }: RpcContext,
  info: AuthInfo | undefined,
  set: { enabled: boolean; ver: string },
  done: Done,
): void {
  const request = encodeDowngradeInfoSetRequest(makeDowngradeInfoSetRequest(set));
  server.member.propose(
    "downgradeInfoSet",
    request,
    (outcome) => done(outcome instanceof EtcdError ? outcome : undefined),
    info,
  );
}
