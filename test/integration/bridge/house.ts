/** The bridge in its house: the real journal and the real task runner, with a homeserver and a network of the test's own. */
import { textOnly } from '../../support/capabilities.ts';
import {
  must,
  parseAddress,
  parseClassId,
  parseConnectorId,
  parseLineId,
  parseNetworkId,
  parsePosition,
  parseRemoteId,
} from '../../../src/core/ids.ts';
import type { ConnectorId, Position, RoomId, UserId } from '../../../src/core/ids.ts';
import type { Line, StaffDirectory } from '../../../src/core/line.ts';
import type { Connector, NetworkEvent } from '../../../src/core/ports/connector.ts';
import type { LiveHomeserver } from '../../../src/core/ports/live-homeserver.ts';
import type {
  OutboundEdit,
  OutboundMessage,
  OutboundReaction,
  OutboundRead,
  OutboundRedaction,
  OutboundPresence,
  OutboundTyping,
  SendResult,
} from '../../../src/core/ports/outbound.ts';
import type { Capabilities } from '../../../src/core/ports/capabilities.ts';
import { isJsonObject } from '../../../src/core/json.ts';
import type { Entry, EntryKind, EntryOf } from '../../../src/core/entry.ts';
import { createBridge, type Bridge } from '../../../src/bridge/bridge.ts';
import { RestartHold } from '../../../src/bridge/gaps/restart-hold.ts';
import { messageAt, type Message } from '../../../src/bridge/messages/message-store.ts';
import { bridgeWriterPart } from '../../../src/bridge/projections.ts';
import { createTaskRunner, type TaskRunner } from '../../../src/tasks/runner.ts';
import { ok } from '../../../src/core/result.ts';
import { openTestJournal, type TestJournal, type TestJournalOptions } from '../../support/journal.ts';
import type { DiesAt } from '../../support/dies-at.ts';
import type { TestPostgres } from '../../support/postgres.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { WordGatekeeper } from '../../support/word-gatekeeper.ts';
import { KeptLog, KeptMetrics } from '../../support/quiet.ts';
import { DOMAIN, eventDraft, FakeHomeserver, user } from './fake-homeserver.ts';

export const alice = user('alice');
export const bob = user('bob');
export const stranger = user('mallory');
export const carla = user('carla');
export const ann = must(parseAddress('+12025550199'));
export const carrier = must(parseConnectorId('carrier'));
export const sales: Line = {
  id: must(parseLineId('sales')),
  name: 'Sales',
  connector: carrier,
  network: must(parseNetworkId('sms')),
  address: must(parseAddress('+12025550100')),
  supervisors: [],
  routing: 'shared',
  class: must(parseClassId('us-finra-6y')),
};
/** Who is on the line; a test may hire. */
export function directoryOf(staff: readonly UserId[], line: Line = sales): StaffDirectory {
  return {
    staffOf: () => Promise.resolve([...staff]),
    isStaff: (_line, who) => Promise.resolve(staff.includes(who)),
    linesOf: (who) => Promise.resolve(staff.includes(who) ? [line] : []),
    everybody: () => Promise.resolve([...staff]),
  };
}

/** A network that takes everything, unless the test has prepared other answers. */
export class FakeConnector implements Connector {
  readonly sent: OutboundMessage[] = [];
  readonly answers: (SendResult | Error)[] = [];
  /** Called while the network is asked. */
  during: () => Promise<void> = () => Promise.resolve();
  /** Takes the place of the prepared answers. */
  hand: ((message: OutboundMessage) => Promise<SendResult>) | undefined;
  /** See `Connector.place`; everybody may go at once unless the test says otherwise. */
  place: NonNullable<Connector['place']> = () => undefined;
  identifiedBy: Capabilities['sendIdentifiedBy'] = 'provider-id';
  /** What it can do beside carrying text. */
  able: Partial<Capabilities> = {};
  readonly edits: OutboundEdit[] = [];
  readonly redactions: OutboundRedaction[] = [];
  readonly reactions: OutboundReaction[] = [];
  readonly reads: OutboundRead[] = [];
  readonly typings: OutboundTyping[] = [];
  readonly presences: OutboundPresence[] = [];
  /** Of edits, deletions and reactions. */
  readonly changeAnswers: SendResult[] = [];
  known: Awaited<ReturnType<NonNullable<Connector['query']>>>;

