import { beforeEach, describe, expect, test } from '@jest/globals';
import { answerStaff, type StaffAnswer } from '../../../src/bot/staff/answer-staff.ts';
import type { StaffConnector, StaffTools } from '../../../src/bot/staff/staff-context.ts';
import type { MessageHere, PortalHere } from '../../../src/bot/portals.ts';
import type { Draft } from '../../../src/core/entry.ts';
import type { KnownVerdict } from '../../../src/policy/verdicts/verdict-store.ts';
import type { Line } from '../../../src/core/line.ts';
import { textOnly } from '../../support/capabilities.ts';
import { alice, ann, annsPortal, bob, domain, event, millis, now } from './samples.ts';
import { position, room, sales, support, typed } from './samples.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

let recorded: Draft[] = [];
let lines: readonly Line[] = [sales];
let message: MessageHere | undefined;
let warned: KnownVerdict | undefined;
let edit: string | undefined;
let connector: StaffConnector | undefined;
let openRoom: ReturnType<typeof room> | undefined;

beforeEach(() => {
  recorded = [];
  lines = [sales];
  message = undefined;
  warned = undefined;
  connector = undefined;
  edit = undefined;
  openRoom = undefined;
});

const tools: StaffTools = {
  domain,
  recorder: {
    append: (drafts) => {
      recorded.push(...drafts);
      return Promise.resolve(drafts.map((_, i) => ({ position: position(900 + i), duplicate: false })));
    },
  },
  staff: {
    isStaff: (_, user) => Promise.resolve(user !== bob),
    linesOf: () => Promise.resolve(lines),
  },
  portals: {
    byRoom: () => Promise.resolve(undefined),
    roomOf: () => Promise.resolve(openRoom),
    message: () => Promise.resolve(message),
    newestEdit: () => Promise.resolve(edit),
  },
  connectors: () => connector,
  warnings: {
    ofMessage: () => Promise.resolve(warned),
    refusal: () => Promise.resolve(undefined),
    warned: () => Promise.resolve(undefined),
  },
  clock: { now: () => now },
};

function say(words: string, portal?: PortalHere, more: Parameters<typeof typed>[1] = {}): Promise<StaffAnswer> {
  return answerStaff({ message: typed(words, more), portal, tools });
}

const inPortal = (words: string, more: Parameters<typeof typed>[1] = {}): Promise<StaffAnswer> =>
  say(words, annsPortal, more);

describe('!sms', () => {
  test('wants a chat on the line, with the first text, and says so', async () => {
    const { answer } = await say('!sms (202) 555-0199 Hello — “Ann”');
    expect(recorded).toMatchObject([
      {
        kind: 'portal.wanted',
        source: { system: 'gatehouse', sure: true },
        actor: alice,
        line: 'sales',
        class: 'us-finra-6y',
        // When Alice said it: a wish that reaches us late is late.
        at: typed('').at,
        body: { line: 'sales', network: 'sms', address: ann, by: alice, text: 'Hello — “Ann”' },
      },
    ]);
    expect(answer).toMatchObject({ code: 'ok', text: 'Opening a chat with +1 202 555 0199 on Sales …' });
  });

  test('taken twice asks under the same id', async () => {
    const same = typed('!sms +12025550199');
    await answerStaff({ message: same, portal: undefined, tools });
    await answerStaff({ message: same, portal: undefined, tools });
    expect(new Set(recorded.map((draft) => draft.source.id)).size).toBe(1);
  });

  test('links to a chat that is open, and asks for nothing when there is no text', async () => {
    openRoom = room('!ann:acme.example');
    const { answer } = await say('!sms +12025550199');
    expect(answer.text).toBe(
      'Your chat with +1 202 555 0199: https://matrix.to/#/!ann%3Aacme.example?via=acme.example',
    );
    expect(recorded).toEqual([]);
  });

  test('takes the line that is named, before or behind the number', async () => {
    lines = [sales, support];
    await say('!sms on support 030 1234567 Hallo');
    await say('!sms +12025550199 on Support Berlin: Hello');
    await say('!sms +12025550199 on my way');
    expect(recorded.map((draft) => draft.body)).toMatchObject([
      { line: 'support', address: '+49301234567', text: 'Hallo' },
      { line: 'support', address: ann, text: 'Hello' },
      { line: 'sales', address: ann, text: 'on my way' },
    ]);
  });

  test.each([
    ['!sms', 'usage', 'Which number?\nExample: !sms +1 202 555 0199 Hello'],
    ['!sms Ann', 'usage', "There's no number in that.\nExample: !sms +1 202 555 0199 Hello"],
    ['!sms +1 202', 'usage', '+1 202 is too short for a phone number.\nExample: !sms +1 202 555 0199 Hello'],
    ['!sms on nowhere +12025550199', 'not-found', "You're on no line of that name. Yours: Sales."],
    ['!sms +1 202 555 0100 me', 'usage', "+1 202 555 0100 is this line's own number."],
  ])('%j is answered in words', async (words, code, answer) => {
    expect((await say(words)).answer).toMatchObject({ code, text: answer });
    expect(recorded).toEqual([]);
  });

  test('is denied to somebody on no line', async () => {
    lines = [];
    expect((await say('!sms +12025550199 Hi')).answer.code).toBe('denied');
    expect(recorded).toEqual([]);
  });
});

