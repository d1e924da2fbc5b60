// io/credentials: what knowing somebody costs: bcrypt on threads of its own, and signed tokens by
// node:crypto. It promises that nothing here holds up the member or its disk for a password, that a
// password nobody has takes as long as a wrong one, and that a token is verified by the configured
// method and key alone. It never decides who may do what.
export { bcryptCosts, BcryptPasswords } from "./bcrypt-passwords.ts";
export { type JwtKey, type JwtMethod, jwtMethod } from "./jwt.ts";
export { type JwtTokenOptions, JwtTokens } from "./jwt-tokens.ts";
export { type JwtKeyFiles, jwtKeys } from "./jwt-keys.ts";
