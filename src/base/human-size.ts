// Sizes as etcd's log has them (go-humanize Bytes): `36 kB`, `1.2 GB`.

const units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

export function humanSize(bytes: number): string {
  if (bytes < 10) return `${bytes} B`;
  const power = Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = Math.floor((bytes / 1_000 ** power) * 10 + 0.5) / 10;
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${units[power]}`;
}
