// Sizes as etcd's log has them (go-humanize Bytes): `36 kB`, `1.2 GB`.

const units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

export function humanSize(bytes: number): string {
  if (bytes < 10) return `${bytes} B`;
  const power = Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = Math.floor((bytes / 1_000 ** power) * 10 + 0.5) / 10;
  return `${value < 10 ? value.toFixed(1) : toEven(value)} ${units[power]}`;
}

/** As Go prints with %.0f: a half goes to the even neighbour. */
function toEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
