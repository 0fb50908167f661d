/** A colleague as others call them in a message: `@mallory:acme.example` is mallory. */
export function personName(user: string): string {
  return (/^@([^:]+):/u.exec(user)?.[1] ?? user).slice(0, 60);
}

/** As one speaks of them to others: `@olivia:acme.example` is Olivia. */
export function personCalled(user: string): string {
  const name = personName(user);
  return name.charAt(0).toUpperCase() + name.slice(1);
}
