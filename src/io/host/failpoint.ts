/**
 * A named place where a test may stop, delay or break the program, under gofail's names
 * (`walBeforeSync`). Whoever has no use for it passes nothing and pays nothing.
 *
 * A returned text is the error of a `string` failpoint; throwing is a `panic` one. Where a sleep is to
 * hold up less than the process, the place brings `sleep`, which gets the milliseconds.
 */
export type Failpoint = (name: string, sleep?: (ms: number) => void) => string | undefined | void;
