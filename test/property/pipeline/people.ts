/** What people do in the simulated world, and what a judge remembers of it. */
import { ghostUserId } from '../../../src/core/address.ts';
import { PORTAL_MARK } from '../../../src/bridge/portals/portal-state.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { alice, customers, DOMAIN, stranger, writers, type Customer } from './house-rules.ts';
import type { Stimulus } from './plan.ts';
import type { SynapseEvent } from './synapse.ts';
import type { World } from './world.ts';

/** What a rule stops, at the end of a text. */
const STOPPED = ' with a card';

/** One message of a staff member to a customer. */
export interface Written {
  readonly event: SynapseEvent;
  /** Its text and those of its edits. */
  readonly texts: string[];
  deleted: boolean;
  cancelled: boolean;
  retried: boolean;
}

export class People {
  readonly written: Written[] = [];
  /** First words to somebody new, by text. */
  readonly opened: string[] = [];
  readonly #world: World;
  #count: number;
  #among: string | undefined;

  constructor(world: World) {
    this.#world = world;
    this.#count = world.count;
  }

  act(stimulus: Exclude<Stimulus, { readonly do: 'decide' }>): void {
    this.#count += 1;
    this.#world.trace(`people: ${JSON.stringify(stimulus)}`);
    switch (stimulus.do) {
      case 'text': {
        const from = customers[stimulus.customer] ?? customers[0];
        this.#world.provider.write(from, stimulus.same ? 'ok' : `text ${String(this.#count)}`);
        return;
      }
      case 'write':
      case 'confide':
        this.#write(stimulus);
        return;
      case 'note':
        this.#say(alice, this.#portal(stimulus.portal), { body: `!note ${String(this.#count)}` });
        return;
      case 'talk':
        this.#among ??= this.#world.synapse.makeRoom(alice);
        this.#say(alice, this.#among, { body: `among us ${String(this.#count)}` });
        return;
      case 'open':
        this.#open(stimulus.portal);
        return;
      default:
        this.#about(stimulus.do, stimulus.which);
    }
  }

  #write({ do: what, who, portal }: Extract<Stimulus, { readonly who: number }>): void {
    const text = `answer ${String(this.#count)}${what === 'confide' ? STOPPED : ''}`;
    const event = this.#say(writers[who % 7 === 6 ? 2 : who % 2] ?? alice, this.#portal(portal), { body: text });
    if (event !== undefined)
      this.written.push({ event, texts: [text], deleted: false, cancelled: false, retried: false });
  }

  #open(portal: number): void {
    const text = `hello ${String(this.#count)}`;
    const event = this.#say(alice, this.#portal(portal), { body: `!sms ${stranger.address} ${text}` });
    if (event !== undefined) this.opened.push(text);
  }

  #about(what: 'edit' | 'delete' | 'retry' | 'cancel', which: number): void {
    const written = this.written[which % Math.max(this.written.length, 1)];
    if (written === undefined) return;
    const { event_id, room_id, sender } = written.event;
    if (what === 'delete') {
      written.deleted = true;
      const event = { type: 'm.room.redaction', room_id, sender, content: {}, redacts: event_id };
      this.#world.synapse.write(event);
    } else if (what === 'edit') {
      const [first = ''] = written.texts;
      const text = `${first.replace(STOPPED, '')} edited ${String(this.#count)}${which % 2 === 1 ? STOPPED : ''}`;
      written.texts.push(text);
      const edit = { 'm.new_content': { msgtype: 'm.text', body: text } };
      this.#say(sender, room_id, {
        ...edit,
        body: `* ${text}`,
        'm.relates_to': { rel_type: 'm.replace', event_id },
      });
    } else {
      if (what === 'retry') written.retried = true;
      else written.cancelled = true;
      this.#say(alice, room_id, { body: `!${what}`, 'm.relates_to': { 'm.in_reply_to': { event_id } } });
    }
  }

  /** Whoever writes has joined before, and to join a chat the line's staff must have been invited. */
  #say(sender: string, room_id: string | undefined, content: JsonObject): SynapseEvent | undefined {
    const { synapse } = this.#world;
    const room = synapse.rooms.get(room_id ?? '');
    if (room?.members.has(alice) !== true) return undefined;
    if (room.members.get(sender) !== 'join') synapse.join(room.id, sender);
    return synapse.write({
      type: 'm.room.message',
      room_id: room.id,
      sender,
      content: { msgtype: 'm.text', ...content },
    });
  }

  /** One of the rooms that are chats with customers. */
  #portal(index: number): string | undefined {
    const rooms = portalRooms(this.#world);
    return rooms[index % Math.max(rooms.length, 1)];
  }
}

/** Chats with customers, from the moment that the homeserver has their rooms. */
export function portalRooms({ synapse }: Pick<World, 'synapse'>): readonly string[] {
  return [...synapse.rooms.values()]
    .filter((room) => room.state.get('m.room.create ')?.[PORTAL_MARK] !== undefined)
    .map((room) => room.id);
}

export function ghostOf({ line, address }: Customer): string {
  return ghostUserId(line.network, address, DOMAIN);
}
