/** What a server admin takes away, on the homeserver in memory. */
import type { EventId, MediaUri, RoomId, UserId } from '../../src/core/ids.ts';
import type { Done } from '../../src/core/ports/homeserver.ts';
import type { HomeserverErasing } from '../../src/core/ports/homeserver-erasing.ts';
import { ok } from '../../src/core/result.ts';
import type { FakeHomeserver } from '../integration/bridge/fake-homeserver.ts';

export class ErasableHomeserver implements HomeserverErasing {
  readonly outOfUse = new Set<UserId>();
  readonly calls: string[] = [];
  /** Called before each call is done; one that never returns is a process that is killed there. */
  before: (call: string) => Promise<void> = () => Promise.resolve();
  /** Called when each was done, before anybody is told. */
  after: (call: string) => Promise<void> = () => Promise.resolve();
  readonly #homeserver: FakeHomeserver;

  constructor(homeserver: FakeHomeserver) {
    this.#homeserver = homeserver;
  }

  oldest(room: RoomId): ReturnType<HomeserverErasing['oldest']> {
    const events = this.#homeserver.rooms.get(room)?.events ?? [];
    return this.#do('oldest', () => ({
      events: events.map(({ event_id: id, state_key }) => ({ id, isState: state_key !== undefined })),
    }));
  }

  purge({ room, before }: { readonly room: RoomId; readonly before: EventId }): Done<void> {
    return this.#do('purge', () => {
      const events = this.#homeserver.rooms.get(room)?.events ?? [];
      const cut = events.findIndex(({ event_id }) => event_id === before);
      const left = events.filter(({ state_key }, at) => at >= cut || state_key !== undefined);
      events.splice(0, events.length, ...left);
    });
  }

  joined(room: RoomId): Done<number | undefined> {
    const members = this.#homeserver.rooms.get(room)?.members;
    return this.#do('joined', () => members && [...members.values()].filter((one) => one === 'join').length);
  }

  deleteRoom(room: RoomId): Done<void> {
    return this.#do('deleteRoom', () => {
      this.#homeserver.deleteRoom(room);
    });
  }

  look({ event }: { readonly event: EventId }): ReturnType<HomeserverErasing['look']> {
    const events = [...this.#homeserver.rooms.values()].flatMap((room) => room.events);
    const found = events.find(({ event_id }) => event_id === event);
    return this.#do('look', () => (found === undefined ? 'gone' : 'there'));
  }

  deleteMedia(_uri: MediaUri): ReturnType<HomeserverErasing['deleteMedia']> {
    return this.#do('deleteMedia', () => 'gone');
  }

  deactivate(ghost: UserId): Done<void> {
    return this.#do('deactivate', () => {
      this.outOfUse.add(ghost);
      this.#homeserver.ghosts.delete(ghost);
    });
  }

  activate(ghost: UserId): Done<void> {
    return this.#do('activate', () => {
      this.outOfUse.delete(ghost);
    });
  }

  async #do<T>(call: string, act: () => T): Done<T> {
    this.calls.push(call);
    await this.before(call);
    const done = act();
    await this.after(call);
    return ok(done);
  }
}
