/**
 * Presence and subscriptions (RFC 6121, 3 and 4): whoever wants to see a line may, and is asked to be seen in return. Who
 * sees whom is noted, so that it is told again after each start.
 */
import { z } from 'zod';
import { parseAddress, type Address } from '../../core/ids.ts';
import type { ConnectorContext, KvEdit } from '../../core/ports/connector.ts';
import type { OutboundPresence, PresenceState } from '../../core/ports/outbound.ts';
import { caps } from './answers.ts';
import { addressOf, bareOf, type Jid } from './jid.ts';
import { KeyedOrder } from '../keyed-order.ts';
import type { Lines } from './lines.ts';
import { chatKey } from './message-ids.ts';
import { ns } from './namespaces.ts';
import { childOf, textOf, xml, type XmlElement } from './xml/element.ts';

export interface PresenceOptions {
  readonly ctx: ConnectorContext;
  readonly lines: Lines;
  readonly write: (stanza: XmlElement) => void;
  /** Words that came with a wish to see us: put on record. */
  readonly asked: (line: Address, from: Address, words: string, stanza: XmlElement) => Promise<boolean>;
}

interface Seen {
  readonly state: PresenceState;
  readonly priority: number;
  readonly words?: string;
}

const tie = z.object({ line: z.string(), contact: z.string(), seesUs: z.boolean(), seen: z.boolean() });
interface Tie {
  readonly line: Address;
  readonly contact: Address;
  readonly seesUs: boolean;
  readonly seen: boolean;
}

/** People whose presence is known; more are not told. */
const maxContacts = 10_000;
const maxResources = 20;
const maxTies = 50_000;
const longestWords = 500;
const prefix = 'tie/';
const shows: readonly PresenceState[] = ['chat', 'away', 'xa', 'dnd'];

export class PresenceDesk {
  readonly #options: PresenceOptions;
  readonly #ties = new Map<string, Tie>();
  readonly #seen = new Map<Address, Map<string, Seen>>();
  readonly #ours = new Map<Address, OutboundPresence>();
  readonly #order = new KeyedOrder();

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    for (const { value } of await this.#options.ctx.kv.list(prefix)) {
      const read = readTie(value);
      if (read !== undefined && this.#options.lines.all.includes(read.line)) this.#ties.set(keyOf(read), read);
    }
  }

  /** Tells who may see us how we are, and asks how they are. */
  connected(): void {
    const { write, lines } = this.#options;
    for (const { line, contact, seesUs, seen } of this.#ties.values()) {
      if (seesUs) write(this.#presenceTo(line, contact));
      const probe = { from: lines.jidOf(line), to: contact, type: 'probe' };
      if (seen) write(xml(ns.component, 'presence', probe));
    }
  }

  disconnected(): void {
    this.#seen.clear();
  }

  /** Nobody is at the line any more. */
  farewell(): void {
    for (const tie of this.#ties.values()) if (tie.seesUs) this.#gone(tie);
  }

  tell(presence: OutboundPresence): void {
    this.#ours.set(presence.from, presence);
    for (const { line, contact, seesUs } of this.#ties.values()) {
      if (seesUs && line === presence.from) this.#options.write(this.#presenceTo(line, contact));
    }
  }

  async take(stanza: XmlElement, line: Address, from: Jid): Promise<void> {
    const contact = addressOf(bareOf(from));
    if (contact === undefined) return;
    const { type } = stanza.attrs;
    if (type === undefined || type === 'unavailable') this.#saw(stanza, contact, from.resource);
    else if (type === 'probe') this.#options.write(this.#presenceTo(line, contact));
    else await this.#order.run(chatKey(line, contact), () => this.#asked(stanza, line, contact));
  }

  async #asked(stanza: XmlElement, line: Address, contact: Address): Promise<void> {
    const known = this.#ties.get(chatKey(line, contact)) ?? { line, contact, seesUs: false, seen: false };
    switch (stanza.attrs['type']) {
      case 'subscribe':
        await this.#welcome(stanza, known);
        return;
      case 'unsubscribe':
        await this.#note({ ...known, seesUs: false });
        // Their client must not show us as we were (RFC 6121, 3.3.3): of a line the component is the server.
        this.#gone(known);
        this.#answer(known, 'unsubscribed');
        return;
      case 'subscribed':
        await this.#note({ ...known, seen: true });
        return;
      case 'unsubscribed':
        await this.#note({ ...known, seen: false });
        return;
      default:
    }
  }

  /** Answered once it is noted: what was granted must be known after a crash. */
  async #welcome(stanza: XmlElement, known: Tie): Promise<void> {
    const { line, contact } = known;
    const words = textOf(childOf(stanza, ns.component, 'status')).trim();
    if (words !== '' && !(await this.#options.asked(line, contact, words, stanza))) return;
    if (this.#ties.size >= maxTies && !this.#ties.has(keyOf(known))) return;
    await this.#note({ ...known, seesUs: true });
    this.#answer(known, 'subscribed');
    this.#options.write(this.#presenceTo(line, contact));
    if (!known.seen) this.#answer(known, 'subscribe');
  }

  #gone({ line, contact }: Pick<Tie, 'line' | 'contact'>): void {
    const { write, lines } = this.#options;
    write(xml(ns.component, 'presence', { from: lines.jidOf(line), to: contact, type: 'unavailable' }));
  }

  #answer({ line, contact }: Tie, type: string): void {
    // Subscriptions are between bare addresses (RFC 6121, 3).
    this.#options.write(xml(ns.component, 'presence', { from: line, to: contact, type }));
  }

  async #note(changed: Tie): Promise<void> {
    const key = keyOf(changed);
    const isOver = !changed.seesUs && !changed.seen;
    const value = isOver ? null : Buffer.from(JSON.stringify(changed));
    const edit: KvEdit = { key: `${prefix}${key}`, value };
    await this.#options.ctx.kv.apply([edit]);
    if (isOver) this.#ties.delete(key);
    else this.#ties.set(key, changed);
  }

