// server/tcpproxy: `etcd gateway`, a proxy that hands TCP connections on to the members of a cluster in
// turn (server/proxy/tcpproxy of etcd). It reads nothing of what it carries, and keeps no state but which
// endpoints could not be reached of late.
export { runGateway } from "./gateway-command.ts";
export { type Endpoint, TcpProxy } from "./tcp-proxy.ts";
