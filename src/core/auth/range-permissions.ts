// What one user may read and write: the grants of all their roles together (auth/range_perm_cache.go).
import { compareBytes } from "../../base/index.ts";
import { type Permission, PermissionType, type Role } from "../proto/index.ts";
import { IntervalTree } from "./interval-tree.ts";
import { Intervals } from "./intervals.ts";

type Grant = readonly [begin: Uint8Array, end: Uint8Array | undefined];

/** One zero byte as the end of a range stands for no end. */
const isOpenEnd = (rangeEnd: Uint8Array): boolean => rangeEnd.length === 1 && rangeEnd[0] === 0;

/** Whether a permission may be given on this range: a key, a range that is not empty, or open. */
export const isValidPermissionRange = (key: Uint8Array, rangeEnd: Uint8Array): boolean =>
  key.length > 0 &&
  (rangeEnd.length === 0 || isOpenEnd(rangeEnd) || compareBytes(key, rangeEnd) < 0);

export class RangePermissions {
  readonly #read: Granted;
  readonly #write: Granted;

  constructor(roles: readonly Role[]) {
    const read: Grant[] = [];
    const write: Grant[] = [];
    for (const permission of roles.flatMap((role) => role.keyPermission)) {
      const grant = grantOf(permission);
      if (grant === undefined) continue;
      const { permType } = permission;
      if (permType === PermissionType.READ || permType === PermissionType.READWRITE) {
        read.push(grant);
      }
      if (permType === PermissionType.WRITE || permType === PermissionType.READWRITE) {
        write.push(grant);
      }
    }
    this.#read = new Granted(read);
    this.#write = new Granted(write);
  }

  mayRead(key: Uint8Array, rangeEnd: Uint8Array): boolean {
    return this.#read.contains(key, rangeEnd);
  }

  mayWrite(key: Uint8Array, rangeEnd: Uint8Array): boolean {
    return this.#write.contains(key, rangeEnd);
  }
}

/** An empty key is beyond every key for etcd, so that what old versions stored with one gives nothing. */
function grantOf({ key, rangeEnd }: Permission): Grant | undefined {
  if (key.length === 0) return undefined;
  if (rangeEnd.length === 0) return [key, successor(key)];
  return [key, isOpenEnd(rangeEnd) ? undefined : rangeEnd];
}

/** The first key behind `key`. */
function successor(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}

/** The grants of one kind. */
class Granted {
  readonly #grants: readonly Grant[];
  readonly #keys: Intervals;
  #tree: IntervalTree | undefined;

  constructor(grants: readonly Grant[]) {
    this.#grants = grants;
    this.#keys = new Intervals(grants);
  }

  contains(key: Uint8Array, rangeEnd: Uint8Array): boolean {
    if (rangeEnd.length === 0) return this.#keys.hasKey(key);
    if (isOpenEnd(rangeEnd)) return this.#keys.covers(key, undefined);
    if (compareBytes(key, rangeEnd) < 0) return this.#keys.covers(key, rangeEnd);
    this.#tree ??= new IntervalTree(this.#grants);
    return this.#tree.permitsEmptyRange(key, rangeEnd);
  }
}