  #presenceTo(line: Address, contact: Address): XmlElement {
    const ours = this.#ours.get(line) ?? { from: line, state: 'available' as const };
    const attrs = { from: this.#options.lines.jidOf(line), to: contact };
    const words = ours.words === undefined ? [] : [xml(ns.component, 'status', {}, [ours.words])];
    if (ours.state === 'offline') return xml(ns.component, 'presence', { ...attrs, type: 'unavailable' }, words);
    const show = shows.includes(ours.state) ? [xml(ns.component, 'show', {}, [ours.state])] : [];
    return xml(ns.component, 'presence', attrs, [...show, ...words, caps]);
  }

  #saw(stanza: XmlElement, contact: Address, resource: string): void {
    const before = this.#best(contact);
    const known = this.#seen.get(contact) ?? new Map<string, Seen>();
    if (stanza.attrs['type'] === 'unavailable') left(known, resource);
    else if (known.size < maxResources || known.has(resource)) came(known, resource, stanza);
    if (known.size === 0) this.#seen.delete(contact);
    else if (this.#seen.size < maxContacts || this.#seen.has(contact)) this.#seen.set(contact, known);
    this.#show(contact, before, this.#best(contact));
  }

  #show(from: Address, before: Seen, { state, words }: Seen): void {
    if (before.state === state && before.words === words) return;
    this.#options.ctx.presence({ from, state, ...(words === undefined ? {} : { words }) });
  }

  /** Of several clients the one with the highest priority, of equals the newest (RFC 6121, 4.7.2.3). */
  #best(contact: Address): Seen {
    let best: Seen | undefined;
    for (const seen of this.#seen.get(contact)?.values() ?? []) {
      if (best === undefined || seen.priority >= best.priority) best = seen;
    }
    return best ?? { state: 'offline', priority: 0 };
  }
}

/** The newest stands last. */
function came(known: Map<string, Seen>, resource: string, stanza: XmlElement): void {
  known.delete(resource);
  known.set(resource, seenOf(stanza));
}

function left(known: Map<string, Seen>, resource: string): void {
  if (resource === '') known.clear();
  else known.delete(resource);
}

function seenOf(stanza: XmlElement): Seen {
  const show = textOf(childOf(stanza, ns.component, 'show')).trim();
  const priority = textOf(childOf(stanza, ns.component, 'priority')).trim();
  const words = textOf(childOf(stanza, ns.component, 'status'))
    .trim()
    .slice(0, longestWords);
  return {
    state: shows.find((known) => known === show) ?? 'available',
    priority: /^-?\d{1,3}$/u.test(priority) ? Number(priority) : 0,
    ...(words === '' ? {} : { words }),
  };
}

function keyOf({ line, contact }: Tie): string {
  return chatKey(line, contact);
}

function readTie(value: Uint8Array): Tie | undefined {
  try {
    const parsed = tie.safeParse(JSON.parse(Buffer.from(value).toString('utf8')));
    if (!parsed.success) return undefined;
    const [line, contact] = [parseAddress(parsed.data.line), parseAddress(parsed.data.contact)];
    return line.ok && contact.ok ? { ...parsed.data, line: line.value, contact: contact.value } : undefined;
  } catch {
    return undefined;
  }
}
