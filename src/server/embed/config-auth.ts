// The flags about logging in.

export interface AuthConfig {
  /** `simple`, or `jwt,` and its options. */
  readonly authToken: string;
  readonly authTokenTtlMs: number;
  readonly bcryptCost: number;
  /** Whether the common name of a client's certificate is a user's name. */
  readonly clientCertAuth: boolean;
}

export const readAuth = (text: (name: string) => string): AuthConfig => ({
  authToken: text("auth-token"),
  authTokenTtlMs: Number(text("auth-token-ttl")) * 1000,
  bcryptCost: Number(text("bcrypt-cost")),
  clientCertAuth: text("client-cert-auth") === "true",
});
