/**
 * Which records are about the person of a request: those that name their contacts, that they wrote, that stand in rooms
 * that are theirs alone; and all that speaks of one of these. Of a portal, with its one person outside, both sides'
 * messages are about them; what others say to them in a room with more people is not.
 */
import type { Entry } from '../../core/entry.ts';
import type { ContactId, Position, RoomId } from '../../core/ids.ts';
import type { Subject } from '../../core/person-entries.ts';
import { namedBy } from '../../journal/named.ts';
import type { ErasingView } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { linksOf } from '../families/links.ts';
import type { ReceiptOf } from '../families/link-store.ts';

/** What the bridge knows. */
export interface PersonPorts {
  /** User ids that stand for the contact on the homeserver. */
  ghostsOf(contact: ContactId, reading: Reading, sealer: Sealer): Promise<readonly string[]>;
  /** Rooms that are, or were, those of the contact's portals. */
  roomsOf(contact: ContactId, reading: Reading): Promise<readonly RoomId[]>;
  readonly receiptOf: ReceiptOf;
}

export interface Person {
  readonly contacts: ReadonlySet<string>;
  /** Who wrote as them: the user ids of staff, and those that stand for their contacts. */
  readonly actors: ReadonlySet<string>;
  readonly rooms: ReadonlySet<string>;
}

/** As far as any record still says. */
export async function personOf(
  { contacts, users }: Subject,
  { reading, sealer }: Pick<ErasingView, 'reading' | 'sealer'>,
  ports: PersonPorts,
): Promise<Person> {
  const actors = new Set<string>(users);
  const rooms = new Set<string>();
  for (const contact of contacts) {
    for (const ghost of await ports.ghostsOf(contact, reading, sealer)) actors.add(ghost);
    for (const room of await ports.roomsOf(contact, reading)) rooms.add(room);
  }
  return { contacts: new Set(contacts), actors, rooms };
}

/** Whether the record itself says that it is about them. */
export function isAbout({ contacts, actors, rooms }: Person, entry: Entry): boolean {
  if (entry.actor !== undefined && actors.has(entry.actor)) return true;
  if (entry.room !== undefined && rooms.has(entry.room)) return true;
  if (namedBy(entry, 'contact').some((contact) => contacts.has(contact))) return true;
  return entry.kind === 'ghost.made' && actors.has(entry.body.user);
}

/**
 * `others`: it is about somebody else, or of one family with a record that is. `gone`: it is erased, and nobody knows any
 * more whose it was.
 */
export type Whose = 'theirs' | 'others' | 'gone';

/** What is known of a record that can't be opened any more. */
export type WhoseGone = (position: Position, view: ErasingView) => Promise<'theirs' | 'gone'>;

/** Each record is looked at once; made anew for each batch. */
export class Belonging {
  readonly #person: Person;
  readonly #view: ErasingView;
  readonly #receiptOf: ReceiptOf;
  readonly #whoseGone: WhoseGone;
  readonly #known = new Map<Position, Whose>();

  constructor(
    person: Person,
    view: ErasingView,
    how: { readonly receiptOf: ReceiptOf; readonly whoseGone: WhoseGone },
  ) {
    this.#person = person;
    this.#view = view;
    this.#receiptOf = how.receiptOf;
    this.#whoseGone = how.whoseGone;
  }

  async isTheirs(entry: Entry): Promise<boolean> {
    const above: Whose[] = [];
    for (const position of await this.#spokenOf(entry)) above.push(await this.#whose(position));
    if (above.includes('others')) return false;
    return isAbout(this.#person, entry) || above.includes('theirs');
  }

  /** By itself, or by what it speaks of. */
  async #whose(position: Position): Promise<Whose> {
    const known = this.#known.get(position);
    if (known !== undefined) return known;
    // Of records that speak of each other, none makes the other one theirs.
    this.#known.set(position, 'others');
    const whose = await this.#look(position);
    this.#known.set(position, whose);
    return whose;
  }

  async #look(position: Position): Promise<Whose> {
    const [entry] = await this.#view.open([position]);
    if (entry === undefined) return this.#whoseGone(position, this.#view);
    if (isAbout(this.#person, entry)) return 'theirs';
    for (const above of await this.#spokenOf(entry)) if ((await this.#whose(above)) === 'theirs') return 'theirs';
    return 'others';
  }

  /** Of one family with it, above it: never what it merely mentions. */
  async #spokenOf(entry: Entry): Promise<readonly Position[]> {
    const { of, events } = linksOf(entry);
    const found = new Set<Position>(of);
    for (const event of events) for (const position of await this.#view.ofEvent(event)) found.add(position);
    if (entry.kind === 'network.receipt') {
      const message = await this.#receiptOf(entry, this.#view.reading, this.#view.sealer);
      if (message !== undefined) found.add(message);
    }
    found.delete(entry.position);
    return [...found];
  }
}
