// Runs with users and roles: an administrator who keeps changing who may do what, users who ask all the
// while, most often just then, and everybody else's load with the administrator's rights.
import { type RandomSource, seededRandom } from "../src/base/index.ts";
import { CompareResult, PermissionType } from "../src/core/proto/index.ts";
import { passwordsOf } from "./logins.ts";
import { type PlannedAction, type PlannedAuth, type PlannedOp, seedFor } from "./plan.ts";
import type { LoadScope } from "./workload.ts";

const adminClient = 50;
const firstUserClient = 52;
const admins = 2;
const users = ["alice", "bob"] as const;
const roles = ["reader", "writer", "tester"] as const;
const keys = ["k00", "k01", "k02", "k03", "k05", "k08"] as const;
/** Well-formed: what a range without keys needs is not modelled. */
const ranges = [
  ["k00", ""],
  ["k01", ""],
  ["k00", "k03"],
  ["k03", "k09"],
  ["k02", "k05"],
  ["k02", "k06"],
  ["k01", "\0"],
  ["\0", "\0"],
] as const;
const accesses = [PermissionType.READ, PermissionType.WRITE, PermissionType.READWRITE] as const;
/** Leases of users; nobody else's. */
const firstLease = 500;

const chance = (random: RandomSource, percent: number): boolean => random.below(100) < percent;
const pick = <Item>(random: RandomSource, items: readonly Item[]): Item =>
  items[random.below(items.length)]!;

/** How long a token lives in this run; undefined where nobody has to log in. */
export function planTokens(seed: number): number | undefined {
  const random = seededRandom(seedFor(seed, "tokens"));
  return chance(random, 30) ? pick(random, [300_000, 300_000, 4000]) : undefined;
}

/** Everybody else: mostly the administrator, now and then nobody. */
export function withUsers(ops: readonly PlannedOp[], seed: number): PlannedOp[] {
  const random = seededRandom(seedFor(seed, "who"));
  return ops.map((op) => (chance(random, 3) ? op : { ...op, user: "root" }));
}

export function planAuthOps(scope: LoadScope): PlannedOp[] {
  const random = seededRandom(seedFor(scope.seed, "auth load"));
  const { members, healAtMs } = scope;
  const ops: PlannedOp[] = [];
  let atMs = 600;
  const change = (action: PlannedAuth): void => {
    const client = adminClient + random.below(admins);
    ops.push({ atMs, client, member: random.below(members), user: "root", action });
    if (chance(random, 60)) ops.push(...userOps(random, scope, atMs - 3, 1 + random.below(4)));
  };
  for (const action of beginning()) {
    const member = random.below(members);
    ops.push({ atMs: (atMs += 5), client: adminClient, member, user: "root", action });
  }
  const gapMs = pick(random, [300, 1000, 3000]);
  for (atMs += 500; atMs < healAtMs; atMs += 1 + random.below(2 * gapMs)) {
    change(pick(random, [oneChange, oneChange, oneChange, oneSwitch])(random));
  }
  const askMs = pick(random, [80, 300]);
  for (let at = 1500; at < healAtMs; at += 1 + random.below(2 * askMs)) {
    ops.push(...userOps(random, scope, at, 1));
  }
  return ops;
}

function beginning(): PlannedAuth[] {
  const auth = (method: PlannedAuth["method"], rest: Partial<PlannedAuth> = {}): PlannedAuth => ({
    kind: "auth",
    method,
    ...rest,
  });
  return [
    auth("authUserAdd", { name: "root", password: passwordsOf("root")[0] }),
    auth("authUserGrantRole", { name: "root", role: "root" }),
    ...users.map((name) => auth("authUserAdd", { name, password: passwordsOf(name)[0] })),
    ...roles.map((role) => auth("authRoleAdd", { role })),
    auth("authRoleGrantPermission", { role: "reader", key: "k00", end: "k09", access: 0 }),
    auth("authRoleGrantPermission", { role: "writer", key: "k00", end: "k09", access: 2 }),
    auth("authUserGrantRole", { name: "alice", role: "writer" }),
    auth("authUserGrantRole", { name: "bob", role: "reader" }),
    auth("authEnable"),
  ];
}

