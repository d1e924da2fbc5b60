// Which versions of etcd talk to each other (rafthttp util.go). Only major and minor count.

export interface MajorMinor {
  readonly major: number;
  readonly minor: number;
}

const shape = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

/** Who says nothing is etcd 2.0. Undefined for what is no version. */
export function parseVersion(text: string): MajorMinor | undefined {
  const found = shape.exec(text === "" ? "2.0.0" : text);
  return found === null ? undefined : { major: Number(found[1]), minor: Number(found[2]) };
}

/** Negative when `a` is older, 0 when they are alike. */
export const compareVersions = (a: MajorMinor, b: MajorMinor): number =>
  a.major - b.major || a.minor - b.minor;

/** Whether a server of an older version has both kinds of stream: from 2.1 to 3.7. */
export const hasStreams = ({ major, minor }: MajorMinor): boolean =>
  (major === 2 && minor >= 1 && minor <= 3) || (major === 3 && minor <= 7);

/** Of the other side and of this one. */
export interface VersionPair {
  readonly server: MajorMinor | undefined;
  readonly minCluster: MajorMinor | undefined;
}

/** Undefined when they may talk, else why not; a version that is none is not talked to. */
export function incompatibility(
  name: string,
  remote: VersionPair,
  local: VersionPair,
): string | undefined {
  if (remote.server === undefined || remote.minCluster === undefined) {
    return `remote version cannot be read: remote[${name}]`;
  }
  const said = `remote[${name}]=${textOf(remote.server)}, local=${textOf(local.server!)}`;
  if (compareVersions(remote.server, local.minCluster!) < 0) {
    return `remote version is too low: ${said}`;
  }
  if (compareVersions(remote.minCluster, local.server!) > 0) {
    return `local version is too low: ${said}`;
  }
  return undefined;
}

const textOf = ({ major, minor }: MajorMinor): string => `${major}.${minor}.0`;
