import { describe, expect, test } from '@jest/globals';
import { must, parseAddress, parsePosition, parseRemoteId } from '../../../../src/core/ids.ts';
import type { Kv, KvEdit } from '../../../../src/core/ports/connector.ts';
import { Aliases } from '../../../../src/networks/xmpp/aliases.ts';
import { chatKey, eventIdOf, OurIds, remoteIdOf, wireIdOf } from '../../../../src/networks/xmpp/message-ids.ts';
import { TalkNotes } from '../../../../src/networks/xmpp/talk-notes.ts';
import { stanzaOf } from './stanza.ts';

const line = must(parseAddress('sales@sms.example'));
const bob = must(parseAddress('bob@chat.example'));

class Disk implements Kv {
  readonly rows = new Map<string, Uint8Array>();

  get(key: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.rows.get(key));
  }

  list(prefix: string): Promise<readonly { readonly key: string; readonly value: Uint8Array }[]> {
    const all = Array.from(this.rows, ([key, value]) => ({ key, value }));
    return Promise.resolve(all.filter(({ key }) => key.startsWith(prefix)));
  }

  apply(changes: readonly KvEdit[]): Promise<void> {
    for (const { key, value } of changes) {
      if (value === null) this.rows.delete(key);
      else this.rows.set(key, value);
    }
    return Promise.resolve();
  }
}

describe('names of XMPP messages', () => {
  test('ours are known by their form for their own chat, and by nobody else made up', () => {
    const ids = new OurIds();
    ids.use(Buffer.alloc(32, 1));
    const [key, other] = [chatKey(line, bob), chatKey(line, 'eve@chat.example')];
    const id = ids.make(must(parsePosition(7)), 'm', key);
    expect(id).toMatch(/^gh-m7-[0-9a-f]{16}$/u);
    expect(ids.areOurs(id, key)).toBe(true);
    expect(ids.areOurs(id, other)).toBe(false);
    for (const forged of ['gh-m7-0000000000000000', id.replace('m7', 'm8'), '', 'x', `${id}x`]) {
      expect(ids.areOurs(forged, key)).toBe(false);
    }
    const another = new OurIds();
    another.use(Buffer.alloc(32, 2));
    expect(another.areOurs(id, key)).toBe(false);
  });

  test('an id with slashes comes back as it was; one that is too long, or has line ends, names nothing', () => {
    const remote = remoteIdOf('in', chatKey(line, bob), 'a/b/c');
    expect(remote === undefined ? '' : wireIdOf(remote)).toBe('a/b/c');
    expect(remoteIdOf('in', chatKey(line, bob), 'x'.repeat(300))).toBeUndefined();
    expect(remoteIdOf('in', chatKey(line, bob), 'a\nb')).toBeUndefined();
  });

  test('an event has a short id without line ends, whatever the peer chose', () => {
    for (const id of ['x'.repeat(5_000), 'a\nb', 'ü😀', ''])
      expect(eventIdOf('msg', 'k', id)).toMatch(/^msg\/k\/[0-9a-f]{64}$/u);
    expect(eventIdOf('msg', 'k', 'x'.repeat(5_000))).not.toBe(eventIdOf('msg', 'k', 'x'.repeat(5_001)));
  });
});

describe('other names of messages', () => {
  test('outlive the process, and the newest of one name counts', async () => {
    const disk = new Disk();
    const first = new Aliases();
    await disk.apply([...first.note('a', '1'), ...first.note('b', '2'), ...first.note('a', '3')]);
    expect(disk.rows.size).toBe(2);
    const second = new Aliases();
    await second.load(disk);
    expect([second.get('a'), second.get('b'), second.get('c')]).toEqual(['3', '2', undefined]);
    await disk.apply(second.note('c', '4'));
    expect(disk.rows.size).toBe(3);
  });

  test('the oldest of 10,000 is forgotten, in memory and on disk', async () => {
    const disk = new Disk();
    const aliases = new Aliases();
    for (let n = 0; n <= 10_000; n += 1) await disk.apply(aliases.note(`name ${String(n)}`, 'x'));
    expect(disk.rows.size).toBe(10_000);
    expect(aliases.get('name 0')).toBeUndefined();
    expect(aliases.get('name 1')).toBe('x');
  });

  test('what is on disk and can not be read does no harm', async () => {
    const disk = new Disk();
    await disk.apply([{ key: 'alias/x', value: Buffer.from('a') }]);
    const aliases = new Aliases();
    await aliases.load(disk);
    expect(aliases.get('a')).toBeUndefined();
  });
});

describe('what is known of chats', () => {
  const markable = stanzaOf("<message><markable xmlns='urn:xmpp:chat-markers:0'/></message>");

  test('the oldest of 10,000 markable messages is forgotten', () => {
    const notes = new TalkNotes();
    const id = (n: number) => must(parseRemoteId(`in/${String(n)}`));
    for (let n = 0; n <= 10_000; n += 1) notes.markable(markable, id(n));
    expect([notes.isMarkable(id(0)), notes.isMarkable(id(1)), notes.isMarkable(id(10_000))]).toEqual([
      false,
      true,
      true,
    ]);
  });

  test('the oldest of 10,000 chats without states is forgotten, and gets them again', () => {
    const notes = new TalkNotes();
    const chat = (n: number) => must(parseAddress(`p${String(n)}@chat.example`));
    for (let n = 0; n <= 10_000; n += 1) notes.states(line, chat(n), false);
    expect([notes.takesStates(line, chat(0)), notes.takesStates(line, chat(1))]).toEqual([true, false]);
    notes.states(line, chat(1), true);
    expect(notes.takesStates(line, chat(1))).toBe(true);
  });
});
