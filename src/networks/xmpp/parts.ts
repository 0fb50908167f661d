/** The parts of a connector, put together: who hears which stanza, and what happens when the stream comes and goes. */
import type { ConnectorContext } from '../../core/ports/connector.ts';
import type { Address } from '../../core/ids.ts';
import { Aliases } from './aliases.ts';
import { answerTo } from './answers.ts';
import { Announcer } from './announcer.ts';
import { sentAt } from './arrival.ts';
import type { XmppConfig } from './config.ts';
import { Flights } from './flights.ts';
import { Inbound } from './inbound.ts';
import { Iqs } from './iqs.ts';
import { addressOf, bareOf, fullOf, readJid, type Jid } from './jid.ts';
import { Lines } from './lines.ts';
import { chatKey, eventIdOf, OurIds, remoteIdOf } from './message-ids.ts';
import { Outbound } from './outbound.ts';
import { PresenceDesk } from './presence-desk.ts';
import { Recorder } from './recorder.ts';
import { Rooms, roomWishOf } from './rooms/rooms.ts';
import { Session } from './session.ts';
import { bounceOf, detailOf } from './stanzas/errors.ts';
import { idAttr, invitationOf } from './stanzas/payload.ts';
import { TalkNotes } from './talk-notes.ts';
import { Upload } from './upload.ts';
import type { XmlElement } from './xml/element.ts';

/** A stanza whose addresses were read. */
interface Addressed {
  readonly stanza: XmlElement;
  readonly raw: Buffer;
  readonly from: Jid;
  readonly line: Address | undefined;
}

export class Parts {
  readonly lines: Lines;
  readonly notes = new TalkNotes();
  readonly session: Session;
  readonly upload: Upload;
  readonly rooms: Rooms;
  readonly presence: PresenceDesk;
  readonly outbound: Outbound;
  readonly #ctx: ConnectorContext;
  readonly #ids = new OurIds();
  readonly #aliases = new Aliases();
  readonly #recorder: Recorder;
  readonly #flights: Flights;
  readonly #iqs: Iqs;
  readonly #announcer: Announcer;
  readonly #inbound: Inbound;

  constructor(ctx: ConnectorContext, config: XmppConfig) {
    this.#ctx = ctx;
    this.lines = new Lines(ctx.lines, config.domain, config.names);
    const { lines, notes } = this;
    const { clock, log } = ctx;
    const [ids, aliases] = [this.#ids, this.#aliases];
    const naming = { ids, aliases, clock };
    const recorder = new Recorder(ctx);
    const flights = new Flights(clock);
    this.session = new Session(
      { config, clock, log },
      {
        ready: () => {
          this.#ready();
        },
        stanza: (stanza, raw) => this.#stanza(stanza, raw),
        ended: () => {
          this.#ended();
        },
        state: (state) => {
          this.#announcer.state(state);
        },
      },
    );
    const write = (stanza: XmlElement): boolean => this.session.write(stanza);
    const iqs = new Iqs({ clock, timeoutMs: config.answerTimeout, write });
    this.upload = new Upload(ctx, config, iqs);
    const wishes = config.rooms.map((room) => roomWishOf(room, lines));
    const { acceptInvitations, answerTimeout } = config;
    const shared = { ctx, lines, recorder, naming, notes, write };
    this.rooms = new Rooms({ ...shared, wishes, acceptInvitations, iqs, flights });
    this.#inbound = new Inbound(shared);
    this.presence = new PresenceDesk({ ctx, lines, write, asked: (...told) => this.#asked(...told) });
    const { session, upload, rooms } = this;
    this.outbound = new Outbound({ ctx, lines, session, ids, aliases, upload, rooms, flights, answerTimeout });
    this.#recorder = recorder;
    this.#flights = flights;
    this.#iqs = iqs;
    this.#announcer = new Announcer(ctx, this.upload);
  }

  async load(key: Uint8Array): Promise<void> {
    this.#ids.use(key);
    await this.#aliases.load(this.#ctx.kv);
    await this.rooms.load();
    await this.presence.load();
  }

  /** What can't be put on record from now on is given back to whoever wrote it. */
  async stop(withinMs: number): Promise<void> {
    this.rooms.stop();
    this.#recorder.stop();
    await this.session.stop(withinMs, () => {
      this.rooms.farewell();
      this.presence.farewell();
    });
  }

  #ready(): void {
    this.presence.connected();
    this.rooms.connected();
  }

  #ended(): void {
    this.#iqs.end();
    this.#flights.drop();
    this.rooms.disconnected();
    this.presence.disconnected();
  }

  /** What has to be known in the order of arrival is done before the first await. */
  async #stanza(stanza: XmlElement, raw: Buffer): Promise<void> {
    const from = readJid(stanza.attrs['from'] ?? '');
    const to = readJid(stanza.attrs['to'] ?? '');
    if (from === undefined || to === undefined) {
      this.#ctx.log.warn('xmpp.no-address', { stanza: stanza.name.slice(0, 20) });
      return;
    }
    const addressed = { stanza, raw, from, line: this.lines.at(to) };
    if (stanza.name === 'message') await this.#message(addressed, to);
    else if (stanza.name === 'presence') await this.#presenceOf(addressed);
    else if (stanza.name === 'iq') this.#iq(stanza);
  }