describe('!correct', () => {
  const reply = { replyTo: event('$m') };
  const went: MessageHere = { position: position(41), sender: alice, state: 'delivered', reason: undefined };

  test('sends the newest text of a message that went out, behind an asterisk', async () => {
    message = went;
    edit = 'We open at 10.';
    const { answer } = await inPortal('!correct', reply);
    expect(answer).toMatchObject({ code: 'ok', text: 'Sending the new text.' });
    expect(recorded).toMatchObject([
      { kind: 'portal.wanted', line: 'sales', body: { address: ann, by: alice, text: '* We open at 10.' } },
    ]);
  });

  test.each([
    ['was not edited', went, undefined, "It wasn't edited since it went out. Edit it, then reply !correct."],
    [
      'still waits',
      { ...went, state: 'waiting' as const },
      'x',
      "It hasn't gone out: an edit is enough, and goes out instead.",
    ],
  ])('says why not where the message %s', async (_, of, newest, words) => {
    message = of;
    edit = newest;
    expect((await inPortal('!correct', reply)).answer).toMatchObject({ code: 'failed', text: words });
    expect(recorded).toEqual([]);
  });

  test('is not needed where the network edits', async () => {
    message = went;
    edit = 'x';
    connector = { capabilities: () => ({ ...textOnly, edit: 2 }) };
    expect((await inPortal('!correct', reply)).answer.code).toBe('failed');
    expect(recorded).toEqual([]);
  });

  test('wants a reply', async () => {
    expect((await inPortal('!correct')).answer.text).toBe('Which message? Reply to it with !correct.');
  });
});

describe('!note', () => {
  test('is answered by a reaction and asks for nothing', async () => {
    const { answer } = await inPortal('!note is it sold?');
    expect(answer).toMatchObject({ code: 'ok', reaction: '📝' });
    expect(recorded).toEqual([]);
  });

  test('belongs into a customer’s chat', async () => {
    expect((await say('!note x')).answer).toMatchObject({ code: 'usage' });
    expect((await inPortal('!note')).answer.text).toBe('What is the note?\nExample: !note is the blue one sold?');
  });
});

