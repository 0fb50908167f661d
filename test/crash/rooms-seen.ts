/** The portals as Synapse shows them to Alice: whole, page by page, over nothing but the client-server API. */
import { z } from 'zod';
import { ghostOf, type RoomEvent } from './judge/evidence.ts';

const PAGE = 200;
const page = z.object({
  chunk: z.array(
    z.object({
      event_id: z.string(),
      type: z.string(),
      sender: z.string(),
      content: z.record(z.string(), z.unknown()),
    }),
  ),
  end: z.string().optional(),
});
const loginAnswer = z.object({ access_token: z.string() });
const joined = z.object({ joined_rooms: z.array(z.string()) });

export class RoomsSeen {
  readonly #url: string;
  readonly #token: string;

  private constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  static async login(url: string, user: string, password: string): Promise<RoomsSeen> {
    const body = { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password };
    const answer = await fetch(`${url}/_matrix/client/v3/login`, { method: 'POST', body: JSON.stringify(body) });
    return new RoomsSeen(url, loginAnswer.parse(await answer.json()).access_token);
  }

  /** For each number the rooms in which its ghost has spoken; and the names of all rooms she is in. */
  async portalsOf(customers: readonly string[]): Promise<{
    readonly portals: ReadonlyMap<string, readonly (readonly RoomEvent[])[]>;
    readonly names: readonly string[];
  }> {
    const names: string[] = [];
    const portals = new Map<string, (readonly RoomEvent[])[]>(customers.map((customer) => [customer, []]));
    for (const events of await this.all()) {
      const name = events.findLast((one) => one.type === 'm.room.name')?.content['name'];
      names.push(typeof name === 'string' ? name : '');
      for (const [customer, known] of portals) {
        const ghost = ghostOf(customer);
        if (events.some((one) => one.sender.startsWith(ghost) && one.type === 'm.room.message')) known.push(events);
      }
    }
    return { portals, names };
  }

  /** Every room that she is in. */
  async all(): Promise<readonly (readonly RoomEvent[])[]> {
    const { joined_rooms: rooms } = joined.parse(await this.#get('/joined_rooms'));
    return Promise.all(rooms.map((room) => this.eventsOf(room)));
  }

  /** Everything in one room, oldest first. */
  async eventsOf(room: string): Promise<readonly RoomEvent[]> {
    const pages: RoomEvent[][] = [];
    let from: string | undefined;
    do {
      const query = new URLSearchParams({ dir: 'f', limit: String(PAGE), ...(from === undefined ? {} : { from }) });
      const got = page.parse(await this.#get(`/rooms/${encodeURIComponent(room)}/messages?${query.toString()}`));
      pages.push(got.chunk);
      from = got.end;
    } while (from !== undefined);
    return pages.flat();
  }

  async #get(path: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${this.#token}` };
    const answer = await fetch(`${this.#url}/_matrix/client/v3${path}`, { headers });
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status}`);
    return answer.json();
  }
}
