/** The lines on this component: whose address a stanza means, and what a line is called. */
import type { Address } from '../../core/ids.ts';
import type { LineRefusal } from '../../core/ports/capabilities.ts';
import { bareOf, readJid, unescapeLocal, type Jid } from './jid.ts';

/** All that a line writes comes from this one resource, so that presence, rooms and chats show one client. */
export const ourResource = 'gatehouse';

/** Only what is of the component reaches us. */
export function refusesLine({ domain }: { readonly domain: string }, address: string): LineRefusal | undefined {
  return jidOfLine(address, domain) === undefined ? refusal(domain) : undefined;
}

function refusal(domain: string): LineRefusal {
  return { message: 'is not of this component', fix: `write it as name@${domain}, or ${domain}` };
}

function jidOfLine(address: string, domain: string): Jid | undefined {
  const jid = readJid(address);
  return jid?.resource === '' && jid.domain === domain ? jid : undefined;
}

export class Lines {
  readonly domain: string;
  readonly #byJid = new Map<string, Address>();
  readonly #names = new Map<string, string>();

  /** @throws Error with what to change when a line's address is not of the component */
  constructor(lines: readonly Address[], domain: string, names: Readonly<Record<string, string>>) {
    this.domain = domain;
    for (const line of lines) {
      const jid = jidOfLine(line, domain);
      if (jid === undefined)
        throw new Error(`the address "${line}" ${refusal(domain).message}: ${refusal(domain).fix}`);
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