  async #message({ stanza, raw, from, line }: Addressed, to: Jid): Promise<void> {
    if (stanza.attrs['type'] === 'error') return this.#bounced({ stanza, raw, from, line });
    if (line === undefined) return this.#inbound.takeStray(stanza, raw, namedOf(from, to));
    const arrival = { stanza, raw, from, line };
    if (stanza.attrs['type'] === 'groupchat') return this.rooms.message(arrival);
    const archived = this.rooms.archived(arrival);
    if (archived !== undefined) return archived;
    const invitation = invitationOf(stanza);
    if (invitation !== undefined) return this.rooms.invited(arrival, invitation);
    const chat = this.rooms.personalChat(arrival);
    if (chat === undefined) return this.#inbound.takeStray(stanza, raw, namedOf(from, to));
    return this.#inbound.take(arrival, chat);
  }

  /** What we sent came back. It is never answered. */
  async #bounced({ stanza, raw, from, line }: Addressed): Promise<void> {
    const id = idAttr(stanza) ?? '';
    const chats = line === undefined ? [] : [fullOf(from), bareOf(from)].map((chat) => chatKey(line, chat));
    const key = chats.find((one) => this.#ids.areOurs(id, one));
    if (key === undefined) return;
    const bounce = bounceOf(stanza);
    if (this.#flights.bounced(id, key, bounce)) return;
    const remoteId = id.startsWith('gh-m') ? remoteIdOf('out', key, id) : undefined;
    if (remoteId === undefined) return;
    const at = sentAt(stanza, this.#ctx.clock);
    const [code, detail] = [bounce.condition, detailOf(bounce)];
    await this.#recorder.update({
      ...{ remoteId, state: 'failed', code, detail },
      ...{ id: eventIdOf('back', key, id), sure: true, at, raw },
    });
  }

  async #presenceOf({ stanza, from, line }: Addressed): Promise<void> {
    if (line === undefined || this.rooms.presence(stanza, line, from)) return;
    if (stanza.attrs['type'] !== 'error') await this.presence.take(stanza, line, from);
  }

  #iq(stanza: XmlElement): void {
    if (this.#iqs.take(stanza)) return;
    const answer = answerTo(stanza, this.lines);
    if (answer !== undefined) this.session.write(answer);
  }

  /** Words that came with a wish to see the line: somebody's first words. */
  #asked(line: Address, from: Address, words: string, stanza: XmlElement): Promise<boolean> {
    const raw = Buffer.from(JSON.stringify(stanza));
    const message = { from, to: line, text: words, wire: { type: 'subscribe' } };
    const id = `asked/${this.#ids.likeness(raw)}`;
    return this.#recorder.event({ kind: 'message', message, id, sure: true, at: this.#ctx.clock.now(), raw });
  }
}

function namedOf(from: Jid, to: Jid): { to?: Address; from?: Address } {
  const [sender, receiver] = [addressOf(bareOf(from)), addressOf(bareOf(to))];
  return { ...(sender === undefined ? {} : { from: sender }), ...(receiver === undefined ? {} : { to: receiver }) };
}