describe('!retry and !cancel', () => {
  const reply = { replyTo: event('$m') };

  test.each([
    ['retry', 'failed', undefined, 'ok'],
    ['retry', 'unknown', undefined, 'ok'],
    ['retry', 'failed', 'too-long', 'failed'],
    ['retry', 'failed', 'rejected', 'ok'],
    ['retry', 'waiting', undefined, 'failed'],
    ['retry', 'attempting', undefined, 'failed'],
    ['retry', 'pending', undefined, 'failed'],
    ['retry', 'sent', undefined, 'failed'],
    ['retry', 'delivered', undefined, 'failed'],
    ['retry', 'read', undefined, 'failed'],
    ['retry', 'withdrawn', undefined, 'failed'],
    ['cancel', 'waiting', undefined, 'ok'],
    ['cancel', 'attempting', undefined, 'pending'],
    ['cancel', 'pending', undefined, 'failed'],
    ['cancel', 'sent', undefined, 'failed'],
    ['cancel', 'delivered', undefined, 'failed'],
    ['cancel', 'read', undefined, 'failed'],
    ['cancel', 'unknown', undefined, 'failed'],
    ['cancel', 'failed', undefined, 'failed'],
    ['cancel', 'withdrawn', undefined, 'failed'],
  ] as const)('!%s of a message that is %s (%s) is %s', async (name, state, reason, code) => {
    message = { position: position(12), sender: alice, state, reason };
    const { answer } = await inPortal(`!${name}`, reply);
    expect(answer.code).toBe(code);
    expect(answer.text).not.toBe('');
    const kind = name === 'retry' ? 'delivery.retry' : 'delivery.abandoned';
    expect(recorded.map((draft) => draft.kind)).toEqual(code === 'failed' ? [] : [kind]);
  });

  test.each(['retry', 'cancel'])(
    '!%s that reaches us long after it was said is not done, and says so',
    async (name) => {
      const state = name === 'retry' ? 'failed' : 'waiting';
      message = { position: position(12), sender: alice, state, reason: undefined };
      const late = (ms: number) => ({ ...reply, at: millis(now - ms), recordedAt: now });
      const { answer } = await inPortal(`!${name}`, late(15 * MINUTE + 1));
      expect(answer).toMatchObject({ code: 'failed', urgent: true });
      expect(answer.text).toBe(
        `Not done: this reached us long after you wrote it. If you still want it, reply with !${name} again.`,
      );
      expect(recorded).toEqual([]);
      expect((await inPortal(`!${name}`, late(15 * MINUTE))).answer.code).toBe('ok');
    },
  );

  test('a clock that was set makes no command late', async () => {
    message = { position: position(12), sender: alice, state: 'failed', reason: undefined };
    const said = typed('!retry', { ...reply, at: millis(now - DAY), recordedAt: now });
    const skewed = { ...tools, skewAt: () => Promise.resolve(DAY - 1_000) };
    expect((await answerStaff({ message: said, portal: annsPortal, tools: skewed })).answer.code).toBe('ok');
    expect((await answerStaff({ message: said, portal: annsPortal, tools })).answer.code).toBe('failed');
  });

  test('a cancelled message is recorded as withdrawn by whom', async () => {
    message = { position: position(12), sender: alice, state: 'waiting', reason: undefined };
    await inPortal('!cancel', reply);
    expect(recorded[0]?.body).toEqual({ of: 12, reason: 'withdrawn', by: alice });
    expect(recorded[0]).toMatchObject({ portal: 'p7', line: 'sales' });
  });

  test.each(['retry', 'cancel'])('!%s says which message it needs', async (name) => {
    expect((await inPortal(`!${name}`)).answer.text).toBe(`Which message? Reply to it with !${name}.`);
    expect((await inPortal(`!${name}`, reply)).answer.code).toBe('not-found');
  });

  test('are denied to somebody who is not on the line', async () => {
    message = { position: position(12), sender: alice, state: 'failed', reason: undefined };
    expect((await inPortal('!retry', { ...reply, sender: bob })).answer.code).toBe('denied');
    expect((await inPortal('!cancel', { ...reply, sender: bob })).answer.code).toBe('denied');
    expect(recorded).toEqual([]);
  });
});

