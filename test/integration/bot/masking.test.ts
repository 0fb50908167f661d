import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { err } from '../../../src/core/result.ts';
import { isJsonObject } from '../../../src/core/json.ts';
import { itemId } from '../../../src/policy/verdicts/item-id.ts';
import { alice, audrey, desk, olivia, rita, room } from '../../unit/bot/samples.ts';
import { hitOf, refusedText, verdictOn } from '../../support/verdicts.ts';
import { CARD, omar, portalRoom, Quarantine, type Stopped } from './quarantine-house.ts';

const two = { ...desk, officers: [olivia, omar] };
const SECRET = 'AKIA-not-a-real-key';
let world: Quarantine;
let stopped: Stopped;
beforeEach(async () => {
  world = await Quarantine.open([two]);
  stopped = await world.stopped();
  await world.echo(two);
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

interface Said {
  readonly code: unknown;
  readonly data: unknown;
  readonly text: string;
}

async function ask(words: string, who = olivia): Promise<Said> {
  await world.house.say(who, world.roomOf(two), words);
  const answer = world.house.homeserver.sentIn(world.roomOf(two)).findLast(({ part }) => part === 'answer')?.content;
  const told = answer?.['org.gatehouse.answer'];
  if (!isJsonObject(told)) throw new Error('no answer');
  const body = answer?.['body'];
  return { code: told['code'], data: told['data'], text: typeof body === 'string' ? body : '' };
}

/** Everything that our bots ever said in any room, also in files. */
function allSaid(): string {
  return JSON.stringify(world.house.homeserver.sent);
}

describe('a card number', () => {
  test('stands in no answer of a desk, whatever is asked', async () => {
    const edited = {
      ...{ msgtype: 'm.text', body: `* no, ${CARD}`, 'm.new_content': { msgtype: 'm.text', body: `no, ${CARD}` } },
      'm.relates_to': { rel_type: 'm.replace', event_id: stopped.message.body.event_id },
    };
    await world.put(world.event(alice, portalRoom, edited));
    await world.house.say(alice, portalRoom, 'and then?');
    const refused = await world.put(refusedText(`take ${CARD}`));
    const item = itemId(stopped.verdict);
    for (const words of [
      '!c search exp',
      `!c search "${CARD}"`,
      '!c search rule:card-number',
      '!c search is:quarantined OR is:flagged',
      `!c show ${stopped.message.position}`,
      `!c show ${stopped.message.position + 1}`,
      `!c show ${refused}`,
      `!c show ${item}`,
      '!c search then kind:matrix',
    ]) {
      const { code } = await ask(words);
      expect([words, code]).toEqual([words, 'ok']);
    }
    await ask(`!c approve ${item}`);
    expect(allSaid()).not.toMatch(/4111|1111 1111/u);
    expect((await ask('!c search exp')).text).toContain('“Sure, use •••• 1111 exp 09/27”');
  });

  test('that begins in one message and ends in the next is masked in both', async () => {
    const [first, last] = [await world.house.say(alice, portalRoom, 'it is 4111 1111'), '1111 1111 okay'];
    const second = await world.house.say(alice, portalRoom, last);
    const found = {
      ...{ by: 'detector:card', what: 'body', start: 0, end: 9, confidence: 0.9, masked: 'ends 1111' },
      ...{ tricks: ['assembled'], over: [first.position] },
    };
    await world.put(
      verdictOn(second.position, 'flag', [], { hits: [hitOf('card-number', { count: 1, findings: [found] })] }),
    );
    expect((await ask(`!c show ${first.position}`)).text).toContain('“it is ••••”');
    expect((await ask(`!c show ${second.position}`)).text).toContain('“•••• okay”');
    expect(allSaid()).not.toMatch(/4111|1111 1111/u);
  });

  test('that began in messages before shows them with the item, masked, and unmasks them with it', async () => {
    const first = await world.house.say(alice, portalRoom, 'it is 4111 11');
    const second = await world.house.say(alice, portalRoom, '11 at 5, or call 7');
    const words = '1111 1111 okay';
    const last = await world.house.say(alice, portalRoom, words);
    const parts = [
      { of: first.position, fromEnd: 7, length: 7 },
      { of: second.position, fromEnd: 18, length: 2 },
    ];
    const found = {
      ...{ by: 'detector:card', what: 'body', start: 0, end: 9, confidence: 0.9, masked: 'ends 1111' },
      ...{ tricks: ['assembled'], over: [first.position, second.position], parts },
    };
    const hits = [hitOf('card-number', { count: 1, consequence: 'quarantine', findings: [found] })];
    const item = itemId(await world.put(world.verdict(last.position, words, { hits })));
    expect(world.card(two).content['body']).toContain(`“•••• 1111 okay” · begins in record ${first.position}`);
    const masked = [
      '“•••• 1111 okay”',
      `It goes on from record ${first.position}, not sent yet:`,
      '“it is ••••”',
      `It goes on from record ${second.position}, not sent yet:`,
      '“•••• at ••••, or call ••••”',
      `Masked. !c show ${item} --unmask <reason> shows it.`,
    ];
    expect((await ask(`!c show ${item}`)).text).toContain(masked.join('\n'));
    expect(allSaid()).not.toMatch(/4111|1111 1111|11 at 5/u);
    const { text, data } = await ask(`!c show ${item} --unmask a complaint`);
    expect(data).toMatchObject({ unmasked: true });
    for (const said of ['“it is 4111 11”', '“11 at 5, or call 7”', `“${words}”`]) expect(text).toContain(said);
    const [entry] = await world.house.entries('policy.unmasked');
    expect(entry?.body).toMatchObject({ of: last.position, also: [first.position, second.position] });
    const told = world.house.homeserver.sentIn(world.roomOf(two)).find(({ part }) => part === 'unmasked');
    expect(told?.content['body']).toBe(
      `Olivia was shown records ${first.position}, ${second.position} and ${last.position} with their numbers: a complaint`,
    );
  });

  test('is masked where it stands also behind what a reply quotes', async () => {
    const body = `> <@bob:acme.example> which key?\n\nit is ${SECRET}`;
    const relation = { 'm.in_reply_to': { event_id: '$other' } };
    const said = await world.house.say(alice, portalRoom, body, { 'm.relates_to': relation });
    const found = {
      ...{ by: 'detector:secret', what: 'body', start: 6, end: 6 + SECRET.length, confidence: 0.9, masked: 'AKIA…' },
      ...{ tricks: [], over: [] },
    };
    await world.put(
      verdictOn(said.position, 'flag', [], { hits: [hitOf('secrets', { count: 1, findings: [found] })] }),
    );
    const { text } = await ask(`!c show ${said.position}`);
    expect(text).toContain('it is AKIA…”');
    expect(text).not.toContain('real-key');
  });
});

describe('!c show with --unmask', () => {
  test.each(['--unmask', '—unmask', '– unmask', '-UNMASK'])(
    'typed %s shows the number, on record, with the reason',
    async (typed) => {
      const { position: at } = stopped.message;
      const { code, data, text } = await ask(`!c show ${at} ${typed} the customer says it was typed wrong`);
      expect({ code, data }).toMatchObject({ code: 'ok', data: { position: at, unmasked: true } });
      expect(text).toContain(CARD);
      const [entry] = await world.house.entries('policy.unmasked');
      expect(entry).toMatchObject({
        ...{ actor: olivia, line: 'sales' },
        body: { of: at, desk: 'main', by: olivia, reason: 'the customer says it was typed wrong' },
      });
    },
  );

  test('shows an item’s number, and nothing of what was said around it', async () => {
    await world.house.say(alice, portalRoom, `again: ${CARD}`);
    const { text } = await ask(`!c show ${itemId(stopped.verdict)} --unmask to call the bank`);
    expect(text).toContain(`“Sure, use ${CARD} exp 09/27”`);
    expect(text).toContain('“again: •••• 1111”');
    const [entry] = await world.house.entries('policy.unmasked');
    expect(entry?.body).toMatchObject({ of: stopped.message.position, reason: 'to call the bank' });
  });

  test('tells the other officers who and why, once, without the number', async () => {
    await ask(`!c show ${stopped.message.position} --unmask is it ${CARD}?`);
    await world.reopen();
    const told = world.house.homeserver.sentIn(world.roomOf(two)).filter(({ part }) => part === 'unmasked');
    expect(told.map(({ content }) => [content['body'], content['m.mentions']])).toEqual([
      [`Olivia was shown record ${stopped.message.position} with its numbers: is it •••• 1111?`, { user_ids: [omar] }],
    ]);
  });

  test('wants a reason, and is not for auditors', async () => {
    const { position: at } = stopped.message;
    const unsaid = await ask(`!c show ${at} —unmask`);
    expect(unsaid.code).toBe('usage');
    expect(unsaid.text).toContain(`Example: !c show ${at} --unmask the customer`);
    expect(await ask(`!c show ${at} --unmask just curious`, audrey)).toMatchObject({ code: 'denied' });
    expect(await world.house.entries('policy.unmasked')).toEqual([]);
    expect(allSaid()).not.toContain(CARD);
    expect(await ask(`!c show ${at} --unmask a complaint`, rita)).toMatchObject({ code: 'ok' });
  });

  test('is on record once although the process died before its answer', async () => {
    const { homeserver } = world.house;
    const send = homeserver.send.bind(homeserver);
    homeserver.send = (event) =>
      event.part === 'answer' ? Promise.resolve(err({ kind: 'down', detail: 'cut' })) : send(event);
    await world.house.say(olivia, world.roomOf(two), `!c show ${stopped.message.position} --unmask a complaint`);
    homeserver.send = send;
    await world.reopen();
    expect(await world.house.entries('policy.unmasked')).toHaveLength(1);
    expect(allSaid()).toContain(CARD);
    expect(homeserver.sentIn(world.roomOf(two)).filter(({ part }) => part === 'unmasked')).toHaveLength(1);
  });

  test('of what has nothing masked says so, and tells nobody', async () => {
    const plain = await world.house.say(alice, portalRoom, 'Hello Ann');
    const said = await ask(`!c show ${plain.position} --unmask a complaint`);
    expect(said).toMatchObject({ code: 'ok', data: { unmasked: false } });
    expect(said.text).toContain('“Hello Ann”\nNothing in it is masked: this is all of it.');
    const item = itemId(await world.put(world.verdict(plain.position, 'Hello Ann')));
    expect((await ask(`!c show ${item} --unmask a complaint`)).text).toContain('Nothing in it is masked');
    expect(await world.house.entries('policy.unmasked')).toEqual([]);
    expect(world.house.homeserver.sentIn(world.roomOf(two)).filter(({ part }) => part === 'unmasked')).toEqual([]);
  });

  test('of a record that there isn’t is not on record', async () => {
    expect(await ask('!c show 99999 --unmask a complaint')).toMatchObject({ code: 'not-found' });
    expect(await world.house.entries('policy.unmasked')).toEqual([]);
  });
});

describe('!c search', () => {
  test('finds a room by its name, names it with what was said among colleagues, and says what was deleted', async () => {
    const deals = room('!deals:acme.example');
    await world.house.event(alice, deals, { name: 'Deals' }, { type: 'm.room.name', stateKey: '' });
    const said = await world.house.say(alice, deals, `buy, card ${CARD}`);
    await world.house.say(alice, room('!other:acme.example'), 'buy elsewhere');
    const gone = await world.put(world.redaction(alice, deals, said.body.event_id));
    const found = await ask('!c search buy in:"deals"');
    expect(found.text.split('\n')).toEqual([
      '1 found, newest first',
      `${said.position} Fri 16:30 @alice in room “Deals” “buy, card •••• 1111”`,
    ]);
    expect((await ask('!c search buy')).text).toContain('@alice in a room without a name “buy elsewhere”');
    expect((await ask('!c search is:deleted')).text).toContain(
      `${gone} Fri 16:30 @alice in room “Deals” [deleted record ${said.position}: “buy, card •••• 1111”]`,
    );
    expect((await ask('!c search exp')).text).toContain('@alice → +1 202 555 0199 (SMS) “Sure');
  });
});

describe('!c show tells what the policy said', () => {
  test('of what waits for nobody: what was done, or what came instead, in plain words', async () => {
    const { position: at } = stopped.message;
    const flagged = await world.put(verdictOn(at, 'flag', [], { hits: [hitOf('promises')] }));
    expect((await ask(`!c show ${itemId(flagged)}`)).text).toContain(' · flagged, nothing to decide\n');
    const again = await world.put(world.verdict(at, 'Sure', { content: 'e'.repeat(64) }));
    expect((await ask(`!c show ${itemId(stopped.verdict)}`)).text).toContain(
      ' · judged again 16:30: a newer item stands for it\n',
    );
    expect((await ask(`!c show ${itemId(again)}`)).text).toContain(' · quarantined\n');
  });

  test('of a record: its items, what else was found, what could not be read, and what was refused', async () => {
    const { position: at } = stopped.message;
    await ask(`!c reject ${itemId(stopped.verdict)} use the link`);
    await world.put(verdictOn(at, 'flag', [], { hits: [hitOf('promises'), hitOf('leads', { dryRun: true })] }));
    await world.put(verdictOn(at, 'none', [], { unread: [{ why: 'image', part: 0 }], failed: 'crashed' }));
    const { text } = await ask(`!c show ${at}`);
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        `Item ${itemId(stopped.verdict)}: rejected by Olivia 16:30 · card-number`,
        'Flagged: promises',
        'Found in a dry run: leads',
        'Not scanned: image',
        'Not judged: the engine failed (crashed)',
      ]),
    );
    const refused = await world.put(refusedText(`take ${CARD}`));
    expect((await ask(`!c show ${refused}`)).text).toContain('\nRefused before it was sent: card-number');
  });

  test('of an item: every version, and what the same person was stopped for before', async () => {
    const other = await world.stopped(`or ${CARD}`);
    const bobs = await world.stopped(`mine ${CARD}`, rita);
    const relation = { rel_type: 'm.replace', event_id: other.message.body.event_id };
    const words = { msgtype: 'm.text', body: `then ${CARD}` };
    const edit = { ...words, body: `* ${words.body}`, 'm.new_content': words, 'm.relates_to': relation };
    await world.put(world.event(alice, portalRoom, edit));
    const { text } = await ask(`!c show ${itemId(other.verdict)}`);
    expect(text).toMatch(/\nEdited Fri 16:30 by @alice:acme\.example \(\d+\): “then •••• 1111”/u);
    expect(text).toContain(
      `\nEarlier items of the same sender:\nItem ${itemId(stopped.verdict)}: quarantined · card-number`,
    );
    expect(text).not.toContain(`Item ${itemId(bobs.verdict)}:`);
    expect((await ask(`!c show ${itemId(bobs.verdict)}`)).text).not.toContain('Earlier items');
    expect(allSaid()).not.toContain(CARD);
  });
});