/** On, off, and what must be there before it can be on. */
function oneSwitch(random: RandomSource): PlannedAuth {
  const dice = random.below(100);
  if (dice < 15) return { kind: "auth", method: "authDisable" };
  if (dice < 60) return { kind: "auth", method: "authEnable" };
  if (dice < 70) {
    const [password] = passwordsOf("root");
    return { kind: "auth", method: "authUserAdd", name: "root", password };
  }
  if (dice < 80) return { kind: "auth", method: "authUserGrantRole", name: "root", role: "root" };
  return { kind: "auth", method: "authStatus" };
}

function oneChange(random: RandomSource): PlannedAuth {
  const name = pick(random, users);
  const role = pick(random, roles);
  const [key, end] = pick(random, ranges);
  const kind = "auth";
  const dice = random.below(100);
  if (dice < 20) return { kind, method: "authUserGrantRole", name, role };
  if (dice < 33) return { kind, method: "authUserRevokeRole", name, role };
  if (dice < 53) {
    const access = pick(random, accesses);
    return { kind, method: "authRoleGrantPermission", role, key, end, access };
  }
  if (dice < 65) return { kind, method: "authRoleRevokePermission", role, key, end };
  if (dice < 75) {
    const password = pick(random, passwordsOf(name));
    return { kind, method: "authUserChangePassword", name, password };
  }
  if (dice < 80) return { kind, method: "authUserDelete", name };
  if (dice < 88) {
    return { kind, method: "authUserAdd", name, password: pick(random, passwordsOf(name)) };
  }
  if (dice < 91) return { kind, method: "authRoleDelete", role };
  if (dice < 95) return { kind, method: "authRoleAdd", role };
  return pick(random, [
    { kind, method: "authUserGet", name },
    { kind, method: "authRoleGet", role },
  ]);
}

function userOps(
  random: RandomSource,
  { members }: LoadScope,
  fromMs: number,
  count: number,
): PlannedOp[] {
  return Array.from({ length: count }, () => {
    const at = random.below(2 * users.length);
    return {
      atMs: Math.max(0, fromMs + random.below(6)),
      client: firstUserClient + at,
      member: random.below(members),
      user: users[at % users.length]!,
      ...(chance(random, 8) && { isStale: true as const }),
      action: userAction(random, `u${fromMs}.${random.below(1000)}`),
    };
  });
}

function userAction(random: RandomSource, value: string): PlannedAction {
  const key = pick(random, keys);
  const [from, end] = pick(random, ranges);
  const lease = firstLease + random.below(3);
  const prevKv = chance(random, 20) ? { prevKv: true } : {};
  const dice = random.below(100);
  if (dice < 30) return { kind: "put", key, value, ...prevKv };
  if (dice < 55) {
    const serializable = chance(random, 30) ? { serializable: true } : {};
    return { kind: "range", key: from, ...(end !== "" && { end }), ...serializable };
  }
  if (dice < 62) return { kind: "delete", key, ...prevKv };
  if (dice < 66) return { kind: "delete", key: from, ...(end !== "" && { end }), ...prevKv };
  if (dice < 78) {
    const compare = { key, target: "version", result: CompareResult.GREATER, number: 0 } as const;
    const other = pick(random, keys);
    const success: PlannedAction[] = [{ kind: "put", key, value }];
    return { kind: "txn", compare: [compare], success, failure: [{ kind: "range", key: other }] };
  }
  if (dice < 82) return { kind: "grant", lease, ttl: 5000 };
  if (dice < 88) return { kind: "put", key, value, lease };
  if (dice < 91) return { kind: "revoke", lease };
  if (dice < 94) return { kind: "renew", lease };
  if (dice < 96) return { kind: "compact", revision: { ago: 5 } };
  return { kind: "auth", method: pick(random, ["authStatus", "authDisable", "authUserGet"]) };
}
