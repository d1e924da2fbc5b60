// Every public error of etcd once. Clients compare these texts; the codes are those that really go
// over the wire (api/v3rpc/rpctypes/error.go, server/etcdserver/api/v3rpc/util.go).
import { Code } from "./code.ts";
import { EtcdError, statusText } from "./etcd-error.ts";

const shared: EtcdError[] = [];

/** One shared error; making it for each throw would record a stack nobody reads. */
function row(code: Code, message: string): () => EtcdError {
  const error = Object.freeze(new EtcdError(code, message));
  shared.push(error);
  return () => error;
}

export const errors = {
  emptyKey: row(Code.InvalidArgument, "etcdserver: key is not provided"),
  keyNotFound: row(Code.InvalidArgument, "etcdserver: key not found"),
  valueProvided: row(Code.InvalidArgument, "etcdserver: value is provided"),
  leaseProvided: row(Code.InvalidArgument, "etcdserver: lease is provided"),
  tooManyOps: row(Code.InvalidArgument, "etcdserver: too many operations in txn request"),
  duplicateKey: row(Code.InvalidArgument, "etcdserver: duplicate key given in txn request"),
  invalidClientAPIVersion: row(Code.InvalidArgument, "etcdserver: invalid client api version"),
  invalidSortOption: row(Code.InvalidArgument, "etcdserver: invalid sort option"),
  compacted: row(Code.OutOfRange, "etcdserver: mvcc: required revision has been compacted"),
  futureRev: row(Code.OutOfRange, "etcdserver: mvcc: required revision is a future revision"),
  noSpace: row(Code.ResourceExhausted, "etcdserver: mvcc: database space exceeded"),
  leaseNotFound: row(Code.NotFound, "etcdserver: requested lease not found"),
  leaseExist: row(Code.FailedPrecondition, "etcdserver: lease already exists"),
  leaseTTLTooLarge: row(Code.OutOfRange, "etcdserver: too large lease TTL"),
  watchCanceled: row(Code.Canceled, "etcdserver: watch canceled"),
  memberExist: row(Code.FailedPrecondition, "etcdserver: member ID already exist"),
  peerURLExist: row(Code.FailedPrecondition, "etcdserver: Peer URLs already exists"),
  // The server maps it to a client-side type, so its code is lost: Unknown goes over the wire.
  memberNotEnoughStarted: row(
    Code.Unknown,
    "etcdserver: re-configuration failed due to not enough started members",
  ),
  memberBadURLs: row(Code.InvalidArgument, "etcdserver: given member URLs are invalid"),
  memberNotFound: row(Code.NotFound, "etcdserver: member not found"),
  memberNotLearner: row(Code.FailedPrecondition, "etcdserver: can only promote a learner member"),
  learnerNotReady: row(
    Code.FailedPrecondition,
    "etcdserver: can only promote a learner member which is in sync with leader",
  ),
  tooManyLearners: row(Code.FailedPrecondition, "etcdserver: too many learner members in cluster"),
  clusterIDMismatch: row(Code.FailedPrecondition, "etcdserver: cluster ID mismatch"),
  requestTooLarge: row(Code.InvalidArgument, "etcdserver: request is too large"),
  // Unknown for the same reason as memberNotEnoughStarted.
  requestTooManyRequests: row(Code.Unknown, "etcdserver: too many requests"),
  rootUserNotExist: row(Code.FailedPrecondition, "etcdserver: root user does not exist"),
  rootRoleNotExist: row(Code.FailedPrecondition, "etcdserver: root user does not have root role"),
  userAlreadyExist: row(Code.FailedPrecondition, "etcdserver: user name already exists"),
  userEmpty: row(Code.InvalidArgument, "etcdserver: user name is empty"),
  userNotFound: row(Code.FailedPrecondition, "etcdserver: user name not found"),
  roleAlreadyExist: row(Code.FailedPrecondition, "etcdserver: role name already exists"),
  roleNotFound: row(Code.FailedPrecondition, "etcdserver: role name not found"),
  roleEmpty: row(Code.InvalidArgument, "etcdserver: role name is empty"),
  authFailed: row(
    Code.InvalidArgument,
    "etcdserver: authentication failed, invalid user ID or password",
  ),
  permissionNotGiven: row(Code.InvalidArgument, "etcdserver: permission not given"),
  permissionDenied: row(Code.PermissionDenied, "etcdserver: permission denied"),
  roleNotGranted: row(Code.FailedPrecondition, "etcdserver: role is not granted to the user"),
  permissionNotGranted: row(
    Code.FailedPrecondition,
    "etcdserver: permission is not granted to the role",
  ),
  authNotEnabled: row(Code.FailedPrecondition, "etcdserver: authentication is not enabled"),
  invalidAuthToken: row(Code.Unauthenticated, "etcdserver: invalid auth token"),
  invalidAuthMgmt: row(Code.InvalidArgument, "etcdserver: invalid auth management"),
  authOldRevision: row(Code.InvalidArgument, "etcdserver: revision of auth store is old"),
  noLeader: row(Code.Unavailable, "etcdserver: no leader"),
  notLeader: row(Code.FailedPrecondition, "etcdserver: not leader"),
  leaderChanged: row(Code.Unavailable, "etcdserver: leader changed"),
  notCapable: row(Code.FailedPrecondition, "etcdserver: not capable"),
  stopped: row(Code.Unavailable, "etcdserver: server stopped"),
  timeout: row(Code.Unavailable, "etcdserver: request timed out"),
  timeoutDueToLeaderFail: row(
    Code.Unavailable,
    "etcdserver: request timed out, possibly due to previous leader failure",
  ),
  timeoutDueToConnectionLost: row(
    Code.Unavailable,
    "etcdserver: request timed out, possibly due to connection lost",
  ),
  timeoutWaitAppliedIndex: row(
    Code.Unavailable,
    "etcdserver: request timed out, waiting for the applied index took too long",
  ),
  unhealthy: row(Code.Unavailable, "etcdserver: unhealthy cluster"),
  corrupt: row(Code.DataLoss, "etcdserver: corrupt cluster"),
  notSupportedForLearner: row(Code.FailedPrecondition, "etcdserver: rpc not supported for learner"),
  badLeaderTransferee: row(Code.FailedPrecondition, "etcdserver: bad leader transferee"),
  wrongDowngradeVersionFormat: row(
    Code.InvalidArgument,
    "etcdserver: wrong downgrade target version format",
  ),
  invalidDowngradeTargetVersion: row(
    Code.InvalidArgument,
    "etcdserver: invalid downgrade target version",
  ),
  clusterVersionUnavailable: row(
    Code.FailedPrecondition,
    "etcdserver: cluster version not found during downgrade",
  ),
  downgradeInProcess: row(
    Code.FailedPrecondition,
    "etcdserver: cluster has a downgrade job in progress",
  ),
  noInflightDowngrade: row(Code.FailedPrecondition, "etcdserver: no inflight downgrade job"),
  // Cancelled by the server itself; a cancelled call gives contextCanceled.
  canceled: row(Code.Canceled, "etcdserver: request canceled"),
  deadlineExceeded: row(Code.DeadlineExceeded, "etcdserver: context deadline exceeded"),

  // Errors of Go's context package and of gRPC, returned as they are.
  contextCanceled: row(Code.Canceled, "context canceled"),
  contextDeadlineExceeded: row(Code.DeadlineExceeded, "context deadline exceeded"),
  unknownService: row(Code.NotFound, "unknown service"),

  // RangeStream refuses what it cannot stream (server/etcdserver/api/v3rpc/key.go).
  rangeStreamSortOrder: row(Code.Unimplemented, "RangeStream does not support custom sort orders"),
  rangeStreamRevisionFilters: row(
    Code.Unimplemented,
    "RangeStream does not support revision filters",
  ),

  // Errors etcd maps to no code.
  timeoutLeaderTransfer: row(
    Code.Unknown,
    "etcdserver: request timed out, leader transfer took too long",
  ),
  notPrimaryLessor: row(Code.Unknown, "not a primary lessor"),
  noPasswordUser: row(
    Code.Unknown,
    "auth: authentication failed, password was given for no password user",
  ),
  verifyOnlyKey: row(Code.Unknown, "auth: token signing attempted with verify-only key"),
  unknownMethod: row(Code.Unknown, "etcdserver: unknown method"),
  passwordTooLong: row(Code.Unknown, "bcrypt: password length exceeds 72 bytes"),
  electionNoLeader: row(Code.Unknown, "election: no leader"),
  electionNotLeader: row(Code.Unknown, "election: not leader"),
  leaderFieldMissing: row(Code.Unknown, '"leader" field must be provided'),
  sessionExpired: row(Code.Unknown, "mutex: session is expired"),
  lostWatcher: row(Code.Unknown, "lost watcher waiting for delete"),
  invalidDowngradeTarget: row(Code.Unknown, "invalid downgrade target"),

  // What stops a member with a wrong --auth-token from starting.
  invalidAuthOptions: row(Code.Unknown, "auth: invalid auth options"),
  invalidAuthMethod: row(Code.Unknown, "auth: invalid auth signature method"),
  missingAuthKey: row(Code.Unknown, "auth: missing key data"),
  authKeyMismatch: row(Code.Unknown, "auth: public and private keys don't match"),
} as const;

