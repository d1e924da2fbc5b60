// io/grpc-client: calls to etcd servers, over one HTTP/2 connection at a time to one of several
// endpoints, in clear, with TLS or through a unix socket. Messages are bytes.
// It promises that a call ends exactly once, with a status; that a silent server is noticed where
// keepalive is asked for; and that no answer is longer than its limit. It never repeats a call, never
// compresses, and does not know what messages say.
export {
  type CallEvents,
  type CallRequest,
  type ClientCall,
  GrpcChannel,
  type GrpcChannelOptions,
} from "./channel.ts";
export { type Endpoint, parseEndpoint } from "./endpoint.ts";
export type { AnswerFields, CallStatus } from "./status.ts";
export { callUnary } from "./unary.ts";
