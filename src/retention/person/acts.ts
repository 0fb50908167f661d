/** What officers do about a person's request: open it, read what is kept, have it done together, and answer it. */
import type { Clock } from '../../core/clock.ts';
import type { Entry, EntryOf } from '../../core/entry.ts';
import type { EventId, Millis, Position, RoomId, UserId } from '../../core/ids.ts';
import type { DsarWants, Subject } from '../../core/person-entries.ts';
import type { Recorder } from '../../core/ports/recorder.ts';
import type { AskedAt } from '../../core/retention-entries.ts';
import type { OpenJournal } from '../../journal/open-journal.ts';
import { isBlind } from './look-task.ts';
import { openPersonRequest, type NotOpened, type OpenWish } from './opening.ts';
import type { PeopleKnown, PersonNamed } from './people.ts';
import { PersonRecords, type PersonRecordsDeps } from './records.ts';
import { askAt, askEndedBy, isUnderWay, openRequests, requestAt, type Request } from './request-store.ts';
import { sayOfRequest, type RunWord, type Said } from './running.ts';

export type Opened = { readonly is: 'opened'; readonly request: PersonRequest } | NotOpened;

/**
 * `looking`: the inventory is being made. `looked`: it is there. `asked`: a second officer has to agree. `doing`, `done`: of
 * what was wanted. `answered`: the letter was written.
 */
export type RequestState = 'looking' | 'looked' | 'asked' | 'doing' | 'done' | 'answered';

export interface PersonRequest {
  /** Of its `dsar.opened`: people know it by the letters of it. */
  readonly id: Position;
  readonly state: RequestState;
  readonly wants: DsarWants;
  readonly subject: Subject;
  /** Of these contacts, as far as any record still names them. */
  readonly people: readonly PersonNamed[];
  readonly due: Millis;
  readonly by: UserId;
  readonly at: AskedAt;
  readonly opened: Millis;
  /** The newest inventory. */
  readonly look?: EntryOf<'dsar.looked'>;
  /** The officer's word that waits for a second one. */
  readonly asked?: EntryOf<'dsar.run-requested'>;
  readonly decided?: EntryOf<'dsar.decided'>;
  /** What came of what was decided last. */
  readonly done?: EntryOf<'dsar.copied'> | EntryOf<'dsar.erased'>;
  readonly answered?: EntryOf<'dsar.answered'>;
}

export interface AnsweredWord {
  readonly request: Position;
  readonly by: UserId;
  /** The command: it acts once. */
  readonly event: EventId;
  readonly room: RoomId;
  /** Of the letter, hex. */
  readonly sha256: string;
}

export interface PersonActsDeps extends PersonRecordsDeps {
  readonly journal: Recorder &
    Pick<OpenJournal, 'read' | 'size' | 'views' | 'reader' | 'search' | 'database' | 'keys' | 'stale'>;
  readonly people: PeopleKnown;
  /** What one officer alone can't have done. */
  readonly fourEyes: ReadonlySet<DsarWants>;
  readonly clock: Clock;
}

export class PersonActs {
  readonly #deps: PersonActsDeps;
  readonly #records: PersonRecords;

  constructor(deps: PersonActsDeps) {
    this.#deps = deps;
    this.#records = new PersonRecords(deps);
  }

