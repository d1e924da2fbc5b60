// io/http: the front door of a port. It listens, speaks TLS when told to, and hands every connection
// to HTTP/2 or to Node's HTTP/1 server by its first bytes.
// It promises that silent or half-open peers are let go, and that a listener's connections have a
// limit. It never answers a request itself and knows no path.
export type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
export { isAskedAgain } from "./ask-again.ts";
export { gunzip } from "./gunzip.ts";
export { defaultListenerLimits, type ListenerLimits } from "./limits.ts";
export { type ListenAddress, Mux, type MuxOptions, type RemotePeer } from "./mux.ts";
export { PeerClient, type PeerClientOptions } from "./peer-client.ts";
export type {
  HeaderFields,
  PeerAnswerHead,
  PeerBodyEvents,
  PeerCall,
  PeerCallEvents,
  PeerCallRequest,
  PeerDialer,
  PeerRequest,
  PeerResponse,
} from "./peer-exchange.ts";
export type { Duplex as UpgradeStream } from "node:stream";
export {
  refuseUpgrade,
  WebSocketConnection,
  type WebSocketEvents,
  type WebSocketOptions,
} from "./websocket.ts";
export { peerListener } from "./peer-server.ts";
export { clientCommonName } from "./tls/common-name.ts";
export { type ClientTls, clientTls, requireEmptyCommonName } from "./tls/client-tls.ts";
export { checkCipherSuites } from "./tls/cipher-suites.ts";
export { type SelfSignedOptions, selfSignedTls } from "./tls/self-signed.ts";
export { ServerTls, type ServerTlsOptions } from "./tls/server-tls.ts";
export type { HandshakeCounts, Rejection } from "./tls/tls-acceptor.ts";
export { isEmptyTls, noTls, type TlsInfo, tlsInfoText, type TlsVersion } from "./tls/tls-info.ts";
