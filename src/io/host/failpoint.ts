/**
 * A named place where a test may stop, delay or break the program, under gofail's names
 * (`walBeforeSync`). Whoever has no use for it passes nothing and pays nothing.
 *
 * A returned text is the error of a `string` failpoint; throwing is a `panic` one.
 */
export type Failpoint = (name: string) => string | undefined | void;
