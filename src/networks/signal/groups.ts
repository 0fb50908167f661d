/** Who is in a group and what it is called: asked once, and again when it has changed or after a while. */
import type { Clock } from '../../core/clock.ts';
import { parseAddress, type Address } from '../../core/ids.ts';
import type { Group } from '../../core/network-entries.ts';
import type { Kv } from '../../core/ports/connector.ts';
import type { Called } from './daemon.ts';
import { People } from './people.ts';
import { groups as groupList } from './wire.ts';

/** Groups that are remembered; the one asked for longest ago is forgotten. */
export const maxGroups = 500;
const freshForMs = 600_000;
/** What comes in waits no longer for it. */
const askForMs = 2_000;

interface Known {
  readonly group: Group;
  readonly revision: number | undefined;
  readonly at: number;
}

type Ask = (line: Address, method: string, params: object, wish: { timeoutMs: number }) => Promise<Called>;

export class Groups {
  readonly #given: { readonly clock: Clock; readonly kv: Kv; readonly ask: Ask };
  readonly #known = new Map<string, Known>();

  constructor(given: { readonly clock: Clock; readonly kv: Kv; readonly ask: Ask }) {
    this.#given = given;
  }

  /** Undefined for an id that can be nobody's; without members where the daemon can't be asked now. */
  async look(line: Address, id: string, revision: number | undefined): Promise<Group | undefined> {
    const address = parseAddress(id);
    if (!address.ok) return undefined;
    const key = `${line} ${id}`;
    const known = this.#known.get(key);
    if (known !== undefined && this.#isFresh(known, revision)) return known.group;
    const asked = await this.#asked(line, address.value);
    if (asked === undefined) return known?.group ?? { id: address.value };
    this.#keep(key, { group: asked, revision: revision ?? known?.revision, at: this.#given.clock.monotonic() });
    return asked;
  }

  #isFresh(known: Known, revision: number | undefined): boolean {
    if (revision !== undefined && revision !== known.revision) return false;
    return this.#given.clock.monotonic() - known.at < freshForMs;
  }

  #keep(key: string, known: Known): void {
    this.#known.delete(key);
    const [oldest] = this.#known.keys();
    if (this.#known.size >= maxGroups && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(key, known);
  }

  async #asked(line: Address, id: Address): Promise<Group | undefined> {
    const answer = await this.#given.ask(line, 'listGroups', { groupId: [id] }, { timeoutMs: askForMs });
    const listed = answer.kind === 'result' ? groupList.safeParse(answer.value) : undefined;
    const found = listed?.success === true ? listed.data.find((one) => one.id === id) : undefined;
    if (found === undefined) return undefined;
    const people = new People(this.#given.kv);
    const members = [];
    for (const member of found.members) {
      const person = await people.of({ ...member, legacy: member.number });
      if (person === undefined || person.address === line) continue;
      members.push({ address: person.address, ...(person.name === undefined ? {} : { name: person.name }) });
    }
    return { id, ...(found.name === undefined ? {} : { name: found.name }), members };
  }
}