const unmapped = new Set<EtcdError>([
  errors.invalidClientAPIVersion(),
  errors.watchCanceled(),
  errors.permissionNotGiven(),
  errors.timeoutWaitAppliedIndex(),
  errors.canceled(),
  errors.deadlineExceeded(),
  errors.timeoutLeaderTransfer(),
  errors.unknownMethod(),
]);

const byMessage = new Map<string, EtcdError>(
  shared
    .filter((error) => error.message.startsWith("etcdserver: ") && !unmapped.has(error))
    .map((error) => [error.message, error]),
);

/** The error that clients make of this status message; undefined for a text they do not know. */
export const errorByMessage = (message: string): EtcdError | undefined => byMessage.get(message);

/** Why a watch was refused or ended, word for word (WatchResponse.cancel_reason). */
export const watchCancelReasons = {
  emptyRange: "mvcc: watcher range is empty",
  duplicateId: "mvcc: duplicate watch ID provided on the WatchStream",
  /** Of a negative start revision; a compacted one is told by compact_revision alone. */
  negativeStart: errors.compacted().message,
  permissionDenied: statusText(errors.permissionDenied()),
  invalidAuthToken: statusText(errors.invalidAuthToken()),
  authOldRevision: statusText(errors.authOldRevision()),
  userEmpty: statusText(errors.userEmpty()),
} as const;
