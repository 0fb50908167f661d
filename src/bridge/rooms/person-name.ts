/** A colleague as others call them in a message: `@mallory:acme.example` is mallory. */
export function personName(user: string): string {
  return (/^@([^:]+):/u.exec(user)?.[1] ?? user).slice(0, 60);
}
