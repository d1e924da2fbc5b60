// Which of a member's URLs is tried: the one that worked last, else the next (urlpick.go).
import { assert } from "../../base/index.ts";

export class UrlPicker {
  #urls: readonly string[];
  #picked = 0;

  constructor(urls: readonly string[]) {
    assert(urls.length > 0, "a member has a URL");
    this.#urls = urls;
  }

  update(urls: readonly string[]): void {
    assert(urls.length > 0, "a member has a URL");
    this.#urls = urls;
    this.#picked = 0;
  }

  pick(): string {
    return this.#urls[this.#picked]!;
  }

  /** Turns to the next URL, unless someone did already. */
  unreachable(url: string): void {
    if (url === this.pick()) this.#picked = (this.#picked + 1) % this.#urls.length;
  }
}

const urlsMax = 32;

/**
 * The URLs sorted, or undefined when one is not of the form etcd takes: scheme, host and port,
 * nothing more (types.NewURLs).
 */
export function peerUrls(texts: readonly string[]): string[] | undefined {
  const urls = texts.map((text) => text.trim());
  if (urls.length === 0 || urls.length > urlsMax) return undefined;
  if (!urls.every((url) => urlShape.test(url))) return undefined;
  return urls.toSorted();
}

const urlShape = /^(?:https?:\/\/[^/?#@\s]+:[0-9]{1,5}|unixs?:\/\/[^/?#\s]+)$/;
