/** A person's request begins: whoever is named is found on record, or nothing is opened. */
import type { Clock } from '../../core/clock.ts';
import type { DraftOf } from '../../core/entry.ts';
import type { ContactId, Millis, Position, UserId } from '../../core/ids.ts';
import type { DsarWants, Subject } from '../../core/person-entries.ts';
import type { Recorder } from '../../core/ports/recorder.ts';
import type { AskedAt } from '../../core/retention-entries.ts';
import type { OpenJournal } from '../../journal/open-journal.ts';
import { token } from '../../journal/search/narrow.ts';
import { numberAt } from '../../journal/search/query/numbers.ts';
import { dueBy } from './due.ts';
import type { PeopleKnown, PersonNamed } from './people.ts';

export interface OpenWish {
  /** As they were typed: a number, an address, a contact's exact name, `@bob`. */
  readonly names: readonly string[];
  readonly wants: DsarWants;
  /** Absent: a month from now (`due.ts`). */
  readonly due?: Millis;
  /** IANA zone of the desk: its days count. */
  readonly zone: string;
  /** ISO 3166 country in which numbers without `+` are read. */
  readonly country?: string;
  readonly at: AskedAt;
}

export interface OpeningDeps {
  readonly journal: Recorder & Pick<OpenJournal, 'views' | 'reader' | 'search'>;
  readonly people: PeopleKnown;
  readonly clock: Pick<Clock, 'now'>;
}

export type NotOpened =
  /** Nobody on record is called so: nothing was opened. */
  | { readonly is: 'unknown'; readonly names: readonly string[] }
  /** Several people are: one has to be named by number. */
  | { readonly is: 'several'; readonly name: string; readonly people: readonly PersonNamed[] }
  /** The day on which the answer should be due is over. */
  | { readonly is: 'past' };
type Found = { readonly is: 'found'; readonly subject: Subject } | NotOpened;

/** Asked again after a crash it is opened once. @throws JournalDown */
export async function openPersonRequest(
  wish: OpenWish,
  deps: OpeningDeps,
): Promise<{ readonly is: 'opened'; readonly request: Position } | NotOpened> {
  const { journal, clock } = deps;
  const source = { system: 'gatehouse', id: `dsar.opened/${wish.at.event}`, sure: true };
  const [before] = await journal.reader.bySource(source);
  if (before !== undefined) return { is: 'opened', request: before };
  const now = clock.now();
  const due = wish.due ?? dueBy(now, wish.zone);
  if (due < now) return { is: 'past' };
  const found = await subjectOf(wish, deps);
  if (found.is !== 'found') return found;
  const { by, room } = wish.at;
  const draft: DraftOf<'dsar.opened'> = {
    ...{ kind: 'dsar.opened', at: now, source, actor: by, room },
    body: { subject: found.subject, wants: wish.wants, due, by, at: wish.at },
  };
  const [appended] = await journal.append([draft]);
  if (appended === undefined) throw new Error('an append of one entry resolved with none');
  return { is: 'opened', request: appended.position };
}

async function subjectOf(wish: OpenWish, deps: OpeningDeps): Promise<Found> {
  const contacts = new Set<ContactId>();
  const users = new Set<UserId>();
  const unknown: string[] = [];
  for (const name of wish.names) {
    const found = await known(name, wish, deps);
    if (found.is === 'several') return found;
    if (found.is === 'unknown') unknown.push(name);
    else if (found.is === 'user') users.add(found.user);
    else for (const contact of found.contacts) contacts.add(contact);
  }
  if (unknown.length > 0 || contacts.size + users.size === 0) return { is: 'unknown', names: unknown };
  return { is: 'found', subject: { contacts: [...contacts], users: [...users] } };
}

type Known =
  | { readonly is: 'user'; readonly user: UserId }
  | { readonly is: 'contacts'; readonly contacts: readonly ContactId[] }
  | Extract<NotOpened, { readonly is: 'unknown' | 'several' }>;

async function known(name: string, wish: OpenWish, deps: OpeningDeps): Promise<Known> {
  const { people } = deps;
  if (name.startsWith('@')) {
    const user = people.staff(name);
    const isKnown = user !== undefined && (await hasWritten(user, deps));
    return isKnown ? { is: 'user', user } : { is: 'unknown', names: [name] };
  }
  const number = numberIn(name, wish);
  const contacts = await people.called(number ?? name);
  if (contacts.length === 0) return { is: 'unknown', names: [name] };
  // One number on several networks is one person; one name may be two people's.
  if (number !== undefined || contacts.length === 1) return { is: 'contacts', contacts };
  return severalOr(name, contacts, people);
}

/** In E.164, where the whole of it is a number. */
function numberIn(name: string, { country }: OpenWish): string | undefined {
  const number = numberAt(name, country === undefined ? {} : { country });
  return number?.length === name.length ? number.e164 : undefined;
}

/** The same address on several networks is one person's. */
async function severalOr(name: string, contacts: readonly ContactId[], known: PeopleKnown): Promise<Known> {
  const people = await Promise.all(contacts.map((contact) => known.named(contact)));
  const isAddress = people.every(({ addresses }) => addresses.some(({ address }) => address === name));
  return isAddress ? { is: 'contacts', contacts } : { is: 'several', name, people };
}

/** Whether any record that is left is theirs. */
async function hasWritten(user: UserId, { journal }: OpeningDeps): Promise<boolean> {
  const { search, views } = journal;
  const narrow = token(search.tokens.knownField('actor', user));
  const page = { below: Number.MAX_SAFE_INTEGER, limit: 1 };
  return (await views.read((reading) => search.candidates(narrow, page, reading))).length > 0;
}