  start(): Promise<void> {
    return Promise.resolve();
  }
  stop(): Promise<void> {
    return Promise.resolve();
  }
  capabilities(): Capabilities {
    return { ...textOnly, sendIdentifiedBy: this.identifiedBy, ...this.able };
  }
  refuses(message: Pick<OutboundMessage, 'text'>) {
    return message.text.length > 1600 ? { reason: 'too-long' as const, detail: '11 parts at most' } : undefined;
  }
  async send(message: OutboundMessage): Promise<SendResult> {
    this.sent.push(message);
    await this.during();
    if (this.hand !== undefined) return this.hand(message);
    const answer = this.answers.shift() ?? { state: 'sent', ids: [must(parseRemoteId(`id-${message.position}`))] };
    if (answer instanceof Error) throw answer;
    return answer;
  }
  edit(edit: OutboundEdit): Promise<SendResult> {
    this.edits.push(edit);
    return this.#change();
  }
  redact(redaction: OutboundRedaction): Promise<SendResult> {
    this.redactions.push(redaction);
    return this.#change();
  }
  react(reaction: OutboundReaction): Promise<SendResult> {
    this.reactions.push(reaction);
    return this.#change();
  }
  markRead(read: OutboundRead): Promise<void> {
    this.reads.push(read);
    return Promise.resolve();
  }
  typing(typing: OutboundTyping): Promise<void> {
    this.typings.push(typing);
    return Promise.resolve();
  }

  presence(presence: OutboundPresence): Promise<void> {
    this.presences.push(presence);
    return Promise.resolve();
  }
  #change(): Promise<SendResult> {
    return Promise.resolve(this.changeAnswers.shift() ?? { state: 'sent', ids: [] });
  }
  query(): ReturnType<NonNullable<Connector['query']>> {
    return Promise.resolve(this.known);
  }
}

export interface House extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly homeserver: FakeHomeserver;
  readonly network: FakeConnector;
  readonly test: TestJournal;
  readonly bridge: Bridge;
  /** No sign of a restart has been seen unless the test gives one. */
  readonly hold: RestartHold;
  /** Asked only in a house that was opened as `judged`. */
  readonly gatekeeper: WordGatekeeper;
  readonly runner: TaskRunner;
  readonly log: KeptLog;
  readonly warnings: Map<string, string>;
  /** Who is on the line. */
  readonly staff: UserId[];
  /** A customer's text, as the connector brings it; resolves when all that follows has happened. */
  receive(text: string, more?: { id?: string; mayRepeat?: boolean; missing?: string }): Promise<Position>;
  /** Anything that the network brings; resolves when all that follows has happened. */
  bring(event: Brought): Promise<Position>;
  /** What of our users was told and is no message. */
  readonly live: readonly string[];
  /** A staff member writes in the room. */
  write(from: UserId, room: RoomId, text: string, more?: object): Promise<EntryOf<'matrix.event'>>;
  /** Lets the streams bring what the homeserver has, and everything that follows happen. */
  settle(): Promise<void>;
  /** Settles, lets time pass, settles again. */
  pass(ms: number): Promise<void>;
  entries<K extends EntryKind>(kind: K): Promise<readonly EntryOf<K>[]>;
  message(position: Position): Promise<Message | undefined>;
  /** What stands in a room: `Ann: text`, by sender, as clients show it. */
  shown(room: RoomId): readonly string[];
  /** Stops as a kill would, after the last commit. */
  stop(): Promise<void>;
}

