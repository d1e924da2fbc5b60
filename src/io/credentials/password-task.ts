// What goes to a bcrypt thread and what comes back.

export type PasswordTask =
  | { readonly id: number; readonly kind: "hash"; readonly password: string }
  | {
      readonly id: number;
      readonly kind: "verify";
      readonly password: string;
      /** Undefined for nobody's password. */
      readonly hash: Uint8Array | undefined;
    };

export type PasswordAnswer =
  | { readonly id: number; readonly hash: Uint8Array }
  | { readonly id: number; readonly matches: boolean }
  | { readonly id: number; readonly failure: string };

/**
 * A hash that belongs to no password anybody knows: salt and sum are zeros. Comparing with it takes the
 * time of comparing with a real one, which a text that is no hash would not.
 */
export const nobodysHash = (cost: number): string =>
  `$2a$${String(cost).padStart(2, "0")}$${".".repeat(53)}`;