describe('what is no command', () => {
  test('an unknown one in a portal says loudly that nothing went out', async () => {
    const { answer } = await inPortal('!thanks Ann');
    expect(answer).toMatchObject({
      code: 'usage',
      urgent: true,
      text: 'Not sent to Ann Lee: no such command. !help shows them.',
    });
  });

  test('one that is nearly known names it', async () => {
    expect((await inPortal('!note’s')).command).toBe('note');
    expect((await inPortal('!cancle')).answer.text).toBe(
      'Not sent to Ann Lee: no such command. Did you mean !cancel? !help shows all.',
    );
    expect((await say('!hepl')).answer.text).toBe('No such command. Did you mean !help? !help shows all.');
  });

  test('a picture whose caption looks like one says that nothing went out', async () => {
    const { answer } = await inPortal('!note this', { plain: false });
    expect(answer.text).toBe('Not sent to Ann Lee: commands are plain text.');
  });

  test('a bare number offers the chat', async () => {
    expect((await say('202 555 0199')).answer.text).toBe(
      'To write to +1 202 555 0199 by SMS:\n!sms +12025550199 Hello',
    );
  });

  test('any other text is answered with where help is', async () => {
    expect((await say('good morning')).answer.text).toBe('I take commands here. !help shows them.');
  });
});

describe('!help', () => {
  test('fits the place', async () => {
    expect((await say('!help')).answer.data).toEqual({ commands: ['sms', 'chat', 'anyway', 'help'] });
    expect((await inPortal('!help')).answer.data).toEqual({
      commands: ['sms', 'chat', 'note', 'retry', 'cancel', 'correct', 'templates', 'use', 'anyway', 'help'],
    });
  });

  test('explains one command with an example', async () => {
    expect((await inPortal('!help !note')).answer.text).toBe(
      '!note <text>\nfor your colleagues only; the customer never sees it\nExample: !note is the blue one sold?',
    );
    expect((await say('!help note')).answer.code).toBe('usage');
  });
});

describe('!anyway', () => {
  const reply = { replyTo: event('$warned') };
  const why = '!anyway she asked for it';
  const content = 'c'.repeat(64);
  const verdict: KnownVerdict = {
    ...{ position: position(20), of: position(12), content, consequence: 'warn', state: 'open' },
    until: millis(now + 5 * MINUTE),
  };
  beforeEach(() => {
    message = { position: position(12), sender: alice, state: 'quarantined', reason: 'policy-warned' };
    warned = verdict;
  });

  test('puts the reason on record for the content that was warned of', async () => {
    const { answer } = await inPortal(why, reply);
    expect(answer.code).toBe('ok');
    expect(recorded).toMatchObject([
      {
        kind: 'policy.overridden',
        actor: alice,
        body: { of: 20, message: 12, content, by: alice, reason: 'she asked for it', until: now + 5 * MINUTE },
      },
    ]);
  });

  test('taken twice after a crash, it finds its own override and answers the same', async () => {
    const first = await inPortal(why, reply);
    warned = { ...verdict, state: 'overridden' };
    expect((await inPortal(why, reply)).answer).toEqual(first.answer);
  });

  test.each(['', 'because', 'she asked', '… , ! ?'])('wants a reason of three words: “%s” is none', async (reason) => {
    expect((await inPortal(`!anyway ${reason}`, reply)).answer.code).toBe('usage');
    expect(recorded).toEqual([]);
  });

  test('is for the message’s own sender', async () => {
    message = { position: position(12), sender: bob, state: 'quarantined', reason: 'policy-warned' };
    expect((await inPortal(why, reply)).answer.code).toBe('denied');
    expect(recorded).toEqual([]);
  });

  test.each([
    ['a quarantine, which is compliance’s to decide', { consequence: 'quarantine' }, 'denied'],
    ['a message that nothing warned of', { consequence: 'flag', state: 'closed' }, 'failed'],
    ['one that was edited since', { state: 'superseded' }, 'failed'],
    ['one whose time is over', { state: 'expired' }, 'failed'],
  ] as const)('does nothing about %s', async (_, over, code) => {
    warned = { ...verdict, ...over };
    expect((await inPortal(why, reply)).answer.code).toBe(code);
    expect(recorded).toEqual([]);
  });

  test('is good for as long as the warning says, by the time it came on record', async () => {
    const at = (ms: number) => ({ ...reply, recordedAt: millis(now + ms), at: millis(now + ms) });
    expect((await inPortal(why, at(5 * MINUTE + 1))).answer.text).toMatch(/^Too late/u);
    expect((await inPortal(why, at(5 * MINUTE))).answer.code).toBe('ok');
  });
});