export interface Kept {
  readonly place: TestJournal['place'];
  readonly homeserver: FakeHomeserver;
  /** A new one unless told. */
  readonly network?: FakeConnector;
  readonly clock: ManualClock;
  /** Somebody stands at the gate. */
  readonly judged?: boolean;
  /** What the house calls outside goes through it: the network, the homeserver and the record. */
  readonly dies?: DiesAt;
  /** Whoever is behind the line, in place of the network. */
  readonly connectors?: (id: ConnectorId) => Connector | undefined;
  /** What its line is beside what `sales` is. */
  readonly line?: Partial<Line>;
}

type Told<T> = T extends unknown ? Omit<T, 'id' | 'sure' | 'at' | 'raw'> : never;
type Brought = Told<NetworkEvent> & { readonly id: string };

/** What may be a house's last call: all that leaves something behind. */
const LAST_CALLS = {
  homeserver: ['send', 'redact', 'setState', 'createRoom', 'ensureGhost', 'ensureJoined', 'invite', 'upload'],
  network: ['send', 'edit', 'redact', 'react', 'markRead', 'typing'],
} as const;

/** The outside as a house sees it that may die at any call of it. */
function outsideOf({ homeserver, network }: Pick<House, 'homeserver' | 'network'>, dies: DiesAt | undefined) {
  return {
    homeserver: dies?.of(homeserver, LAST_CALLS.homeserver, 'homeserver ') ?? homeserver,
    network: dies?.of(network, LAST_CALLS.network, 'network ') ?? network,
  };
}

/** What outlives the house. */
function surroundings(kept: Partial<Kept>): Pick<House, 'clock' | 'homeserver' | 'network'> {
  const clock = kept.clock ?? new ManualClock();
  const { homeserver = new FakeHomeserver(clock), network = new FakeConnector() } = kept;
  return { clock, homeserver, network };
}

