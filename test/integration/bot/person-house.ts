/** Persons' requests in the bots' house: the desks, the record with a customer in it, and everything that deletes. */
import { parse } from 'yaml';
import { personActs, personHandlers, personPart } from '../../../src/app/retention-person.ts';
import { keepingDeps } from '../../../src/app/retention-holds.ts';
import { cardPart } from '../../../src/bot/compliance/card-store.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { Config } from '../../../src/config/config.ts';
import { systemClock, type Clock } from '../../../src/core/clock.ts';
import {
  must,
  parseClassId,
  parseContactId,
  parseEventId,
  parsePortalId,
  parsePosition,
  parseRoomId,
  type Address,
  type EventId,
  type Position,
  type RoomId,
  type UserId,
} from '../../../src/core/ids.ts';
import type { Desk } from '../../../src/core/line.ts';
import { sourceMark } from '../../../src/core/shown-source.ts';
import { createNoteSigner } from '../../../src/journal/merkle/signed-note.ts';
import { digestOf } from '../../../src/retention/classes/wanted.ts';
import { eraseHandlers } from '../../../src/retention/erase/erase-task.ts';
import { eraseWriterPart } from '../../../src/retention/erase/projections.ts';
import { freezingBy } from '../../../src/retention/holds/freezing.ts';
import { openWork } from '../../../src/retention/open/open-work.ts';
import { RunActs } from '../../../src/retention/run/acts.ts';
import { runWriterPart } from '../../../src/retention/run/projections.ts';
import { runHandlers } from '../../../src/retention/run/run-task.ts';
import { erasingStanding } from '../../../src/retention/run/staying.ts';
import { newInstallation, types } from '../../support/installation.ts';
import { draftOf, type TestJournal } from '../../support/journal.ts';
import { KeptLog } from '../../support/quiet.ts';
import { ann, desk as main, domain, olivia, sales, sms, user } from '../../unit/bot/samples.ts';
import type { Kept as Sent } from '../../unit/bot/fake-homeserver.ts';
import { openHouse, type House, type Joined, type Kept } from './house.ts';
import { noHomeserver } from '../../support/no-homeserver.ts';

export const DAY_MS = 86_400_000;
export const omar = user('@omar:acme.example');
export const desk: Desk = { ...main, officers: [olivia, omar] };
const time = { suspect: () => undefined, look: () => Promise.resolve(false) };

async function configOf(fourEyes: readonly string[]): Promise<Config> {
  using place = newInstallation();
  place.write('config/persons.yaml', JSON.stringify(parse(place.example)));
  const read = await loadConfig('config/persons.yaml', { connectorTypes: types, cwd: place.cwd, env: {} });
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const [first] = read.value.desks;
  const [line] = read.value.lines;
  if (first === undefined || line === undefined) throw new Error('the example has no desk, or no line');
  const homeserver = { ...read.value.homeserver, domain };
  return { ...read.value, lines: [{ ...line, ...sales }], homeserver, desks: [{ ...first, ...desk, fourEyes }] };
}

export class PersonHouse implements AsyncDisposable {
  house: House;
  readonly #config: Config;

  private constructor(house: House, config: Config) {
    this.house = house;
    this.#config = config;
  }

  /** `fourEyes`: what one officer alone can't have done. */
  static async open(fourEyes: readonly string[]): Promise<PersonHouse> {
    const config = await configOf(fourEyes);
    const persons = new PersonHouse(await houseOf(config), config);
    await persons.house.bot.ensureRooms();
    await persons.house.settle();
    return persons;
  }

  get here(): RoomId {
    return this.house.homeserver.aliases.get(desk.room) ?? must(parseRoomId('!none:acme.example'));
  }

