// What one user may read and write: the grants of all their roles together (auth/range_perm_cache.go).
import { compareBytes } from "../../base/index.ts";
import { type Permission, PermissionType, type Role } from "../proto/index.ts";
import { Intervals } from "./intervals.ts";

type Grant = readonly [begin: Uint8Array, end: Uint8Array | undefined];

/** One zero byte as the end of a range stands for no end. */
const isOpenEnd = (rangeEnd: Uint8Array): boolean => rangeEnd.length === 1 && rangeEnd[0] === 0;

/** Whether a permission may be given on this range: a key, a range that is not empty, or open. */
export const isValidPermissionRange = (key: Uint8Array, rangeEnd: Uint8Array): boolean =>
  key.length > 0 &&
  (rangeEnd.length === 0 || isOpenEnd(rangeEnd) || compareBytes(key, rangeEnd) < 0);

export class RangePermissions {
  readonly #read: Intervals;
  readonly #write: Intervals;

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
    this.#read = new Intervals(read);
    this.#write = new Intervals(write);
  }

  mayRead(key: Uint8Array, rangeEnd: Uint8Array): boolean {
    return contains(this.#read, key, rangeEnd);
  }

  mayWrite(key: Uint8Array, rangeEnd: Uint8Array): boolean {
    return contains(this.#write, key, rangeEnd);
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

const contains = (set: Intervals, key: Uint8Array, rangeEnd: Uint8Array): boolean =>
  rangeEnd.length === 0
    ? set.hasKey(key)
    : set.covers(key, isOpenEnd(rangeEnd) ? undefined : rangeEnd);
