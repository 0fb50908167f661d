import { describe, expect, test } from '@jest/globals';
import { must, parseAddress } from '../../../../src/core/ids.ts';
import type { RemotePresence } from '../../../../src/core/ports/connector.ts';
import { readJid } from '../../../../src/networks/xmpp/jid.ts';
import { Lines } from '../../../../src/networks/xmpp/lines.ts';
import { PresenceDesk } from '../../../../src/networks/xmpp/presence-desk.ts';
import { writeXml } from '../../../../src/networks/xmpp/xml/write.ts';
import { TestCore } from '../../../contract/networks/test-core.ts';
import { stanzaOf } from './stanza.ts';

const line = must(parseAddress('sales@sms.example'));

function desk() {
  const core = new TestCore({ lines: [line] });
  const written: string[] = [];
  const presence = new PresenceDesk({
    ctx: core.context(),
    lines: new Lines([line], 'sms.example', {}),
    write: (stanza) => written.push(writeXml(stanza, 'jabber:component:accept')),
    asked: () => Promise.resolve(true),
  });
  const take = async (from: string, inner: string, type?: string): Promise<void> => {
    const jid = readJid(from);
    if (jid === undefined) throw new Error('no JID');
    await presence.take(
      stanzaOf(`<presence ${type === undefined ? '' : `type='${type}'`}>${inner}</presence>`),
      line,
      jid,
    );
  };
  return { core, presence, take, written };
}

function shown(seen: readonly RemotePresence[]): string[] {
  return seen.map(({ state, words }) => (words === undefined ? state : `${state}: ${words}`));
}

describe('presence of people at several clients', () => {
  test('all values of show are told', async () => {
    const { core, take } = desk();
    for (const show of ['chat', 'away', 'xa', 'dnd']) await take('bob@chat.example/a', `<show>${show}</show>`);
    await take('bob@chat.example/a', '');
    await take('bob@chat.example/a', '<show>unheard-of</show><status>back</status>');
    await take('bob@chat.example/a', '', 'unavailable');
    expect(shown(core.appeared)).toEqual(['chat', 'away', 'xa', 'dnd', 'available', 'available: back', 'offline']);
  });

  test('the client with the highest priority counts, of equals the newest; the last one that leaves makes them offline', async () => {
    const { core, take } = desk();
    await take('bob@chat.example/a', '<priority>5</priority>');
    await take('bob@chat.example/b', '<show>dnd</show><priority>-1</priority>');
    await take('bob@chat.example/c', '<show>away</show><priority>5</priority>');
    await take('bob@chat.example/c', '', 'unavailable');
    await take('bob@chat.example/a', '', 'unavailable');
    await take('bob@chat.example/b', '', 'unavailable');
    expect(shown(core.appeared)).toEqual(['available', 'away', 'available', 'dnd', 'offline']);
  });

  test('what does not change is told once', async () => {
    const { core, take } = desk();
    for (let n = 0; n < 3; n += 1) await take('bob@chat.example/a', '<show>away</show>');
    expect(core.appeared).toHaveLength(1);
  });

  test('people past the first 10,000, and clients past the first 20, are not kept', async () => {
    const { core, take } = desk();
    for (let n = 0; n < 10_000; n += 1) await take(`p${String(n)}@chat.example/a`, '');
    await take('late@chat.example/a', '');
    expect(core.appeared).toHaveLength(10_000);
    for (let n = 0; n < 25; n += 1)
      await take(`p1@chat.example/r${String(n)}`, '<show>dnd</show><priority>9</priority>');
    for (let n = 0; n < 19; n += 1) await take(`p1@chat.example/r${String(n)}`, '', 'unavailable');
    expect(core.appeared.at(-1)).toMatchObject({ state: 'available' });
  });

  test('a probe is answered, and who stops wanting to see us is let go', async () => {
    const { take, written, core, presence } = desk();
    await take('bob@chat.example', '', 'probe');
    expect(written[0]).toMatch(/^<presence from='sales@sms.example\/gatehouse' to='bob@chat.example'>/u);
    await take('bob@chat.example', '', 'subscribe');
    expect(core.kv.size).toBe(1);
    await take('bob@chat.example', '', 'unsubscribe');
    expect(core.kv.size).toBe(0);
    expect(written.at(-2)).toMatch(/^<presence from='sales@sms.example\/gatehouse' .*type='unavailable'/u);
    expect(written.at(-1)).toContain("type='unsubscribed'");
    written.length = 0;
    presence.tell({ from: line, state: 'away' });
    expect(written).toEqual([]);
  });

  test('offline is told as gone, and words with it', async () => {
    const { take, written, presence } = desk();
    await take('bob@chat.example', '', 'subscribe');
    written.length = 0;
    presence.tell({ from: line, state: 'xa', words: 'until Monday' });
    presence.tell({ from: line, state: 'offline' });
    expect(written[0]).toContain('<show>xa</show><status>until Monday</status>');
    expect(written[1]).toContain("type='unavailable'");
  });
});
