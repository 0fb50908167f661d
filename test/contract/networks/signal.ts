/** The simulated signal-cli daemon as the kit's network, over TCP and over HTTP. */
import { must, parseAddress as parse, parseRemoteId, type RemoteId } from '../../../src/core/ids.ts';
import { remoteIdOf, sentAtOf } from '../../../src/networks/signal/message-ids.ts';
import { signal } from '../../../src/networks/signal/signal.ts';
import type { ConnectorContext } from '../../../src/core/ports/connector.ts';
import { startSignal, type SimulatedSignal } from '../../support/simulators/signal/simulator.ts';
import type { SentMessage } from '../../support/simulators/signal/store.ts';
import type { Customer } from '../../support/simulators/signal/customer.ts';
import type { CustomerActs, MakeNetwork, Network, Shown } from '../connector-kit.ts';

const LINE = '+12025550100';
const CUSTOMER = '+12025550199';

/** signal-cli waits for no word that something is on record: that it is tells the simulator, and only it. */
function telling(ctx: ConnectorContext, { daemon }: SimulatedSignal): ConnectorContext {
  return {
    ...ctx,
    ingest: async (events, kv) => {
      await ctx.ingest(events, kv);
      for (const { id } of 'kind' in events ? [events] : events) daemon.recorded(id);
    },
    outcome: async (update, kv) => {
      await ctx.outcome(update, kv);
      daemon.recorded(update.id);
    },
  };
}

function acts(house: SimulatedSignal, customer: Customer): CustomerActs {
  const { daemon } = house;
  const [account] = daemon.accounts;
  const newest = (): SentMessage => {
    const found = daemon.store.sent.at(-1);
    if (found === undefined) throw new Error('the line wrote nothing');
    return found;
  };
  const target = () => {
    if (account === undefined) throw new Error('no account');
    return { sentAt: newest().sentAt, author: account, text: newest().text };
  };
  let reaction = '👍';
  return {
    replies: (text) => customer.says({ text, quote: target() }),
    edits: (text) => customer.edits(text),
    deletes: () => customer.deletes(),
    reacts: (keys) => {
      const taken = customer.reacts(keys[0] ?? reaction, target(), keys.length === 0);
      reaction = keys[0] ?? reaction;
      return taken;
    },
    sendsFile: ({ bytes, name, type, caption = '' }) =>
      customer.says({ text: caption, files: [{ bytes, name, type }] }),
    sendsContact: ({ name, phone }) => {
      const contact = {
        name: { given: name },
        phone: [{ value: phone, type: 'MOBILE', label: null }],
        organization: null,
      };
      return customer.says({ text: null, more: { contacts: [contact] } });
    },
    writesInGroup: (text) => {
      const group = { id: 'Pmpi+EfPWmsxiomLe9Nx2XF9HOE483p6iKiFj65iMwI=', name: 'Family', revision: 1 };
      const members = [customer.person, ...daemon.accounts];
      daemon.people.groups.push({ ...group, members });
      return customer.says({ text, group: { ...group, members } });
    },
    receives: () => customer.receipt('delivery', [newest().sentAt]),
    reads: () => customer.receipt('read', [newest().sentAt]),
    types: (on) => {
      customer.types(on);
      return Promise.resolve();
    },
  };
}

function shownOf(house: SimulatedSignal, id: RemoteId): Shown | undefined {
  const sentAt = sentAtOf(id) ?? 0;
  const { store } = house.daemon;
  const reaction = store.reactions.get(`${LINE}/${CUSTOMER}/${String(sentAt)}`);
  const reactions = reaction === undefined ? {} : { reactions: [reaction] };
  const found = store.find(LINE, sentAt);
  if (found === undefined) return { text: '', ...reactions };
  const { text, deleted, files, quote } = found;
  const replyTo =
    quote === undefined
      ? undefined
      : remoteIdOf({ line: must(parse(LINE)), author: must(parse(quote.author)), sentAt: quote.sentAt });
  return {
    text,
    deleted,
    ...reactions,
    ...(files[0] === undefined ? {} : { file: files[0].sha256 }),
    ...(replyTo === undefined ? {} : { replyTo }),
  };
}

export function signalNetwork(by: 'tcp' | 'http'): MakeNetwork {
  return async (): Promise<Network> => {
    const house: SimulatedSignal = await startSignal();
    const customer = house.customer(CUSTOMER);
    const { daemon } = house;
    const settings = { daemon: house[by], sendTimeout: '5s', reconnect: { first: '20ms', most: '50ms' } };
    return {
      facts: signal.facts,
      link: 'socket',
      open: (ctx) => signal.open(telling(ctx, house), settings),
      settings,
      customerWrites: (text) => customer.says({ text }),
      repeats: () => customer.repeats(),
      poison: () => {
        house.inject(
          '{"jsonrpc":"2.0","method":"receive","params":{"envelope":{"timestamp":"never","dataMessage":7}}}',
        );
        house.inject('{"envelope": [');
        return Promise.resolve();
      },
      givesUp: () => {
        daemon.giveUp();
      },
      received: () => daemon.store.sent.map(({ text }) => text),
      loseAnswers: () => {
        daemon.losesAnswers = true;
      },
      cut: () => {
        house.cut();
      },
      secrets: [customer.person.uuid],
      close: async () => {
        await house[Symbol.asyncDispose]();
      },
      sendsStrange: () =>
        customer.says({
          text: null,
          more: { pollCreate: { question: 'Lunch?', allowMultiple: false, options: ['Yes', 'No'] } },
        }),
      customerCan: acts(house, customer),
      shown: (id) => shownOf(house, id),
      newest: (by) => {
        const [author, sentAt] =
          by === 'customer' ? [CUSTOMER, customer.newestSentAt] : [LINE, daemon.store.sent.at(-1)?.sentAt ?? 0];
        return remoteIdOf({ line: must(parse(LINE)), author: must(parse(author)), sentAt });
      },
      files: () => daemon.store.sent.flatMap(({ files }) => files.map(({ sha256 }) => sha256)),
      told: () =>
        daemon.store.told.map((one) =>
          one.what === 'typing'
            ? { what: 'typing', on: one.on }
            : { what: 'read', id: must(parseRemoteId(`${LINE}/${one.to}/${String(one.sentAt.at(-1))}`)) },
        ),
    };
  };
}
