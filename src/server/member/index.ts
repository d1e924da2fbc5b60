// server/member: one running member. Everything that changes replicated state passes its turn. It
// promises that nothing is acknowledged before the sync that covers it, and that a member whose disk
// fails or whose state contradicts itself stops. It never touches a socket.
export {
  type BackendCopy,
  type BackendDone,
  type BackendHost,
  type Digest,
  type DurableBackend,
  memoryBackendHost,
} from "./backend-host.ts";
export { type Booted, bootstrap, type BootstrapOptions } from "./bootstrap.ts";
export { defragmentedFields, defragmentingFields, sizeFields } from "./database-size.ts";
export { hashAt } from "./corruption-duty.ts";
export { type Credentials, noTokens, type PasswordDone, type Passwords } from "./credentials.ts";
export { memberIdOf, type Sha1 } from "./initial-cluster.ts";
export type { LeaseTime } from "./leases.ts";
export {
  isAlreadyBootstrapped,
  joinCluster,
  type JoinedCluster,
  type JoinOptions,
} from "./join.ts";
export { isOneMinorBelow, type Minor, minorOf, minorText } from "./minor-version.ts";
export { SnapshotPace } from "./snapshot-pace.ts";
export { urlProblem } from "./go-url.ts";
export { checkedPeerUrls } from "./peer-urls.ts";
export type { PeerTransport } from "./peers.ts";
export { Member, type Settled } from "./member.ts";
export type { ReceivedReader } from "./received-database.ts";
export type { LargeAnswer } from "./answer-text.ts";
export { type KindSeconds, MemberMeters } from "./meters.ts";
export { messageText } from "./request-text.ts";
export { Server } from "./server.ts";
export type { ServerOptions, ServerParts } from "./server-parts.ts";
export { watchSpace } from "./space-watch.ts";
