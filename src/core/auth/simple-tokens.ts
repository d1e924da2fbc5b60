// Simple tokens: sixteen random letters, a dot, and a log index. Every member makes the same ones from
// the log and keeps them in memory for a while after their last use (auth/simple_token.go).
import type { AuthInfo, TokenProvider } from "./ports.ts";

interface Token {
  readonly username: string;
  expiresMs: number;
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const prefixLength = 16;
/** How often those past their time are looked for. */
const sweepIntervalMs = 1000;

export interface SimpleTokenOptions {
  /** From the last use on. */
  readonly ttlMs: number;
  readonly nowMs: () => number;
}

/** As many tokens as were asked for within their time; each cost whoever asked one password check. */
export class SimpleTokens implements TokenProvider {
  readonly refusal = undefined;
  readonly wantsPrefix = true;
  readonly #options: SimpleTokenOptions;
  readonly #tokens = new Map<string, Token>();
  #enabled = false;
  #sweptMs = 0;

  constructor(options: SimpleTokenOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#tokens.size;
  }

  enable(): void {
    this.#enabled = true;
  }

  disable(): void {
    this.#enabled = false;
    this.#tokens.clear();
  }

  invalidateUser(username: string): void {
    for (const [text, token] of this.#tokens) {
      if (token.username === username) this.#tokens.delete(text);
    }
  }

  assign(username: string, _revision: number, prefix: string, index: number): () => string {
    const text = `${prefix}.${index}`;
    const nowMs = this.#options.nowMs();
    this.#sweep(nowMs);
    if (this.#enabled) this.#tokens.set(text, { username, expiresMs: nowMs + this.#options.ttlMs });
    return () => text;
  }

  infoOf(text: string, revision: number): AuthInfo | undefined {
    const token = this.#tokens.get(text);
    if (token === undefined) return undefined;
    const nowMs = this.#options.nowMs();
    if (token.expiresMs < nowMs) {
      this.#tokens.delete(text);
      return undefined;
    }
    token.expiresMs = nowMs + this.#options.ttlMs;
    return { username: token.username, revision };
  }

  #sweep(nowMs: number): void {
    if (nowMs < this.#sweptMs + sweepIntervalMs) return;
    this.#sweptMs = nowMs;
    for (const [text, token] of this.#tokens) {
      if (token.expiresMs < nowMs) this.#tokens.delete(text);
    }
  }
}

/** The random part of a token: every letter is as likely as the others. */
export function tokenPrefix(fill: (target: Uint8Array) => void): string {
  const bytes = new Uint8Array(2 * prefixLength);
  const fair = 256 - (256 % letters.length);
  let prefix = "";
  while (prefix.length < prefixLength) {
    fill(bytes);
    for (const byte of bytes) {
      if (byte < fair && prefix.length < prefixLength) prefix += letters[byte % letters.length]!;
    }
  }
  return prefix;
}

/** The log index a simple token names; undefined when it names none. */
export function tokenIndex(token: string): number | undefined {
  const digits = /^[^.]*\.(\d{1,20})$/.exec(token)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
