/** A planted bug: replaces one snippet of one source file. */
export interface Mutant {
  readonly name: string;
  /** The issue of etcd it stands for, or the rule it breaks. */
  readonly about: string;
  readonly file: string;
  readonly snippet: string;
  readonly instead: string;
  /** Who kills it: whole clusters, those over byte streams, or the exhaustive power losses under the log. */
  readonly net: "seeds" | "byte streams" | "crash suite";
  /** The cluster it can show itself in, where not every size will do. */
  readonly members?: number;
}

export type MutantRow = readonly [
  name: string,
  about: string,
  file: string,
  snippet: string,
  instead: string,
];

/** The bugs that these rows tell; their files are named from the folder on. */
export const mutantsOf = (
  net: Mutant["net"],
  rows: readonly MutantRow[],
  folder = "src/",
): Mutant[] =>
  rows.map(([name, about, file, snippet, instead]) => ({
    name,
    about,
    file: folder + file,
    snippet,
    instead,
    net,
  }));
