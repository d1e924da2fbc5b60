// Go's duration text: 300ms, 1h30m, 2h0m0s. Read and printed as time.ParseDuration and
// Duration.String do, in milliseconds.

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds, or undefined where Go reports a parse error. */
export function parseDuration(text: string): number | undefined {
  const [, sign = "", rest = ""] = /^([-+]?)(.*)$/.exec(text) ?? [];
  if (rest === "0") return 0;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(rest)) return undefined;
  let total = 0;
  for (const [, number = "", unit = ""] of rest.matchAll(/([\d.]+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    total += Number(number) * (unitMs[unit] ?? 0);
  }
  // Go's nanoseconds are an int64.
  if (total > 9_223_372_036_854.775) return undefined;
  return sign === "-" ? -total : total;
}

/** As Go prints it: 0s, 1.5ms, 100ms, 1m0s, 2h0m0s. */
export function formatDuration(ms: number): string {
  const sign = ms < 0 ? "-" : "";
  // Go counts nanoseconds.
  const size = Math.round(Math.abs(ms) * 1e6) / 1e6;
  if (size === 0) return "0s";
  const trim = (value: number): string => value.toFixed(9).replace(/\.?0+$/, "");
  if (size < 0.001) return `${sign}${trim(size * 1e6)}ns`;
  if (size < 1) return `${sign}${trim(size * 1000)}µs`;
  if (size < 1000) return `${sign}${trim(size)}ms`;
  const hours = Math.floor(size / 3_600_000);
  const minutes = Math.floor((size % 3_600_000) / 60_000);
  const seconds = trim((size % 60_000) / 1000);
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`;
}
