// server/gateway: etcd's API as JSON over HTTP/1.1 and WebSocket, on the handlers that serve gRPC.
// It promises grpc-gateway's paths, JSON, statuses and words, that a body is bounded before any of it is
// parsed, and that whatever is sent ends at most its own call. It knows no service: which messages a
// method has, the generated descriptors say.
export { Gateway, type GatewayOptions } from "./gateway.ts";
export { HttpExchange } from "./http-exchange.ts";
export { openApi } from "./open-api.ts";
export { type Route, routes } from "./routes.ts";
export { serveWebSocket } from "./websocket.ts";
