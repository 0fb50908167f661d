/** A real Prosody as the kit's network; a proxy between it and the connector breaks the stream and swallows answers. */
import { must, parseAddress, type RemoteId } from '../../../src/core/ids.ts';
import type { Connector, ConnectorContext } from '../../../src/core/ports/connector.ts';
import { wireIdOf } from '../../../src/networks/xmpp/message-ids.ts';
import { xmpp } from '../../../src/networks/xmpp/xmpp.ts';
import { until } from '../../support/carrier.ts';
import {
  componentDomain,
  componentSecret,
  prosodyDomain,
  roomsDomain,
  type Prosody,
} from '../../support/xmpp/prosody.ts';
import { streamProxy } from '../../support/xmpp/stream-proxy.ts';
import { XmppCustomer } from '../../support/xmpp/customer.ts';
import type { CustomerActs, Network } from '../connector-kit.ts';

const line = must(parseAddress(`sales@${componentDomain}`));
let made = 0;

/** What the server has taken is with the customer's client a moment later: waits for that moment. */
function seen(connector: Connector, customer: XmppCustomer): Connector {
  const wait = async (what: string, has: () => boolean): Promise<void> => {
    if (!customer.closed) await until(what, has);
  };
  const shownAt = <A, R extends { readonly state: string; readonly ids?: readonly RemoteId[] }>(
    act: (given: A) => Promise<R>,
  ) => {
    return async (given: A): Promise<R> => {
      const result = await act(given);
      for (const id of result.state === 'sent' ? (result.ids ?? []) : []) {
        await wait('it to be shown', () => customer.has(wireIdOf(id)));
      }
      return result;
    };
  };
  return {
    start: () => connector.start(),
    stop: async (deadlineMs) => {
      customer.lineIsAway = true;
      await connector.stop(deadlineMs);
    },
    capabilities: (chat) => connector.capabilities(chat),
    refuses: (message) => connector.refuses?.(message),
    resolve: (written) => connector.resolve?.(written) ?? Promise.reject(new Error('no resolve')),
    send: shownAt((message) => connector.send(message)),
    edit: shownAt((edit) => given(connector.edit?.(edit))),
    redact: shownAt((redaction) => given(connector.redact?.(redaction))),
    react: shownAt((reaction) => given(connector.react?.(reaction))),
    markRead: told(customer, (read) => connector.markRead?.(read)),
    typing: told(customer, (typing) => connector.typing?.(typing)),
    presence: async (presence) => {
      if (!customer.lineIsAway) await customer.subscribes(line);
      await connector.presence?.(presence);
      if (customer.lineIsAway) return;
      await wait('it to be told', () => {
        const last = customer.told.at(-1);
        return last?.what === 'presence' && last.state === presence.state;
      });
    },
    fetchFile: (wish) => given(connector.fetchFile?.(wish)),
  };
}

function told<A>(customer: XmppCustomer, act: (given: A) => Promise<void> | undefined): (given: A) => Promise<void> {
  return async (given) => {
    const before = customer.told.length;
    const away = customer.lineIsAway;
    await act(given);
    if (!away) await until('it to be told', () => customer.told.length > before);
  };
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the connector has no such method');
  return value;
}

function acts(customer: XmppCustomer, room: string, recorded: () => number): CustomerActs {
  return {
    replies: (text) => customer.replies(line, text),
    edits: (text) => customer.edits(line, text),
    deletes: () => customer.deletes(line),
    reacts: (keys) => customer.reacts(line, keys),
    sendsFile: (file) => customer.sendsFile(line, file),
    sendsLocation: ({ latitude, longitude }) => customer.says(line, `geo:${String(latitude)},${String(longitude)}`),
    writesInGroup: async (text) => {
      await customer.joins(room, 'Sales');
      const before = recorded();
      customer.writesIn(room, text);
      await until('the group text on record', () => recorded() > before);
      return true;
    },
    receives: async () => {
      const before = recorded();
      customer.receipt(line, 'received');
      await until('the receipt on record', () => recorded() > before);
      return true;
    },
    reads: async () => {
      const before = recorded();
      customer.receipt(line, 'displayed');
      await until('the receipt on record', () => recorded() > before);
      return true;
    },
    types: (on) => {
      customer.types(line, on);
      return Promise.resolve();
    },
    appears: async (state) => {
      await customer.subscribes(line);
      customer.appears(state);
    },
  };
}

export function xmppNetwork(prosody: () => Prosody): () => Promise<Network> {
  return async () => {
    made += 1;
    const name = `bob${String(made)}`;
    prosody().account(name);
    const customer = await XmppCustomer.connect(prosody(), name);
    const proxy = await streamProxy(prosody().componentPort);
    const room = `team${String(made)}@${roomsDomain}`;
    let recorded = 0;
    const settings = {
      ...{ host: '127.0.0.1', port: proxy.port, domain: componentDomain, secret: componentSecret },
      ...{ names: { [line]: 'Sales' }, rooms: [{ line, room }], server: prosodyDomain },
      uploadOrigin: `http://127.0.0.1:${String(prosody().httpPort)}`,
      reconnect: { first: '20ms', most: '50ms', conflict: '50ms' },
      answerTimeout: '5s',
    };
    const counting = (ctx: ConnectorContext): ConnectorContext => ({
      ...ctx,
      ingest: async (events, kv) => {
        await ctx.ingest(events, kv);
        recorded += 'kind' in events && events.kind === 'chat' ? 0 : 1;
      },
      outcome: async (update, kv) => {
        await ctx.outcome(update, kv);
        recorded += 1;
      },
    });
    return {
      facts: xmpp.facts,
      line,
      customer: must(parseAddress(customer.bare)),
      fetchFrom: [`127.0.0.1:${String(prosody().httpPort)}`],
      link: 'socket',
      open: (ctx) => {
        customer.lineIsAway = false;
        const connector = xmpp.open(counting(ctx), settings);
        return seen(connector, customer);
      },
      settings,
      customerWrites: (text) => customer.says(line, text),
      repeats: () => customer.repeats(),
      poison: () => {
        proxy.inject("<message from='@' to='%'><body>nobody</body></message>");
        return customer.saysXml(line, "<x xmlns='urn:example:unheard-of'><y><z/></y></x>");
      },
      sendsStrange: () => customer.saysXml(line, "<poll xmlns='urn:example:poll'><question>Lunch?</question></poll>"),
      givesUp: () => {
        customer.givesUp();
      },
      received: () => customer.received(line),
      loseAnswers: () => {
        proxy.loseAnswers();
      },
      cut: () => {
        proxy.cut();
      },
      secrets: [componentSecret, customer.bare],
      close: async () => {
        customer.close();
        await proxy.close();
      },
      customerCan: acts(customer, room, () => recorded),
      shown: (id) => customer.shown(line, id),
      newest: (by) => customer.newest(line, by),
      files: () => customer.files(line),
      told: () => customer.told,
    };
  };
}
