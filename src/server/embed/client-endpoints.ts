// Which client address speaks what (embed/etcd.go, configureClientListeners): URLs that name one
// address share a socket, in clear and with TLS at once; --listen-client-http-urls parts HTTP from gRPC.
import type { Config } from "./config.ts";
import type { ListenUrl } from "./urls.ts";

export interface ClientEndpoint {
  readonly url: ListenUrl;
  /** The URL that asks for TLS, when one does. */
  readonly secure: ListenUrl | undefined;
  readonly insecure: boolean;
  readonly traffic: "grpc+http" | "grpc" | "http";
}

type Urls = Pick<Config, "listenClientUrls" | "listenClientHttpUrls">;

/** Throws with etcd's text when one address is to be both. */
export function clientEndpoints({
  listenClientUrls,
  listenClientHttpUrls,
}: Urls): ClientEndpoint[] {
  const endpoints = new Map<string, ClientEndpoint>();
  const add = (url: ListenUrl, traffic: ClientEndpoint["traffic"]): void => {
    const isSecure = url.scheme.endsWith("s");
    const before = endpoints.get(addressOf(url));
    if (before !== undefined && before.traffic !== traffic) {
      throw new Error(
        "cannot bind both --listen-client-urls and --listen-client-http-urls on the same url " +
          url.text,
      );
    }
    endpoints.set(addressOf(url), {
      url,
      secure: isSecure ? url : before?.secure,
      insecure: !isSecure || before?.insecure === true,
      traffic,
    });
  };
  const isSplit = listenClientHttpUrls.length > 0;
  for (const url of listenClientUrls) add(url, isSplit ? "grpc" : "grpc+http");
  for (const url of listenClientHttpUrls) add(url, "http");
  return [...endpoints.values()];
}

const addressOf = ({ host, port }: ListenUrl): string => `${host}:${port}`;
