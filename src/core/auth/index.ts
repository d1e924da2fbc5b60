// core/auth: users, roles and what they permit (etcd's auth store). It promises etcd's errors in
// etcd's order, its records byte for byte, and that a change that fails has changed nothing; every
// member that applies the same requests permits the same. It never hashes, signs or takes time and
// chance by itself: passwords come hashed, tokens are a provider's. With auth off a check is one test.
export { decodeBase64, encodeBase64 } from "./base64.ts";
export type { AuthBackend, AuthBucket, AuthInfo, AuthLog, TokenProvider } from "./ports.ts";
export { isValidPermissionRange } from "./range-permissions.ts";
export { SimpleTokens, tokenIndex, tokenPrefix } from "./simple-tokens.ts";
export { AuthStore, type StoredPassword } from "./store.ts";
