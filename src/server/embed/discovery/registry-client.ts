// The discovery service as a discovering member needs it: a few keys of another etcd.
import { decodeUtf8, encodeUtf8 } from "../../../base/index.ts";
import { type Code, EtcdError, errors } from "../../../core/errors/index.ts";
import {
  decodeAuthenticateResponse,
  decodeEvent,
  decodeKeyValue,
  decodeRangeResponse,
  decodeWatchResponse,
  encodeAuthenticateRequest,
  encodePutRequest,
  encodeRangeRequest,
  encodeWatchRequest,
  makeAuthenticateRequest,
  makePutRequest,
  makeRangeRequest,
  makeWatchCreateRequest,
  makeWatchRequest,
} from "../../../core/proto/index.ts";
import { callUnary, type CallRequest, type GrpcChannel } from "../../../io/grpc-client/index.ts";
import type { Registration } from "./found-peers.ts";

export interface RegistryClient {
  /** The key's value; undefined when it does not exist. */
  get(key: string): Promise<string | undefined>;
  /** Everything below the prefix, and the revision at which that is so. */
  list(prefix: string): Promise<{ readonly found: Registration[]; readonly revision: number }>;
  put(key: string, value: string): Promise<void>;
  /** Tells what is put below the prefix from a revision on, until `onPut` says it is enough. */
  watch(prefix: string, revision: number, onPut: (peer: Registration) => boolean): Promise<void>;
  close(): void;
}

export interface RegistryOptions {
  readonly channel: GrpcChannel;
  readonly requestTimeoutMs: number;
  readonly user: string;
  readonly password: string;
}

/** Speaks to a real etcd. */
export class EtcdRegistryClient implements RegistryClient {
  readonly #options: RegistryOptions;
  #token: string | undefined;

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  async get(key: string): Promise<string | undefined> {
    const request = encodeRangeRequest(makeRangeRequest({ key: encodeUtf8(key) }));
    const answer = decodeRangeResponse(await this.#ask("KV/Range", request));
    const [first] = answer.kvs;
    return first === undefined ? undefined : decodeUtf8(decodeKeyValue(first).value);
  }

  async list(prefix: string): Promise<{ found: Registration[]; revision: number }> {
    const request = encodeRangeRequest(makeRangeRequest(rangeOf(prefix)));
    const answer = decodeRangeResponse(await this.#ask("KV/Range", request));
    return { found: answer.kvs.map(registrationOf), revision: answer.header?.revision ?? 0 };
  }

  async put(key: string, value: string): Promise<void> {
    const pair = { key: encodeUtf8(key), value: encodeUtf8(value) };
    await this.#ask("KV/Put", encodePutRequest(makePutRequest(pair)));
  }

  async watch(
    prefix: string,
    revision: number,
    onPut: (peer: Registration) => boolean,
  ): Promise<void> {
    const request = await this.#request("Watch/Watch");
    const create = makeWatchCreateRequest({ ...rangeOf(prefix), startRevision: revision });
    return new Promise((resolve, reject) => {
      const call = this.#options.channel.open(request, {
        onMessage: (bytes) => {
          const response = decodeWatchResponse(bytes);
          for (const event of response.events) {
            const { kv } = decodeEvent(event);
            if (kv === undefined || !onPut(registrationOf(kv))) continue;
            resolve();
            return call.cancel();
          }
          if (response.canceled) call.cancel();
        },
        onEnd: ({ code, message }) => reject(new EtcdError(code as Code, message)),
      });
      const requestUnion = { case: "createRequest", value: create } as const;
      call.send(encodeWatchRequest(makeWatchRequest({ requestUnion })));
    });
  }

  close(): void {
    this.#options.channel.close();
  }

  async #ask(method: string, message: Uint8Array): Promise<Uint8Array> {
    const request = await this.#request(method);
    const timeoutMs = this.#options.requestTimeoutMs;
    return callUnary(this.#options.channel, { ...request, timeoutMs }, message);
  }

  async #request(method: string): Promise<CallRequest> {
    this.#token ??= await this.#authenticate();
    const metadata = this.#token === "" ? {} : { token: this.#token };
    return { path: `/etcdserverpb.${method}`, metadata };
  }

  /** The empty token when there is no user, or the service knows none. */
  async #authenticate(): Promise<string> {
    const { user: name, password, channel, requestTimeoutMs: timeoutMs } = this.#options;
    if (name === "" || password === "") return "";
    const message = encodeAuthenticateRequest(makeAuthenticateRequest({ name, password }));
    try {
      const request = { path: "/etcdserverpb.Auth/Authenticate", timeoutMs };
      return decodeAuthenticateResponse(await callUnary(channel, request, message)).token;
    } catch (error) {
      if (error instanceof EtcdError && error.message === errors.authNotEnabled().message)
        return "";
      throw error;
    }
  }
}

function registrationOf(bytes: Uint8Array): Registration {
  const { key, value, createRevision } = decodeKeyValue(bytes);
  return { key: textOf(key), urls: textOf(value), createRevision };
}

/** Bytes that are no text are no registration of ours. */
const textOf = (bytes: Uint8Array): string => decodeUtf8(bytes)?.trim() ?? "";

/** All keys that begin with `prefix`, which ends in no 0xff. */
function rangeOf(prefix: string): { key: Uint8Array; rangeEnd: Uint8Array } {
  const key = encodeUtf8(prefix);
  const rangeEnd = Uint8Array.from(key);
  rangeEnd[rangeEnd.length - 1] = key[key.length - 1]! + 1;
  return { key, rangeEnd };
}
