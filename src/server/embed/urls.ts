// URL lists as etcd's client/pkg/types and pkg/flags read them.
import { urlProblem } from "../member/index.ts";

export interface ListenUrl {
  /** As given, trimmed: what Go's url.String() prints for the forms etcd takes. */
  readonly text: string;
  readonly scheme: "http" | "https" | "unix" | "unixs";
  /** Host of TCP forms, without brackets; for unix forms the socket's name or path. */
  readonly host: string;
  /** Zero for unix forms. */
  readonly port: number;
}

/** Reads a comma-separated list; throws an Error with etcd's text. Sorted, without duplicates. */
export function parseUrls(list: string): ListenUrl[] {
  const unique = new Map<string, ListenUrl>();
  for (const item of list.split(",")) {
    const url = parseUrl(item.trim());
    unique.set(url.text, url);
  }
  return [...unique.values()].toSorted((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
}

export function parseUrl(text: string): ListenUrl {
  const problem = urlProblem(text);
  if (problem !== undefined) throw new Error(problem);
  const [, named = "", rest = ""] = /^([^:]*):(?:\/\/)?(.*)$/.exec(text) ?? [];
  const scheme = named.toLowerCase() as ListenUrl["scheme"];
  if (scheme === "unix" || scheme === "unixs") return { text, scheme, host: rest, port: 0 };
  const authority = rest.replace(/[?#].*$/, "").replace(/^.*@/, "");
  const [, bracketed, plain = "", port] = /^(?:\[([^\]]*)\]|([^:]*)):(\d*)$/.exec(authority) ?? [];
  return { text, scheme, host: bracketed ?? plain, port: Number(port) };
}

/** Refuses names where an address to bind is needed (embed.checkBindURLs). */
export function checkBindUrls(urls: readonly ListenUrl[]): void {
  for (const { text, scheme, host } of urls) {
    if (scheme.startsWith("unix") || host === "localhost") continue;
    const isAddress = /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(":");
    if (!isAddress) throw new Error(`expected IP in URL for binding (${text})`);
  }
}

/** Refuses addresses that nobody could call (embed.checkHostURLs). */
export function checkHostUrls(urls: readonly ListenUrl[], flag: string, wanted: string): void {
  const empty = urls.find(({ scheme, host }) => !scheme.startsWith("unix") && host === "");
  if (empty === undefined) return;
  const all = JSON.stringify(urls.map(({ text }) => text).join(","));
  throw new Error(`${flag} ${all} must be ${wanted} (unexpected empty host (${empty.text}))`);
}