/** `random`: what jitters a back-off; with 0 it is tried again at once, and with a failure that stays, for ever at once. */
export async function openHouse(
  kept: Partial<Kept> = {},
  postgres?: TestPostgres,
  random = (): number => 0,
): Promise<House> {
  const { dies } = kept;
  const { clock, homeserver, network } = surroundings(kept);
  const outside = outsideOf({ homeserver, network }, dies);
  const log = new KeptLog();
  const warnings = new Map<string, string>();
  const staff = [alice, bob];
  const line = { ...sales, ...kept.line };
  const on = postgres === undefined ? {} : { postgres };
  const options: TestJournalOptions = { parts: [bridgeWriterPart({ domain: DOMAIN })], clock, ...on };
  const test = await openTestJournal(kept.place === undefined ? options : { ...options, place: kept.place });
  const { journal } = test;
  const recording = dies?.of(journal, ['append']) ?? journal;
  const entriesOf = async (): Promise<readonly Entry[]> => {
    const size = await journal.size();
    const positions = Array.from({ length: size }, (_, index) => index + 1);
    const all: Entry[] = [];
    for (const position of positions) {
      const entry = await journal.read(must(parsePosition(position)));
      if (entry !== undefined && !('erased' in entry)) all.push(entry);
    }
    return all;
  };
  const gatekeeper = new WordGatekeeper(entriesOf, clock);
  const metrics = new KeptMetrics();
  const live: string[] = [];
  const liveHomeserver: LiveHomeserver = {
    read: ({ as, event }) => Promise.resolve(ok(void live.push(`${as} read ${event}`))),
    typing: ({ as, on }) => Promise.resolve(ok(void live.push(`${as} ${on ? 'types' : 'stops'}`))),
    presence: ({ as, state }) => Promise.resolve(ok(void live.push(`${as} is ${state}`))),
  };
  const hold = new RestartHold({ clock, open: false, note: () => undefined });
  const bridge = createBridge({
    held: (room) => hold.until(room),
    setSince: () => Promise.resolve(clock.setBy),
    journal: recording,
    homeserver: outside.homeserver,
    live: liveHomeserver,
    connectors: kept.connectors ?? ((id) => (id === carrier ? outside.network : undefined)),
    lines: [line],
    staff: directoryOf(staff, line),
    clock,
    log,
    metrics,
    warnings: {
      set: (id, words) => {
        warnings.set(id, words);
      },
      clear: (id) => {
        warnings.delete(id);
      },
    },
    timezone: 'America/New_York',
    ...(kept.judged === true ? { gatekeeper } : {}),
  });
  const { handlers } = bridge;
  const runner = createTaskRunner({ journal: recording, handlers, clock, log, metrics, parallel: 8, random });
  runner.start();
  let seen = 0;
  const settle = async (): Promise<void> => {
    for (;;) {
      await runner.idle();
      // Who writes to the room finds nobody at the stream.
      if (dies?.diedAt !== undefined) await new Promise(() => undefined);
      const events = homeserver.unseen.splice(0);
      if (events.length === 0) return;
      await journal.append(events.map((event) => eventDraft(event)));
    }
  };
  const stop = async (): Promise<void> => {
    await runner[Symbol.asyncDispose]();
    await bridge[Symbol.asyncDispose]();
    await test.close();
  };
  return {
    clock,
    homeserver,
    network,
    test,
    bridge,
    hold,
    gatekeeper,
    runner,
    log,
    warnings,
    staff,
    settle,
    stop,
    receive: async (text, more = {}) => {
      seen += 1;
      const { id = `in-${seen}-${clock.now()}`, mayRepeat, missing } = more;
      const [position] = await bridge.inbound(carrier).ingest({
        kind: 'message',
        id,
        sure: mayRepeat === undefined,
        ...(mayRepeat === undefined ? {} : { mayRepeat }),
        at: clock.now(),
        raw: Buffer.from(text),
        message: { to: sales.address, from: ann, text, ...(missing === undefined ? {} : { missing }) },
      });
      await settle();
      if (position === undefined) throw new Error('nothing was recorded');
      return position;
    },
    live,
    bring: async (event) => {
      const whole = { ...event, sure: true, at: clock.now(), raw: Buffer.from(event.id) };
      const [position] = await bridge.inbound(carrier).ingest(whole);
      await settle();
      if (position === undefined) throw new Error('nothing was recorded');
      return position;
    },
    write: async (from, room, text, more = {}) => {
      const event = homeserver.write(from, room, { content: { msgtype: 'm.text', body: text, ...more } });
      await settle();
      const found = (await entriesOf()).find((entry) => entry.source.id === event.event_id);
      if (found?.kind !== 'matrix.event') throw new Error('the event was not recorded');
      return found;
    },
    pass: async (ms) => {
      await settle();
      clock.advance(ms);
      await settle();
    },
    entries: async <K extends EntryKind>(kind: K) =>
      (await entriesOf()).filter((entry): entry is Entry & EntryOf<K> => entry.kind === kind),
    message: (position) => test.views.read((reading) => messageAt(reading, position)),
    shown: (room) => lines(homeserver, room),
    [Symbol.asyncDispose]: async () => {
      await stop();
      await test[Symbol.asyncDispose]();
    },
  };
}

function lines(homeserver: FakeHomeserver, room: RoomId): readonly string[] {
  return (homeserver.rooms.get(room)?.events ?? []).flatMap(({ type, sender, content }) => {
    const body = content['body'];
    if (type === 'm.room.message' && typeof body === 'string')
      return [`${homeserver.ghosts.get(sender) ?? sender}: ${body}`];
    const relation = content['m.relates_to'];
    const key = type === 'm.reaction' && isJsonObject(relation) ? relation['key'] : undefined;
    return typeof key === 'string' ? [`[${key}]`] : [];
  });
}
