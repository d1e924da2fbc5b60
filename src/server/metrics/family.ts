// What a metric is, and what is read of it when somebody scrapes.
import { exponentialBounds, type Histogram } from "../../base/index.ts";

export type MetricKind = "counter" | "gauge" | "histogram" | "summary";

export interface Family {
  readonly name: string;
  readonly kind: MetricKind;
  readonly help: string;
  /** Label names; without any there is exactly one sample, at first zero. */
  readonly labels: readonly string[];
  /** Of a histogram: upper bounds, without infinity. */
  readonly bounds: readonly number[];
}

/** Quantiles with their sum and count. */
export interface Summary {
  readonly quantiles: readonly (readonly [quantile: number, value: number])[];
  readonly sum: number;
  readonly count: number;
}

export interface Sample {
  /** One for each label of the family, in its order. */
  readonly labels: readonly string[];
  readonly value: number | Histogram | Summary;
}

/** Called at each scrape. */
export type Reader = () => Iterable<Sample>;

interface Rest {
  readonly labels?: readonly string[];
  /** Of exponential buckets: the first bound, the factor, how many. */
  readonly bounds?: readonly [start: number, factor: number, count: number];
}

const family = (kind: MetricKind, name: string, help: string, rest: Rest): Family => ({
  name,
  kind,
  help,
  labels: rest.labels ?? [],
  bounds: rest.bounds === undefined ? [] : exponentialBounds(...rest.bounds),
});

export const counter = (name: string, help: string, rest: Rest = {}): Family =>
  family("counter", name, help, rest);
export const gauge = (name: string, help: string, rest: Rest = {}): Family =>
  family("gauge", name, help, rest);
export const histogram = (name: string, help: string, rest: Rest = {}): Family =>
  family("histogram", name, help, rest);
export const summary = (name: string, help: string): Family => family("summary", name, help, {});
