// Planted bugs in who may do what.
import { type Mutant, mutantsOf } from "./mutant.ts";

export const authMutants: readonly Mutant[] = mutantsOf("seeds", [
  [
    "permission-at-proposal-alone",
    "what somebody may do is not looked at when a put is applied",
    "core/apply/applier.ts",
    "        if (isGuarded) checkPutAuth(machine, info, put);\n",
    "",
  ],
  [
    "auth-revision-not-checked",
    "a request is applied though users and roles have changed since it was proposed",
    "core/auth/store.ts",
    "if (info.revision < revision) {",
    "if (info.revision < 0) {",
  ],
  [
    "permissions-remembered",
    "what a user may do is not found out again after roles have changed",
    "core/auth/state.ts",
    "    this.#records.saveRevision(this.revision);\n    this.#permissions.clear();\n",
    "    this.#records.saveRevision(this.revision);\n",
  ],
  [
    "token-outlives-password",
    "tokens go on being good after their user's password was changed",
    "core/auth/users.ts",
    "password });\n  state.commitRevision();\n  state.tokens.invalidateUser(name);\n",
    "password });\n  state.commitRevision();\n",
  ],
  [
    "token-outlives-auth",
    "tokens are not forgotten when auth is disabled",
    "core/auth/state.ts",
    "    else this.tokens.disable();\n",
    "",
  ],
  [
    "token-outlives-snapshot",
    "a snapshot that jumps over a token's end leaves it good (the simulator found it)",
    "core/auth/state.ts",
    "    this.tokens.disable();\n    if (this.enabled) this.tokens.enable();\n",
    "    if (this.enabled) this.tokens.enable();\n",
  ],
  [
    "auth-forgotten",
    "etcd 14409: after a start nobody knows that auth was enabled",
    "core/auth/state.ts",
    "    this.enabled = this.#records.isEnabled();\n",
    "",
  ],
  [
    "role-deleted-in-name",
    "a deleted role stays with the users who hold it",
    "core/auth/roles.ts",
    "    if (roles.length < user.roles.length) state.saveUser({ ...user, roles });\n",
    "",
  ],
  [
    "transaction-checks-one-arm",
    "of a transaction only the operations of its first arm need to be permitted",
    "core/apply/auth-check.ts",
    "  for (const operation of request.failure) checkOperationAuth(guard, info, operation);\n",
    "",
  ],
  [
    "previous-needs-no-permission",
    "CVE-2026-44283: who may write a key may read what it was before",
    "core/apply/auth-check.ts",
    "  if (request.prevKv) auth.checkRange(info, request.key, emptyBytes);\n",
    "",
  ],
]);
