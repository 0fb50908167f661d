/** The copy of what is kept about a person: what is theirs whole, and nothing that is other people's. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { kindOfUser } from '../../../../src/bridge/people/our-users.ts';
import type { Entry } from '../../../../src/core/entry.ts';
import { must, parseContactId, parseMediaUri, type UserId } from '../../../../src/core/ids.ts';
import {
  copyFiles,
  type CopyDeps,
  type CopyFile,
  type CopyOf,
  type CopyTotals,
} from '../../../../src/retention/person/copy/copy-files.ts';
import {
  alice,
  bob,
  domain,
  ghost,
  matrixEntry,
  networkEntry,
  now,
  position,
  sales,
  text,
  user,
} from '../../bot/samples.ts';

const anns = must(parseContactId('c7'));
const zoes = must(parseContactId('c9'));
const hers = { contact: anns, line: sales.id } as const;
const head = { id: 'k4f', names: ['Ann Lee', '+12025550199'], asked: '6 March 2026', made: '7 March 2026' };
const annsCopy: CopyOf = { subject: { contacts: [anns], users: [] }, ghosts: new Set([ghost]), head };
const bobsCopy: CopyOf = {
  subject: { contacts: [], users: [bob] },
  ghosts: new Set(),
  head: { ...head, names: [bob] },
};

const KNOWN_OTHERS = new Set(['+1 202 555 0142', '(202) 555-0142', 'Zoe Park', 'Max']);
const deps: CopyDeps = {
  people: { kindOf: (who) => kindOfUser(who, domain), lineName: () => 'Sales' },
  othersAmong: (given) => Promise.resolve(new Set(given.filter((one) => KNOWN_OTHERS.has(one)))),
};

interface Copied {
  readonly files: readonly CopyFile[];
  readonly totals: CopyTotals;
  readonly html: string;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

async function* pages(entries: readonly Entry[]): AsyncGenerator<readonly Entry[]> {
  for (let from = 0; from < entries.length; from += 2) yield await Promise.resolve(entries.slice(from, from + 2));
}

async function copied(entries: readonly Entry[], of = annsCopy, more: Partial<CopyDeps> = {}): Promise<Copied> {
  const made = copyFiles(pages(entries), of, { ...deps, ...more });
  const files: CopyFile[] = [];
  for (;;) {
    const next = await made.next();
    if (next.done === true) return { files, totals: next.value, html: textOf(files, 'html'), lines: linesOf(files) };
    files.push(next.value);
  }
}

function textOf(files: readonly CopyFile[], ending: string): string {
  return files
    .filter(({ name }) => name.endsWith(`.${ending}`))
    .map(({ bytes }) => Buffer.from(bytes).toString('utf8'))
    .join('');
}

const line = z.record(z.string(), z.unknown());
function linesOf(files: readonly CopyFile[]): Copied['lines'] {
  return textOf(files, 'jsonl')
    .trim()
    .split('\n')
    .map((one) => line.parse(JSON.parse(one)));
}

const hi = networkEntry(7, 'Hi, this is Ann. Zoe Park gave me your number.', { ...hers, actor: ghost });
const answer = matrixEntry(text('Hello Ann, call Max on +1 202 555 0142, (202) 555-0142 or 020 7946 0958'), {
  ...{ ...hers, sender: alice, direction: 'outbound', position: position(8) },
});

describe('the copy', () => {
  test('has what the person wrote as it was, and what staff wrote without other people', async () => {
    const { lines, html, totals } = await copied([hi, answer]);
    expect(lines).toEqual([
      {
        ...{ format: 'gatehouse-access-copy/1', request: 'k4f', part: 1 },
        ...{ asked: '6 March 2026', made: '7 March 2026' },
      },
      {
        ...{
          record: 7,
          kind: 'network.message',
          what: 'message',
          line: 'sales',
          network: 'SMS',
          from: 'you',
          to: 'Sales',
        },
        ...{ at: '2026-03-06T21:30:00.000Z', recorded: '2026-03-06T21:30:00.000Z' },
        text: 'Hi, this is Ann. Zoe Park gave me your number.',
      },
      {
        ...{ record: 8, kind: 'matrix.event', what: 'message', line: 'sales', from: 'Staff 1', to: 'you', masked: 3 },
        ...{ at: '2026-03-06T21:30:00.000Z', recorded: '2026-03-06T21:30:00.000Z' },
        text: 'Hello Ann, call [somebody else] on [number of somebody else], [number of somebody else] or 020 7946 0958',
      },
    ]);
    expect(html).toContain('Hi, this is Ann. Zoe Park gave me your number.');
    expect(html).not.toContain('0142');
    expect(html).not.toContain('alice');
    expect(totals).toMatchObject({ entries: 2, masked: 1, found: { written: 1, received: 1, files: 0, notes: 0 } });
  });

  test('leaves out the words of anybody else in the room, and numbers the staff', async () => {
    const eve = user('@eve:other.example');
    const { lines, html, totals } = await copied([
      matrixEntry(text('I am a third person, mail me at eve@other.example'), {
        ...hers,
        sender: eve,
        direction: 'external',
      }),
      matrixEntry(text('note: ask @alice:acme.example or @eve:other.example'), { ...hers, sender: bob }),
      matrixEntry(text('will do'), { ...hers, sender: alice }),
      matrixEntry(
        { ...text('> <@eve:other.example> my secret\n\nfine'), 'm.relates_to': { 'm.in_reply_to': {} } },
        { ...hers, sender: bob },
      ),
    ]);
    expect(lines.slice(1).map(({ from, text: said, leftOut }) => ({ from, said, leftOut }))).toEqual([
      { from: 'Person 1', said: undefined, leftOut: true },
      { from: 'Staff 1', said: 'note: ask Staff 2 or Person 1', leftOut: undefined },
      { from: 'Staff 2', said: 'will do', leftOut: undefined },
      { from: 'Staff 1', said: 'fine', leftOut: undefined },
    ]);
    expect(html).toContain('[words of somebody else]');
    for (const secret of ['third person', 'eve@', '@eve', 'my secret', 'acme.example'])
      expect(html).not.toContain(secret);
    expect(totals.masked).toBe(2);
  });

  test('of staff has their own words, and of whom they wrote with neither words nor names', async () => {
    const zoe = user('@_gh_sms_12025550142:acme.example');
    const { lines, html } = await copied(
      [
        matrixEntry(text('Dear Zoe Park, thanks'), {
          sender: bob,
          direction: 'outbound',
          contact: zoes,
          line: sales.id,
        }),
        matrixEntry(text('you are welcome'), { sender: zoe, direction: 'inbound', contact: zoes, line: sales.id }),
        matrixEntry(text('to my colleague'), { sender: alice }),
      ],
      bobsCopy,
    );
    expect(lines.slice(1).map(({ from, to, text: said, leftOut }) => ({ from, to, said, leftOut }))).toEqual([
      { from: 'you', to: 'Person 1', said: 'Dear [somebody else], thanks', leftOut: undefined },
      { from: 'Person 1', to: 'Sales', said: undefined, leftOut: true },
      { from: 'Staff 1', to: undefined, said: undefined, leftOut: true },
    ]);
    expect(html).not.toMatch(/Zoe|welcome|colleague|0142/u);
  });

  test('says what is not words in words, and shows what was shown again only to programs', async () => {
    const shown = matrixEntry(text('Hi, this is Ann.'), {
      ...{ ...hers, sender: ghost, direction: 'inbound', position: position(9) },
      source: { system: 'matrix', id: '$echo', sure: true, echoOf: position(7) },
    });
    const file: Entry = {
      ...{ ...hers, kind: 'file.stored', position: position(10), v: 1, at: now, recordedAt: now, class: shown.class },
      source: { system: 'gatehouse', id: 'f', sure: true },
      body: {
        ...{
          of: position(8),
          part: 0,
          uri: must(parseMediaUri('mxc://acme.example/a')),
          name: 'Offer for Zoe Park.pdf',
        },
        ...{ type: 'application/pdf', size: 2048, sha256: 'ab'.repeat(32), blob: 'cd'.repeat(32), key: 'c2VjcmV0' },
      },
    };
    const outcome: Entry = {
      ...{
        ...hers,
        kind: 'delivery.outcome',
        position: position(11),
        v: 1,
        at: now,
        recordedAt: now,
        class: shown.class,
      },
      source: { system: 'gatehouse', id: 'o', sure: true },
      body: { of: position(8), target: 'network', state: 'sent' },
    };
    const left = matrixEntry(
      { membership: 'leave', displayname: 'Bob Secret' },
      {
        ...{ ...hers, sender: bob, type: 'm.room.member', stateKey: bob, position: position(12) },
      },
    );
    const { lines, html, totals } = await copied([shown, file, outcome, left]);
    expect(lines[1]).toMatchObject({ what: 'technical', about: 7, note: 'the same, as our staff see it' });
    expect(lines[1]).not.toHaveProperty('text');
    expect(lines[2]).toMatchObject({
      ...{ what: 'file', about: 8, masked: 1 },
      file: { name: 'Offer for [somebody else].pdf', type: 'application/pdf', size: 2048, sha256: 'ab'.repeat(32) },
    });
    expect(JSON.stringify(lines)).not.toMatch(/c2VjcmV0|cdcdcd|Secret/u);
    expect(html).not.toContain('record 9<');
    expect(html).toContain('File: Offer for [somebody else].pdf · application/pdf · 2048 bytes · sha256 abab');
    expect(html).toContain('sending it: sent (record 8)');
    expect(html).toContain('Staff 1: left the chat');
    expect(html).toContain('That is all: 4 records, 1 of them technical and in the other file alone.');
    expect(totals.found).toEqual({ written: 0, received: 0, files: 1, notes: 3 });
  });

  test('is inert: what was written can neither act in the page nor break a line of the other file', async () => {
    const nasty = '</p><script>alert(1)</script>\u2028{"record":1}\n\u202egnp.exe\u0007 & "x" \'y\'';
    const { files, lines, html } = await copied([networkEntry(7, nasty, { ...hers, actor: ghost })]);
    expect(html).not.toContain('<script');
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).not.toMatch(/(?!\n)[\u202e\p{Cc}]/u);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    const jsonl = textOf(files, 'jsonl');
    expect(jsonl.trim().split(/[\n\r\u2028\u2029\u0085]/u)).toHaveLength(2);
    expect(jsonl).not.toMatch(/(?!\n)[\u202e\p{Cc}]/u);
    expect(lines[1]?.['text']).toBe(nasty);
  });

  test('of the same records is the same, and names its files by their hashes', async () => {
    const [one, two] = [await copied([hi, answer]), await copied([hi, answer])];
    expect(one.totals.sha256).toBe(two.totals.sha256);
    expect(one.files.map(({ name, type }) => [name, type])).toEqual([
      ['your-data-k4f.html', 'text/html; charset=utf-8'],
      ['your-data-k4f.jsonl', 'application/jsonl; charset=utf-8'],
    ]);
    const manifest = one.files.map(
      ({ name, bytes }) => `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`,
    );
    expect(createHash('sha256').update(manifest.join('')).digest('hex')).toBe(one.totals.sha256);
    expect((await copied([hi])).totals.sha256).not.toBe(one.totals.sha256);
  });

  test('goes on in a next file where one would be too large, each record in one of them', async () => {
    const many = Array.from({ length: 50 }, (_, i) => networkEntry(i + 1, 'x'.repeat(400), { ...hers, actor: ghost }));
    const { files, lines, html, totals } = await copied(many, annsCopy, { partBytes: 8_000 });
    const names = files.map(({ name }) => name);
    expect(names.filter((name) => name.endsWith('.html')).length).toBeGreaterThan(2);
    expect(names).toContain('your-data-k4f-1.jsonl');
    expect(new Set(names).size).toBe(names.length);
    for (const { bytes } of files) expect(bytes.byteLength).toBeLessThan(10_000);
    const records = lines.flatMap(({ record }) => (typeof record === 'number' ? [record] : []));
    expect(records).toEqual(many.map((entry) => entry.position));
    expect(html.match(/<article>/gu)).toHaveLength(50);
    expect(html.match(/That is all: 50 records\./gu)).toHaveLength(1);
    expect(totals.entries).toBe(50);
    const quoted = new Set(files.filter(({ name }) => name.endsWith('.html')).flatMap(({ refs }) => refs));
    expect(quoted.size).toBe(50);
  });

  test('quotes no more than one event can say, from all over it', async () => {
    const many = Array.from({ length: 5_000 }, (_, i) => networkEntry(i + 1, 'x', { ...hers, actor: ghost }));
    const { files } = await copied(many);
    const refs = files[0]?.refs ?? [];
    expect(refs.length).toBeGreaterThan(500);
    expect(refs.length).toBeLessThanOrEqual(1_000);
    expect(refs[0]).toBe(1);
    expect(refs.at(-1)).toBeGreaterThan(4_900);
  });

  test.each([
    ['+1 202 555 0142 2 pm', '[number of somebody else] 2 pm'],
    ['at 10 +1 202 555 0142', 'at 10 [number of somebody else]'],
    ['(+1 202 555 0142)', '([number of somebody else])'],
    ['order 4711 0815 1234', 'order 4711 0815 1234'],
    ['Dear Zoe Park, Zoe Park’s', 'Dear [somebody else], [somebody else]’s'],
    ['Maximum', 'Maximum'],
  ])('of %s leaves %s', async (said, left) => {
    const { lines } = await copied([matrixEntry(text(said), { ...hers, sender: alice })]);
    expect(lines[1]?.['text']).toBe(left);
  });

  test('asks about a name once, however often it stands there', async () => {
    const asked: string[] = [];
    const othersAmong = (given: readonly string[]) => {
      asked.push(...given);
      return Promise.resolve(new Set<string>());
    };
    const staff: UserId = alice;
    const said = () => matrixEntry(text('Hello Ann Lee'), { ...hers, sender: staff });
    await copied([said(), said(), said()], annsCopy, { othersAmong });
    expect(asked.toSorted()).toEqual(['Ann', 'Ann Lee', 'Hello', 'Hello Ann', 'Hello Ann Lee', 'Lee']);
  });

  test('of a person of whom nothing is there says so', async () => {
    const { html, lines, totals } = await copied([]);
    expect(html).toContain('That is all: 0 records.');
    expect(lines).toHaveLength(1);
    expect(totals.entries).toBe(0);
  });
});
