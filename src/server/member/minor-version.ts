// Versions as the cluster compares them: by major and minor alone.

import type { Log } from "../../io/host/index.ts";

export interface Minor {
  readonly major: number;
  readonly minor: number;
}

/** Of `3.7.3`, `3.7.0-rc.1`; undefined when it is no version. */
export function minorOf(version: string): Minor | undefined {
  const match = /^(\d+)\.(\d+)\.\d+(?:[-+].*)?$/.exec(version);
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) };
}

/** X.Y.0 of a version that is one. */
export const minorText = (version: string): string => {
  const minor = minorOf(version);
  return minor === undefined ? version : `${minor.major}.${minor.minor}.0`;
};

/** The only step a downgrade takes. */
export const isOneMinorBelow = (target: Minor, from: Minor): boolean =>
  target.major === from.major && target.minor === from.minor - 1;

export function isLessMinor(version: string, than: string): boolean {
  const [a, b] = [minorOf(version), minorOf(than)];
  if (a === undefined || b === undefined) return false;
  return a.major < b.major || (a.major === b.major && a.minor < b.minor);
}

/** A member whose cluster speaks more than it can must not go on (version.mustDetectDowngrade). */
export function invalidDowngrade(
  { log, options }: { log: Log; options: { serverVersion: string } },
  clusterVersion: string,
): Error {
  const what = "invalid downgrade; server version is lower than determined cluster version";
  log.error(what, {
    "current-server-version": options.serverVersion,
    "determined-cluster-version": clusterVersion.replace(/\.\d+$/, ""),
  });
  return new Error(what);
}
