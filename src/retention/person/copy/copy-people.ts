/**
 * Who is who in a person's copy. The person is called `you`; the company's people `Staff 1`, `Staff 2`; everybody else
 * `Person 1`, `Person 2`: numbered as they first appear, and never named.
 */
import type { Entry } from '../../../core/entry.ts';
import type { ContactId, LineId } from '../../../core/ids.ts';
import type { Subject } from '../../../core/person-entries.ts';

export const YOU = 'you';
export const AUTOMATIC = 'automatic';

/** Who the copy is made for. */
export interface CopySubject {
  readonly subject: Subject;
  /** The Matrix users that stand for the person's addresses. */
  readonly ghosts: ReadonlySet<string>;
}

export interface CopyPeople {
  kindOf(user: string): 'ghost' | 'bot' | 'local' | 'foreign';
  /** As people call it. */
  lineName(line: LineId): string;
}

export class WhoIsWho {
  readonly #contacts: ReadonlySet<ContactId>;
  readonly #users: ReadonlySet<string>;
  readonly #people: CopyPeople;
  readonly #staff = new Map<string, string>();
  readonly #others = new Map<string, string>();

  constructor({ subject, ghosts }: CopySubject, people: CopyPeople) {
    this.#contacts = new Set(subject.contacts);
    this.#users = new Set<string>([...subject.users, ...ghosts]);
    this.#people = people;
  }

  /** Whoever said or did it; undefined where the house noted it by itself. */
  author(entry: Entry): string | undefined {
    const isTheirs = entry.kind === 'network.message' || entry.kind === 'network.edit';
    if (isTheirs && entry.body.own !== true && this.isAbout(entry)) return YOU;
    const user = entry.kind === 'matrix.event' ? entry.body.sender : entry.actor;
    if (user === undefined) return undefined;
    const isContact = entry.contact !== undefined && this.#people.kindOf(user) === 'ghost' && !this.#users.has(user);
    return isContact ? this.#contact(entry.contact) : this.called(user);
  }

  /** Whom it was meant for, where it went from one to another. */
  reader(entry: Entry): string | undefined {
    const { line, direction, contact } = entry;
    if (direction === 'inbound') return line === undefined ? undefined : this.#people.lineName(line);
    if (direction !== 'outbound' || contact === undefined) return undefined;
    return this.#contact(contact);
  }

  #contact(contact: ContactId): string {
    return this.#contacts.has(contact) ? YOU : numbered(this.#others, contact, 'Person');
  }

  /** It stands in a conversation with the person alone. */
  isAbout({ contact }: Pick<Entry, 'contact'>): boolean {
    return contact !== undefined && this.#contacts.has(contact);
  }

  /** A Matrix user, as the copy calls them. */
  called(user: string): string {
    if (this.#users.has(user)) return YOU;
    switch (this.#people.kindOf(user)) {
      case 'bot':
        return AUTOMATIC;
      case 'local':
        return numbered(this.#staff, user, 'Staff');
      case 'ghost':
      case 'foreign':
        return numbered(this.#others, user, 'Person');
    }
  }

  /** The person's own words, who is nobody of the company: they are theirs whole. */
  isFromOutside(entry: Entry): boolean {
    const isStaff = entry.actor !== undefined && this.#people.kindOf(entry.actor) === 'local';
    return this.author(entry) === YOU && !isStaff;
  }
}

function numbered(known: Map<string, string>, key: string, what: string): string {
  const name = known.get(key) ?? `${what} ${String(known.size + 1)}`;
  known.set(key, name);
  return name;
}
