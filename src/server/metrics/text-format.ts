// Prometheus' text format 0.0.4 and OpenMetrics 1.0.0, as client_golang writes them.
import { Histogram } from "../../base/index.ts";
import type { Family, Sample, Summary } from "./family.ts";

export type TextFormat = "prometheus" | "openmetrics";

export const contentTypes: Readonly<Record<TextFormat, string>> = {
  prometheus: "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores",
};

/** The lines of one family; none when it has no samples. */
export function familyText(family: Family, samples: Iterable<Sample>, format: TextFormat): string {
  const { name, kind, help } = family;
  const lines: string[] = [];
  // OpenMetrics counts `x` in samples called `x_total`.
  const isCounter = format === "openmetrics" && kind === "counter";
  const base = isCounter ? name.replace(/_total$/, "") : name;
  for (const { labels, value } of samples) {
    // By name, whatever their order in the family.
    const pairs = family.labels.map((label, at) => pair(label, labels[at] ?? "")).toSorted();
    if (typeof value === "number") {
      lines.push(`${base}${isCounter ? "_total" : ""}${inBraces(pairs)} ${floatText(value)}`);
    } else if (value instanceof Histogram) pushHistogram(lines, name, pairs, value);
    else pushSummary(lines, name, pairs, value);
  }
  if (lines.length === 0) return "";
  return `# HELP ${base} ${escapeHelp(help)}\n# TYPE ${base} ${kind}\n${lines.join("\n")}\n`;
}

function pushHistogram(
  lines: string[],
  name: string,
  pairs: readonly string[],
  { bounds, counts, sum }: Histogram,
): void {
  let total = 0;
  for (const [at, count] of counts.entries()) {
    total += count;
    const bound = at < bounds.length ? floatText(bounds[at]!) : "+Inf";
    lines.push(`${name}_bucket${inBraces([...pairs, pair("le", bound)])} ${floatText(total)}`);
  }
  lines.push(`${name}_sum${inBraces(pairs)} ${floatText(sum)}`);
  lines.push(`${name}_count${inBraces(pairs)} ${floatText(total)}`);
}

function pushSummary(
  lines: string[],
  name: string,
  pairs: readonly string[],
  { quantiles, sum, count }: Summary,
): void {
  for (const [quantile, value] of quantiles) {
    const labels = inBraces([...pairs, pair("quantile", floatText(quantile))]);
    lines.push(`${name}${labels} ${floatText(value)}`);
  }
  lines.push(`${name}_sum${inBraces(pairs)} ${floatText(sum)}`);
  lines.push(`${name}_count${inBraces(pairs)} ${floatText(count)}`);
}

const inBraces = (pairs: readonly string[]): string =>
  pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
const pair = (label: string, value: string): string => `${label}="${escapeLabel(value)}"`;
const escapeHelp = (text: string): string =>
  text.replaceAll("\\", "\\\\").replaceAll("\n", String.raw`\n`);
const escapeLabel = (text: string): string => escapeHelp(text).replaceAll('"', String.raw`\"`);

/** strconv.FormatFloat(value, 'g', -1, 64). */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (value === 0) return "0";
  const [mantissa = "", exponentText = ""] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 6) return String(value);
  const sign = exponent < 0 ? "-" : "+";
  return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
