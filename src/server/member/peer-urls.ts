// Peer URLs as an administrator gives them.
import { peerUrls } from "../../io/rafthttp/index.ts";

/** Sorted, or undefined when one is not of the form etcd takes (types.NewURLs). */
export const checkedPeerUrls = (urls: readonly string[]): string[] | undefined => peerUrls(urls);
