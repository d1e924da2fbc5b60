// The feature gate SetMemberLocalAddr: peers are called from the address they know this member by, which
// must be the one its certificate names (embed.Config.InferLocalAddr).
import { isIP } from "node:net";
import type { Log } from "../../io/host/index.ts";
import type { Config } from "./config.ts";

const isLoopback = (address: string): boolean =>
  address.startsWith("127.") || address === "::1" || address.startsWith("::ffff:127.");
const isUnspecified = (address: string): boolean => address === "0.0.0.0" || address === "::";

type AddressConfig = Pick<Config, "setsLocalAddress" | "advertisePeerUrls">;

/** The first usable address among the advertised peer URLs; undefined leaves it to the system. */
export function inferredAddress(config: AddressConfig): string | undefined {
  if (!config.setsLocalAddress) return undefined;
  return config.advertisePeerUrls
    .map(({ host }) => host.replace(/^\[|\]$/g, ""))
    .find((each) => isIP(each) !== 0 && !isLoopback(each) && !isUnspecified(each));
}

/** The same, and etcd's lines about it. */
export function localAddressOf(config: AddressConfig, log: Log): string | undefined {
  if (!config.setsLocalAddress) return undefined;
  const urls = { "advertise-peer-urls": config.advertisePeerUrls.map(({ text }) => text) };
  log.info("searching for a suitable member local address in AdvertisePeerURLs", urls);
  const address = inferredAddress(config);
  if (address !== undefined) log.info("setting member local address", { LocalAddr: address });
  else {
    log.warn("unable to set a member local address due to lack of suitable local addresses", urls);
  }
  return address;
}
