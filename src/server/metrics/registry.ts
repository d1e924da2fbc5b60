// All families by name, and who reads them.
import { assert, Histogram } from "../../base/index.ts";
import type { Family, Reader, Sample } from "./family.ts";
import { familyText, type TextFormat } from "./text-format.ts";

const noLabels: readonly string[] = [];

/**
 * The metrics of one process. Nothing is pushed here: readers are asked at each scrape. A family
 * nobody feeds shows zero when it has no labels, and nothing when it has.
 */
export class MetricsRegistry {
  readonly #families = new Map<string, { family: Family; read: Reader }>();
  #order: readonly { family: Family; read: Reader }[] | undefined;

  /** Adds families, each once. */
  add(families: readonly Family[]): void {
    for (const family of families) {
      assert(!this.#families.has(family.name), "a metric is added once");
      const empty = new Histogram(family.bounds);
      const zero: readonly Sample[] =
        family.labels.length > 0
          ? []
          : [{ labels: noLabels, value: family.kind === "histogram" ? empty : 0 }];
      this.#families.set(family.name, { family, read: () => zero });
    }
    this.#order = undefined;
  }

  /** Says where the samples of a family come from. A room that is built later takes its own over. */
  feed(name: string, read: Reader): void {
    const entry = this.#families.get(name);
    assert(entry !== undefined, "only known metrics are fed");
    entry.read = read;
  }

  /** A number, or the histogram, of a family without labels. */
  feedValue(name: string, read: () => number | boolean | Histogram): void {
    this.feed(name, () => {
      const value = read();
      return [{ labels: noLabels, value: typeof value === "boolean" ? Number(value) : value }];
    });
  }

  families(): readonly Family[] {
    return this.#sorted().map(({ family }) => family);
  }

  text(format: TextFormat): string {
    let text = "";
    for (const { family, read } of this.#sorted()) text += familyText(family, read(), format);
    return format === "openmetrics" ? `${text}# EOF\n` : text;
  }

  #sorted(): readonly { family: Family; read: Reader }[] {
    this.#order ??= [...this.#families.values()].toSorted((a, b) =>
      a.family.name < b.family.name ? -1 : 1,
    );
    return this.#order;
  }
}
