/** The lines on this component: whose address a stanza means, and what a line is called. */
import type { Address } from '../../core/ids.ts';
import { bareOf, readJid, unescapeLocal, type Jid } from './jid.ts';

/** All that a line writes comes from this one resource, so that presence, rooms and chats show one client. */
export const ourResource = 'gatehouse';

export class Lines {
  readonly domain: string;
  readonly #byJid = new Map<string, Address>();
  readonly #names = new Map<string, string>();

  /** @throws Error with what to change when a line's address is not of the component */
  constructor(lines: readonly Address[], domain: string, names: Readonly<Record<string, string>>) {
    this.domain = domain;
    for (const line of lines) {
      const jid = readJid(line);
      if (jid?.resource !== '' || jid.domain !== domain) {
        throw new Error(`the address "${line}" is not of this component: write it as name@${domain}, or ${domain}`);
      }
      this.#byJid.set(bareOf(jid), line);
    }
    for (const [written, name] of Object.entries(names)) {
      const jid = readJid(written);
      if (jid !== undefined) this.#names.set(bareOf(jid), name);
    }
  }

  get all(): readonly Address[] {
    return Array.from(this.#byJid.values());
  }

  /** The line's address as the config has it; undefined where nobody of ours is there. */
  at(jid: Jid): Address | undefined {
    return this.#byJid.get(bareOf(jid));
  }

  /** As people read it. */
  nameOf(line: Address): string {
    const jid = readJid(line);
    if (jid === undefined) return line;
    return this.#names.get(bareOf(jid)) ?? (jid.local === '' ? jid.domain : unescapeLocal(jid.local));
  }

  /** What the line writes from. */
  jidOf(line: Address): string {
    return `${line}/${ourResource}`;
  }
}