  /** Once for each command, however often it runs. @throws JournalDown */
  async open(wish: OpenWish): Promise<Opened> {
    const opened = await openPersonRequest(wish, this.#deps);
    if (opened.is !== 'opened') return opened;
    const request = await this.of(opened.request);
    if (request === undefined) throw new Error('a request that was recorded is not on record');
    return { is: 'opened', request };
  }

  /** Those that nobody answered yet, the next one due first. */
  async requests(): Promise<readonly PersonRequest[]> {
    const rows = await this.#deps.journal.views.read((reading) => openRequests(reading));
    const requests: PersonRequest[] = [];
    for (const row of rows) {
      const request = await this.#request(row);
      if (request !== undefined) requests.push(request);
    }
    return requests;
  }

  /** Answered ones too. */
  async of(id: Position): Promise<PersonRequest | undefined> {
    const row = await this.#deps.journal.views.read((reading) => requestAt(reading, id));
    return row === undefined ? undefined : this.#request(row);
  }

  /** An officer wants it done: the first, or the second one by the same command. @throws JournalDown */
  run(word: Omit<RunWord, 'says'>): Promise<Said> {
    return sayOfRequest({ ...word, says: 'run' }, this.#deps);
  }

  /** A tap on the card of the word at `ask`. @throws JournalDown */
  decide(word: RunWord & { readonly says: 'yes' | 'no'; readonly ask: Position }): Promise<Said> {
    return sayOfRequest(word, this.#deps);
  }

  /** Whether one officer alone can't have that done. */
  needsTwo(wants: DsarWants): boolean {
    return this.#deps.fourEyes.has(wants);
  }

  /** Whether a second officer is still asked because of that `dsar.run-requested`. */
  async isAsked(ask: Position): Promise<boolean> {
    const found = await this.#deps.journal.views.read((reading) => askAt(reading, ask));
    return found !== undefined && found.endedBy === undefined;
  }

  /** The officer's word that this entry ended: its card is changed. */
  async askEndedBy(by: Position): Promise<EntryOf<'dsar.run-requested'> | undefined> {
    const found = await this.#deps.journal.views.read((reading) => askEndedBy(reading, by));
    return this.#entry(found?.position, 'dsar.run-requested');
  }

  /** The letter was written; false where there is no such request. @throws JournalDown */
  async answered({ request, by, event, room, sha256 }: AnsweredWord): Promise<boolean> {
    if ((await this.of(request)) === undefined) return false;
    const source = { system: 'gatehouse', id: `dsar.answered/${event}`, sure: true };
    const { journal, clock } = this.#deps;
    await journal.append([
      { kind: 'dsar.answered', at: clock.now(), source, actor: by, room, body: { request, by, sha256 } },
    ]);
    return true;
  }

  /** Whether all of a person's records can be found now; if not, from the next start on. */
  async canFindAll(): Promise<boolean> {
    return !(await isBlind(this.#deps));
  }

  /** Everything on record that is about that request's person, opened, oldest first, page by page. */
  records(request: Position, signal: AbortSignal): AsyncIterable<readonly Entry[]> {
    return this.#records.of(request, signal);
  }

  async #request(row: Request): Promise<PersonRequest | undefined> {
    const opened = await this.#entry(row.position, 'dsar.opened');
    if (opened === undefined) return undefined;
    const { subject, wants, due, by, at } = opened.body;
    const people: PersonNamed[] = [];
    for (const contact of subject.contacts) people.push(await this.#deps.people.named(contact));
    return {
      ...{ id: row.position, state: stateOf(row), wants, subject, people, due, by, at, opened: opened.at },
      ...(await this.#stages(row)),
    };
  }

  async #stages(row: Request): Promise<Pick<PersonRequest, 'look' | 'asked' | 'decided' | 'done' | 'answered'>> {
    const look = await this.#entry(row.look, 'dsar.looked');
    const asked = await this.#entry(row.asked, 'dsar.run-requested');
    const decided = await this.#entry(row.decided, 'dsar.decided');
    const done = (await this.#entry(row.done, 'dsar.copied')) ?? (await this.#entry(row.done, 'dsar.erased'));
    const answered = await this.#entry(row.answered, 'dsar.answered');
    return {
      ...(look && { look }),
      ...(asked && { asked }),
      ...(decided && { decided }),
      ...(done && { done }),
      ...(answered && { answered }),
    };
  }

  async #entry<K extends Entry['kind']>(at: Position | null | undefined, kind: K): Promise<EntryOf<K> | undefined> {
    const entry = at === null || at === undefined ? undefined : await this.#deps.journal.read(at);
    return entry === undefined || 'erased' in entry || !isKind(entry, kind) ? undefined : entry;
  }
}

function stateOf(row: Request): RequestState {
  if (row.answered !== null) return 'answered';
  if (row.asked !== null) return 'asked';
  if (isUnderWay(row)) return 'doing';
  if (row.done !== null) return 'done';
  return row.look === null ? 'looking' : 'looked';
}

function isKind<K extends Entry['kind']>(entry: Entry, kind: K): entry is Entry & EntryOf<K> {
  return entry.kind === kind;
}
