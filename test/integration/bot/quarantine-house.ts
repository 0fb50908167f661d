/** A message that was stopped at the gate, in the bots' house: the desks, their cards, and what people do to them. */
import type { Draft, EntryBodies, EntryKind, EntryOf } from '../../../src/core/entry.ts';
import {
  must,
  parseContactId,
  parseDeskId,
  parseEventId,
  parsePortalId,
  parsePosition,
} from '../../../src/core/ids.ts';
import {
  parseRoomAlias,
  parseRoomId,
  type EventId,
  type Position,
  type RoomId,
  type UserId,
} from '../../../src/core/ids.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { KeptHit } from '../../../src/core/policy-entries.ts';
import type { Desk } from '../../../src/core/line.ts';
import { sourceMark } from '../../../src/core/shown-source.ts';
import { messageAt } from '../../../src/bridge/messages/message-store.ts';
import { cardPart } from '../../../src/bot/compliance/card-store.ts';
import { alice, ann, desk, millis, room, sales, sms, user } from '../../unit/bot/samples.ts';
import type { Kept } from '../../unit/bot/fake-homeserver.ts';
import { openHouse, type House } from './house.ts';

export const omar = user('@omar:acme.example');
/** A second desk, in another zone. */
export const second: Desk = {
  ...desk,
  id: must(parseDeskId('berlin')),
  room: must(parseRoomAlias('#berlin:acme.example')),
  timezone: 'Europe/Berlin',
  officers: [omar],
  reviewers: [],
  auditors: [],
};
export const portalRoom = room('!portal:acme.example');
export const CARD = '4111 1111 1111 1111';
export const EXPIRES_MS = 4 * 3_600_000;

type Plain = { readonly [K in EntryKind]: { readonly kind: K; readonly body: EntryBodies[K] } }[EntryKind];
let counted = 0;

export class Quarantine implements AsyncDisposable {
  house: House;
  readonly #desks: readonly Desk[];

  constructor(house: House, desks: readonly Desk[]) {
    this.house = house;
    this.#desks = desks;
  }

  static async open(desks: readonly Desk[] = [desk]): Promise<Quarantine> {
    const world = new Quarantine(await openHouse(undefined, { desks }), desks);
    await world.house.bot.ensureRooms();
    await world.house.settle();
    await world.put({
      kind: 'network.message',
      ...{ at: world.now, source: { system: 'network:carrier', id: 'm1', sure: true }, line: sales.id },
      body: { connector: sales.connector, network: sms, to: sales.address, from: ann, text: 'Hi' },
    });
    const [hi] = await world.house.entries('network.message');
    const at = String(hi?.position);
    const [portal, contact] = [must(parsePortalId(`p${at}`)), must(parseContactId(`c${at}`))];
    const body = { portal, room: portalRoom, line: sales.id, contact, network: sms };
    await world.put(world.ours({ kind: 'portal.opened', body }));
    return world;
  }

  get now() {
    return this.house.clock.now();
  }

  roomOf(which: Desk = desk): RoomId {
    return this.house.homeserver.aliases.get(which.room) ?? must(parseRoomId('!none:acme.example'));
  }

