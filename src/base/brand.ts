declare const brand: unique symbol;

/** A `Base` that only its own constructor can make, so that a term is never taken for an index. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
