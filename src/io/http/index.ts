// io/http: the front door of a port. It listens, speaks TLS when told to, and hands every connection
// to HTTP/2 or to Node's HTTP/1 server by its first bytes.
// It promises that silent or half-open peers are let go, and that a listener's connections have a
// limit. It never answers a request itself and knows no path.
export type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
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
export { peerListener } from "./peer-server.ts";