  /** A kill after the last commit, and the next life. */
  async reopen(): Promise<void> {
    const { homeserver, clock, test } = this.house;
    await this.house.stop();
    this.house = await houseOf(this.#config, { homeserver, clock, place: test.place });
    await this.house.settle();
  }

  /** `short` is the company's own; a law asks for what `lawful` says. */
  async classes(lawful?: UserId): Promise<void> {
    const [short, law] = [must(parseClassId('short')), must(parseClassId('law'))];
    const classes = [
      { id: short, keep: { ms: 30 * DAY_MS }, erase: { ms: 30 * DAY_MS }, authority: 'our own', own: true as const },
      { id: law, keep: { years: 6 }, authority: 'FINRA Rule 4511(b)' },
    ];
    const held = lawful === undefined ? [] : [{ name: 'desk:law', class: law, to: { users: [lawful] } }];
    const says = { classes, default: short, assignments: held };
    await this.house.append(draftOf('retention.classes', { ...says, digest: digestOf(says) }));
  }

  /** A customer writes. */
  async text(words: string, from: Address = ann, fromName?: string): Promise<Position> {
    const { clock, test } = this.house;
    const id = `m${String(await test.journal.size())}`;
    const said = { connector: sales.connector, network: sms, to: sales.address, from, text: words };
    const [appended] = await test.journal.append([
      {
        ...{ kind: 'network.message', at: clock.now(), source: { system: 'network:carrier', id, sure: true } },
        ...{ line: sales.id, body: fromName === undefined ? said : { ...said, fromName } },
      },
    ]);
    await this.house.settle();
    return must(parsePosition(appended?.position));
  }

  /** The room of the portal that the text at `first` made. */
  async portal(first: Position, room: RoomId): Promise<void> {
    const [portal, contact] = [must(parsePortalId(`p${first}`)), must(parseContactId(`c${first}`))];
    await this.house.append(draftOf('portal.opened', { portal, room, line: sales.id, contact, network: sms }));
  }

  ask(words: string, from = olivia) {
    return this.house.say(from, this.here, words);
  }

  lastWords(): string {
    return this.house.said(this.here).at(-1) ?? '';
  }

  /** The newest of our messages that begins so. */
  said(beginning: string): readonly string[] {
    return this.house
      .said(this.here)
      .filter((words) => words.startsWith(beginning))
      .flatMap((words) => words.split('\n'));
  }

  /** What our newest message of that part says. */
  bodyOf(part: string): string {
    const body = this.house.homeserver.sentIn(this.here).findLast((sent) => sent.part.startsWith(part))?.content[
      'body'
    ];
    return typeof body === 'string' ? body : '';
  }

  /** The newest card, which the homeserver brings back to us. */
  async card(): Promise<Sent> {
    const { house, here } = this;
    const sent = house.homeserver.sentIn(here).findLast(({ part }) => part === cardPart(here));
    if (sent === undefined) throw new Error('there is no card');
    await this.broughtBack(sent);
    return sent;
  }

  /** What we sent comes back to us by the homeserver. */
  async broughtBack(sent: Sent): Promise<Position> {
    const { house, here } = this;
    const mark = { 'org.gatehouse.source': sourceMark({ position: sent.source, part: sent.part, epoch: 1 }) };
    const [appended] = await house.test.journal.append([
      {
        ...{ kind: 'matrix.event', at: house.clock.now(), source: { system: 'matrix', id: sent.event, sure: true } },
        ...{ actor: sent.as, room: here },
        body: {
          ...{ event_id: must(parseEventId(sent.event)), type: 'm.room.message', room_id: here, sender: sent.as },
          ...{ origin_server_ts: house.clock.now(), content: { ...sent.content, ...mark } },
        },
      },
    ]);
    await house.settle();
    return must(parsePosition(appended?.position));
  }

  tap(from: UserId, on: EventId, key = '✅') {
    const relation = { rel_type: 'm.annotation', event_id: on, key };
    return this.house.event(from, this.here, { 'm.relates_to': relation }, { type: 'm.reaction' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.house[Symbol.asyncDispose]();
  }
}

async function houseOf(config: Config, kept?: Kept): Promise<House> {
  const at: { house?: House } = {};
  const now = kept?.clock;
  /** The wall clock is the house's; what waits, waits for real. */
  const clock: Clock = {
    now: () => (at.house?.clock ?? now ?? systemClock).now(),
    monotonic: () => systemClock.monotonic(),
    after: (ms, callback) => systemClock.after(ms, callback),
  };
  at.house = await openHouse(kept, joinedOf(config, clock));
  return at.house;
}

function joinedOf(config: Config, clock: Clock): Joined {
  return {
    desks: [desk],
    parts: [
      runWriterPart({ isOurs: (one) => one === '@compliance:acme.example', receiptOf: keepingDeps.receiptOf }),
      eraseWriterPart(),
      personPart(),
    ],
    retention: (opened) => new RunActs({ journal: opened.journal, time, signer: signerOf(opened), clock }),
    persons: ({ journal }) => personActs({ config, journal, clock }),
    handlers: (opened) => handlersOf(opened, config, clock),
  };
}

function handlersOf(opened: TestJournal, config: Config, clock: Clock) {
  const { journal } = opened;
  const keeping = [freezingBy(keepingDeps).erasing, openWork(keepingDeps)];
  const given = {
    ...{ journal, clock, log: new KeptLog(), time, cleaner: noHomeserver, places: undefined },
    ...{ signer: signerOf(opened), keepKeysMs: 30 * DAY_MS },
  };
  const { receiptOf, marks } = keepingDeps;
  return new Map([
    ...runHandlers({ ...given, receiptOf, marks, staying: [...keeping, erasingStanding] }),
    ...personHandlers(config, { ...given, keeping, standing: erasingStanding }),
    ['file', { run: () => Promise.resolve({ to: 'done' as const }) }] as const,
    ...eraseHandlers({ journal, blobs: { erase: () => Promise.resolve() } }),
  ]);
}

function signerOf({ journal }: TestJournal) {
  return createNoteSigner('gatehouse/acme.example', journal.keys.signing);
}
