// Requests that carry a password: it is hashed or compared before anything is proposed, so that none
// ever reaches the log (v3_server.go, Authenticate, UserAdd, UserChangePassword).
import { encodeUtf8 } from "../../base/index.ts";
import { type AuthInfo, type AuthStore, encodeBase64, tokenPrefix } from "../../core/auth/index.ts";
import { EtcdError, errors } from "../../core/errors/index.ts";
import {
  type AuthenticateRequest,
  type AuthUserAddRequest,
  type AuthUserChangePasswordRequest,
  encodeAuthUserAddRequest,
  encodeAuthUserChangePasswordRequest,
  encodeInternalAuthenticateRequest,
  makeInternalAuthenticateRequest,
} from "../../core/proto/index.ts";
import type { Clock, Log, Random } from "../../io/host/index.ts";
import type { Credentials } from "./credentials.ts";
import type { Member, Settled } from "./member.ts";

export interface AuthenticatorParts {
  readonly auth: AuthStore;
  readonly member: Member;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a caller gets: the outcome of the entry, or an error from before it. */
type Settle = (outcome: Settled | Error) => void;

/** bcrypt looks at no more; Go refuses a longer password rather than pass over its end. */
const passwordBytesMax = 72;

export class Authenticator {
  readonly #parts: AuthenticatorParts;
  readonly #random: Random;

  constructor(parts: AuthenticatorParts, random: Random) {
    this.#parts = parts;
    this.#random = random;
  }

  /** Compares the password with what is known linearizably, then has every member make the token. */
  authenticate(request: AuthenticateRequest, settle: Settle): void {
    const { member, clock } = this.#parts;
    const untilMs = clock.nowMs() + member.settings.requestTimeoutMs;
    member.readIndex((error) => {
      if (error !== undefined) return settle(error);
      this.#attempt(request, untilMs, settle);
    });
  }

  #attempt(request: AuthenticateRequest, untilMs: number, settle: Settle): void {
    const { auth, credentials, log } = this.#parts;
    if (!auth.isEnabled) return settle(errors.authNotEnabled());
    const { name } = request;
    const { revision } = auth;
    const stored = auth.passwordOf(name);
    // Who is not there, or has no password, costs as much time as who is.
    const hash = stored?.isGiven === true ? stored.hash : undefined;
    credentials.passwords.verify(request.password, hash, (matches) => {
      const refusal =
        matches === true ? undefined : this.#refusalOf(name, stored?.isGiven !== false, matches);
      if (refusal === undefined) return this.#propose(request, revision, untilMs, settle);
      log.warn("invalid authentication was requested", { user: name, error: refusal });
      settle(refusal);
    });
  }

  #refusalOf(name: string, hasPassword: boolean, result: boolean | Error): Error {
    if (result instanceof Error) return result;
    if (!hasPassword) return errors.noPasswordUser();
    const known = this.#parts.auth.passwordOf(name) !== undefined;
    if (known) this.#parts.log.info("invalid password", { "user-name": name });
    return errors.authFailed();
  }

  #propose(
    request: AuthenticateRequest,
    checkedRevision: number,
    untilMs: number,
    settle: Settle,
  ): void {
    const { auth, member, clock, log } = this.#parts;
    const { name } = request;
    const fill = (target: Uint8Array): void => this.#random.fill(target);
    const simpleToken = auth.tokens.wantsPrefix ? tokenPrefix(fill) : "";
    const entry = makeInternalAuthenticateRequest({ name, simpleToken });
    member.propose("authenticate", encodeInternalAuthenticateRequest(entry), (outcome) => {
      if (outcome instanceof EtcdError || checkedRevision === auth.revision) return settle(outcome);
      // The password may have been changed between the check and the entry.
      log.info("revision when password checked became stale; retrying");
      if (clock.nowMs() >= untilMs) return settle(errors.timeout());
      this.#attempt(request, untilMs, settle);
    });
  }

  /** To be asked before anything else, as etcd hashes first. @throws passwordTooLong */
  checkLength(password: string): void {
    if (encodeUtf8(password).length > passwordBytesMax) throw errors.passwordTooLong();
  }

  addUser(request: AuthUserAddRequest, info: AuthInfo | undefined, settle: Settle): void {
    const propose = (hashedPassword: string): void => {
      // A password that is not to be had is not to be in the log either.
      const hashed = { ...request, password: "", hashedPassword };
      this.#parts.member.propose("authUserAdd", encodeAuthUserAddRequest(hashed), settle, info);
    };
    if (request.options?.noPassword) return propose("");
    this.#hash(request.password, info, settle, propose);
  }

  changePassword(
    request: AuthUserChangePasswordRequest,
    info: AuthInfo | undefined,
    settle: Settle,
  ): void {
    const propose = (hashedPassword: string): void => {
      const hashed = { ...request, password: "", hashedPassword };
      const bytes = encodeAuthUserChangePasswordRequest(hashed);
      this.#parts.member.propose("authUserChangePassword", bytes, settle, info);
    };
    // Without a password none is hashed, and the user has none that could ever match.
    if (request.password === "") return propose(request.hashedPassword);
    this.#hash(request.password, info, settle, propose);
  }

  /** Who is refused at the end anyway is refused before work is done for them. */
  #hash(
    password: string,
    info: AuthInfo | undefined,
    settle: Settle,
    propose: (hashedPassword: string) => void,
  ): void {
    const { auth, credentials } = this.#parts;
    const refusal = auth.adminRefusal(info);
    if (refusal !== undefined) return settle(refusal);
    credentials.passwords.hash(password, (hash) => {
      if (hash instanceof Error) settle(hash);
      else propose(encodeBase64(hash));
    });
  }
}
