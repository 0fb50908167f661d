/**
 * signal-cli over HTTP, as newer ones are: events are numbered, and the last 1,000 come again to whoever names the last
 * that he has on record. Nothing tells signal-cli that something is: all of it is judged as if nobody had.
 */
import { startSignal } from '../../../support/simulators/signal/simulator.ts';
import type { Customer } from '../../../support/simulators/signal/customer.ts';
import type { Acknowledged, Player } from '../player.ts';

/** The simulator's own account. */
const LINE = '+12025550100';
const FIRST = 12_025_550_500;

export async function signalPlayer(): Promise<Player> {
  const sim = await startSignal();
  const { daemon } = sim;
  const people = new Map<number, Customer>();
  const person = (n: number): Customer => {
    const known = people.get(n) ?? sim.customer(`+${String(FIRST + n)}`, `Ann ${String(n)}`);
    people.set(n, known);
    return known;
  };
  const unanswered = (sent: Promise<boolean>): Acknowledged => {
    sent.catch(() => undefined);
    return Promise.resolve(false);
  };
  return {
    settings: { daemon: sim.http, sendTimeout: '5s', reconnect: { first: '50ms', most: '500ms' } },
    writes: (n, text) => unanswered(person(n).says({ text })),
    sendsPicture: (n, { bytes, type, caption }) =>
      unanswered(person(n).says({ text: caption, files: [{ bytes, type, name: 'shelf.jpg' }] })),
    edits: (n, text) => unanswered(person(n).edits(text)),
    deletes: (n) => unanswered(person(n).deletes()),
    taken: () =>
      daemon.store.sent.map(({ sentAt, to, text, files: [picture], deleted }) => ({
        ...{ id: String(sentAt), person: Number(to) - FIRST, text, deleted },
        reactions: [daemon.store.reactions.get(`${LINE}/${LINE}/${String(sentAt)}`) ?? []].flat(),
        ...(picture === undefined ? {} : { picture }),
      })),
    arrives: (id) => {
      const sent = daemon.store.sent.find(({ sentAt }) => sentAt === Number(id));
      const to = Number(sent?.to) - FIRST;
      person(to)
        .receipt('delivery', [Number(id)])
        .catch(() => undefined);
      // It comes again until it is on record.
      return Promise.resolve(true);
    },
    close: async () => {
      daemon.giveUp();
      await sim[Symbol.asyncDispose]();
    },
  };
}