  /** A kill after the last commit, and the next life. */
  async reopen(): Promise<void> {
    const { homeserver, clock, test } = this.house;
    await this.house.stop();
    this.house = await openHouse({ homeserver, clock, place: test.place }, { desks: this.#desks });
    await this.house.settle();
  }

  async put(draft: Draft): Promise<Position> {
    const [position] = await this.putAll([draft]);
    await this.house.settle();
    return must(parsePosition(position));
  }

  /** All in one commit, in this order; resolves when all that follows has happened. */
  async putAll(drafts: readonly Draft[]): Promise<readonly Position[]> {
    const appended = await this.house.test.journal.append(drafts);
    await this.house.settle();
    return appended.map(({ position }) => position);
  }

  ours(plain: Plain): Draft {
    counted += 1;
    return { ...plain, at: this.now, source: { system: 'gatehouse', id: `${plain.kind}/${counted}`, sure: true } };
  }

  /** A Matrix event of somebody, not yet on record. */
  event(
    from: UserId,
    where: RoomId,
    content: JsonObject,
    more: { type?: string; redacts?: EventId; id?: EventId } = {},
  ): Draft {
    counted += 1;
    const { type = 'm.room.message', redacts, id = must(parseEventId(`$event-q${counted}`)) } = more;
    const base = { event_id: id, type, room_id: where, sender: from, origin_server_ts: this.now, content };
    return {
      ...{ kind: 'matrix.event', at: this.now, source: { system: 'matrix', id, sure: true }, actor: from, room: where },
      body: redacts === undefined ? base : { ...base, redacts },
    };
  }

  /** Alice writes, and the gate stops it: what she wrote, and its verdict. */
  async stopped(words = `Sure, use ${CARD} exp 09/27`, from = alice): Promise<Stopped> {
    const message = await this.house.say(from, portalRoom, words);
    return { message, verdict: await this.put(this.verdict(message.position, words)) };
  }

  verdict(of: Position, words: string, more: Partial<EntryBodies['policy.verdict']> = {}): Draft {
    const start = words.indexOf(CARD);
    const findings = start < 0 ? [] : [{ ...found, start, end: start + CARD.length }];
    const body: EntryBodies['policy.verdict'] = {
      ...{ of, rules: 'a'.repeat(64), content: 'c'.repeat(64), hits: [{ ...rule, count: 1, findings }], unread: [] },
      consequence: 'quarantine',
      until: millis(this.now + EXPIRES_MS),
      ...more,
    };
    return this.ours({ kind: 'policy.verdict', body });
  }

  /** What stands in the desk's room as the card, and its changes. */
  cards(which: Desk = desk): readonly Kept[] {
    const here = this.roomOf(which);
    return this.house.homeserver
      .sentIn(here)
      .filter(({ part }) => part === cardPart(here) || part.startsWith('ended-'));
  }

  card(which: Desk = desk): Kept {
    const here = this.roomOf(which);
    const card = this.house.homeserver.sentIn(here).findLast(({ part }) => part === cardPart(here));
    if (card === undefined) throw new Error('no card');
    return card;
  }

  /** The homeserver brings the card back to us. */
  async echo(which: Desk = desk): Promise<Kept> {
    const card = this.card(which);
    const mark = { 'org.gatehouse.source': sourceMark({ position: card.source, part: card.part, epoch: 1 }) };
    await this.put(this.event(card.as, card.room, { ...card.content, ...mark }, { id: card.event }));
    return card;
  }

  tap(from: UserId, on: Pick<Kept, 'event' | 'room'>, key = '✅'): Draft {
    const relation = { rel_type: 'm.annotation', event_id: on.event, key };
    return this.event(from, on.room, { 'm.relates_to': relation }, { type: 'm.reaction' });
  }

  redaction(from: UserId, where: RoomId, redacts: EventId): Draft {
    return this.event(from, where, {}, { type: 'm.room.redaction', redacts });
  }

  async decisions(): Promise<readonly string[]> {
    const kinds = ['policy.approved', 'policy.rejected', 'policy.expired'] as const;
    const all = [];
    for (const kind of kinds) all.push(...(await this.house.entries(kind)));
    return all.toSorted((a, b) => a.position - b.position).map(({ kind }) => kind);
  }

  /** How far the message got by the bridge's own table. */
  async stateOf({ message }: Stopped): Promise<string | undefined> {
    return (await this.house.test.views.read((reading) => messageAt(reading, message.position)))?.state;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.house[Symbol.asyncDispose]();
  }
}

export interface Stopped {
  readonly message: EntryOf<'matrix.event'>;
  readonly verdict: Position;
}

const found = { by: 'detector:card', what: 'body', confidence: 0.99, masked: 'ends 1111', tricks: [], over: [] };
const rule: Omit<KeptHit, 'count' | 'findings'> = {
  ...{ rule: 'card-number', version: 'b'.repeat(64), says: 'looks like a payment card number' },
  severity: 'high',
  consequence: 'quarantine',
  ...{ dryRun: false, notify: false },
};
