/**
 * Customers with accounts at a real Prosody. Nobody keeps what they write to a component that is away: the server gives
 * it back, and what was in the stream when Gatehouse died never gets a receipt.
 */
import { must, parseAddress } from '../../../../src/core/ids.ts';
import type { Element } from '../../../support/xmpp/client.ts';
import { XmppCustomer } from '../../../support/xmpp/customer.ts';
import {
  componentDomain,
  componentSecret,
  prosodyDomain,
  startProsody,
  type Prosody,
} from '../../../support/xmpp/prosody.ts';
import type { Picture, Player, Taken } from '../player.ts';
import { LinkedFiles } from './linked-files.ts';

const LINE = `sales@${componentDomain}`;
/** So long after a kill the server has given back what it gives back. */
const GIVEN_BACK_MS = 500;

export async function xmppPlayer(): Promise<Player> {
  const prosody = await startProsody();
  const people = new People(prosody);
  const uploads = `127.0.0.1:${String(prosody.httpPort)}`;
  return {
    line: must(parseAddress(LINE)),
    settings: {
      ...{ host: '127.0.0.1', port: prosody.componentPort, domain: componentDomain, secret: componentSecret },
      ...{ names: { [LINE]: 'Sales' }, server: prosodyDomain, uploadOrigin: `http://${uploads}` },
      ...{ reconnect: { first: '50ms', most: '500ms', conflict: '100ms' }, answerTimeout: '5s' },
    },
    fetchFrom: [uploads],
    keepsNothing: true,
    writes: (n, text) => people.does(n, (one) => one.says(LINE, text)),
    sendsPicture: (n, picture) => people.does(n, (one) => one.sendsFile(LINE, fileOf(picture))),
    edits: (n, text) => people.corrects(n, (one) => one.edits(LINE, text)),
    taken: () => people.taken(),
    arrives: (id) => people.arrives(id),
    died: () => {
      people.died();
    },
    close: async () => {
      people.close();
      await prosody[Symbol.asyncDispose]();
    },
  };
}

function nameOf(person: number): string {
  return `ann${String(person)}`;
}

function fileOf({ bytes, type, caption }: Picture) {
  return { kind: 'image' as const, name: 'shelf.jpg', type, bytes, caption };
}

class People {
  readonly #prosody: Prosody;
  readonly #there = new Map<number, XmppCustomer>();
  /** Of each, the last of what they do: one thing after another, each when the one before was answered. */
  readonly #last = new Map<number, Promise<boolean>>();
  readonly #files = new LinkedFiles();

  constructor(prosody: Prosody) {
    this.#prosody = prosody;
  }

  does(person: number, act: (customer: XmppCustomer) => Promise<boolean>): Promise<boolean> {
    const before = this.#last.get(person) ?? Promise.resolve(true);
    const done = before.then(async () => act(await this.#customer(person)));
    this.#last.set(person, done);
    return done;
  }

  /** Nobody corrects what came back. */
  corrects(person: number, act: (customer: XmppCustomer) => Promise<boolean>): Promise<boolean> {
    const before = this.#last.get(person) ?? Promise.resolve(false);
    return this.does(person, async (customer) => (await before) && act(customer));
  }

  taken(): readonly Taken[] {
    return Array.from(this.#there, ([person, { client }]) => {
      const said = client.messages.filter(isOurs);
      return said.flatMap((one) => this.#takenFrom(one, said, person));
    }).flat();
  }

  /** Nobody says whether a receipt was taken. */
  arrives(id: string): Promise<boolean> {
    for (const { client } of this.#there.values()) {
      if (!client.messages.some((one) => isOurs(one) && one.attrs['id'] === id)) continue;
      client.write(`<message type='chat' to='${LINE}'><received xmlns='urn:xmpp:receipts' id='${id}'/></message>`);
    }
    return Promise.resolve(false);
  }

  died(): void {
    setTimeout(() => {
      for (const customer of this.#there.values()) customer.givesUp();
    }, GIVEN_BACK_MS).unref();
  }

  close(): void {
    for (const customer of this.#there.values()) customer.close();
  }

  async #customer(person: number): Promise<XmppCustomer> {
    const known = this.#there.get(person);
    if (known !== undefined) return known;
    const name = nameOf(person);
    this.#prosody.account(name);
    const customer = await XmppCustomer.connect(this.#prosody, name);
    this.#there.set(person, customer);
    return customer;
  }

  /** What is said once; corrections, retractions and reactions are about such. A file stands there when it was fetched. */
  #takenFrom(one: Element, said: readonly Element[], person: number): readonly Taken[] {
    const id = one.attrs['id'];
    if (id === undefined || !isSaid(one)) return [];
    const of = (name: string): Element[] => said.filter((other) => other.child(name)?.attrs['id'] === id);
    const taken = { id, person, deleted: of('retract').length > 0, reactions: keysIn(of('reactions').at(-1)) };
    const url = one.child('x')?.text('url');
    if (url === undefined) return [{ ...taken, text: (of('replace').at(-1) ?? one).text('body') ?? '' }];
    const sha256 = this.#files.at(url);
    return sha256 === undefined ? [] : [{ ...taken, text: '', picture: { sha256 } }];
  }
}

function keysIn(reacting: Element | undefined): readonly string[] {
  const reactions = reacting?.child('reactions')?.children('reaction') ?? [];
  return reactions.map(({ own }) => own);
}

function isSaid(one: Element): boolean {
  const about = ['replace', 'retract', 'reactions'].some((name) => one.child(name) !== undefined);
  return !about && one.child('body') !== undefined;
}

function isOurs({ attrs }: Element): boolean {
  return (attrs['from'] ?? '').startsWith(LINE) && attrs['type'] !== 'error';
}
