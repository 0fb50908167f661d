import { beforeEach, describe, expect, test } from '@jest/globals';
import { answerStaff, type StaffAnswer } from '../../../src/bot/staff/answer-staff.ts';
import type { StaffConnector, StaffTools } from '../../../src/bot/staff/staff-context.ts';
import { cardIn } from '../../../src/bot/staff/vcard.ts';
import type { Draft } from '../../../src/core/entry.ts';
import { must, parseAddress, parseConnectorId, parseLineId, parseNetworkId } from '../../../src/core/ids.ts';
import type { Line } from '../../../src/core/line.ts';
import type { Template } from '../../../src/core/ports/outbound.ts';
import { err, ok } from '../../../src/core/result.ts';
import { textOnly } from '../../support/capabilities.ts';
import { alice, ann, annsPortal, domain, now, position, room, sales, support, typed } from './samples.ts';

function lineOn(network: string, id: string, address: string): Line {
  return {
    ...{ ...sales, id: must(parseLineId(id)), name: id.toUpperCase() },
    network: must(parseNetworkId(network)),
    address: must(parseAddress(address)),
    connector: must(parseConnectorId(network)),
  };
}

const whatsapp = lineOn('whatsapp', 'shop', '+12025550111');
const whatsappTwo = lineOn('whatsapp', 'help', '+12025550112');
const xmpp = lineOn('xmpp', 'jabber', 'sales@xmpp.acme.example');
const telegram = lineOn('telegram', 'bot', '12345');

let recorded: Draft[] = [];
let lines: readonly Line[] = [];
let connectors: Readonly<Record<string, StaffConnector>> = {};
let openRoom: ReturnType<typeof room> | undefined;

beforeEach(() => {
  recorded = [];
  lines = [sales];
  connectors = {};
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
  staff: { isStaff: () => Promise.resolve(true), linesOf: () => Promise.resolve(lines) },
  portals: {
    byRoom: () => Promise.resolve(undefined),
    roomOf: () => Promise.resolve(openRoom),
    message: () => Promise.resolve(undefined),
    newestEdit: () => Promise.resolve(undefined),
  },
  connectors: (id) => connectors[id],
  warnings: {
    ofMessage: () => Promise.resolve(undefined),
    refusal: () => Promise.resolve(undefined),
    warned: () => Promise.resolve(undefined),
  },
  clock: { now: () => now },
};

function say(words: string): Promise<StaffAnswer> {
  return answerStaff({ message: typed(words), portal: undefined, tools });
}

function sayHere(words: string, here: Line): Promise<StaffAnswer> {
  const portal = { ...annsPortal, line: here.id, network: here.network };
  return answerStaff({ message: typed(words), portal, tools });
}

function connector(given: Partial<StaffConnector>): StaffConnector {
  return {
    capabilities: () => ({ ...textOnly, templates: given.templates === undefined ? 0 : 2 }),
    ...given,
  };
}

describe('!chat', () => {
  test('opens a chat on the network that is named, with the first words', async () => {
    lines = [sales, whatsapp];
    const { answer } = await say('!chat WhatsApp +1 202 555 0199 Hello “Ann”');
    expect(recorded).toMatchObject([
      {
        kind: 'portal.wanted',
        line: 'shop',
        body: { line: 'shop', network: 'whatsapp', address: ann, by: alice, text: 'Hello “Ann”' },
      },
    ]);
    expect(answer.text).toBe('Opening a chat with +1 202 555 0199 on SHOP …');
  });

  test('takes an address that is no number up to the first space', async () => {
    lines = [xmpp];
    await say('!chat xmpp j.park@partner.example Good morning');
    expect(recorded[0]?.body).toMatchObject({ address: 'j.park@partner.example', text: 'Good morning' });
  });

  test('asks the network who that is, where it can tell', async () => {
    lines = [telegram];
    connectors = {
      telegram: connector({
        resolve: (written) =>
          Promise.resolve(
            written === '@annlee'
              ? ok({ address: must(parseAddress('777')), name: 'Ann' })
              : err('Nobody is called that.'),
          ),
      }),
    };
    const { answer } = await say('!chat telegram @annlee');
    expect(recorded[0]?.body).toMatchObject({ network: 'telegram', address: '777' });
    expect(answer.text).toBe('Opening a chat with Ann on BOT …');
    expect((await say('!chat telegram @bob')).answer).toMatchObject({
      code: 'usage',
      text: 'Nobody is called that.\nExample: !chat whatsapp +1 202 555 0199 Hello',
    });
    expect(recorded).toHaveLength(1);
  });

  test('says so when the network does not answer', async () => {
    lines = [telegram];
    connectors = { telegram: connector({ resolve: () => Promise.reject(new Error('down')) }) };
    expect((await say('!chat telegram @annlee')).answer.text).toContain(
      "Telegram doesn't answer right now. Try again in a minute.",
    );
  });

  test('asks which line when there are several, and takes the one that is named before or behind', async () => {
    lines = [whatsapp, whatsappTwo];
    const { answer } = await say('!chat whatsapp +1 202 555 0199');
    expect(answer).toMatchObject({
      code: 'usage',
      text: [
        'From which line? Write one of these, with your text behind it:',
        '!chat whatsapp on shop +12025550199',
        '!chat whatsapp on help +12025550199',
      ].join('\n'),
    });
    await say('!chat whatsapp on HELP +1 202 555 0199 Hi');
    await say('!chat whatsapp +1 202 555 0199 on shop: Hi');
    expect(recorded.map((draft) => draft.body)).toMatchObject([
      { line: 'help', text: 'Hi' },
      { line: 'shop', text: 'Hi' },
    ]);
  });

  test('without a network offers the number on each that takes numbers, with the words that were written', async () => {
    lines = [sales, whatsapp, xmpp];
    expect((await say('!chat +1 202 555 0199 Are you there?')).answer.text).toBe(
      [
        'To write to +1 202 555 0199:',
        '!sms +12025550199 Are you there?',
        '!chat whatsapp +12025550199 Are you there?',
      ].join('\n'),
    );
    expect((await say('!chat +1 202 555 0199')).answer.text).toContain('!chat whatsapp +12025550199 Hello');
    expect(recorded).toEqual([]);
  });

  describe('on a network that takes free text only for a while after the customer’s last message', () => {
    const approvedOnly = 'WhatsApp takes only approved texts until they write to us: !templates shows them there.';
    const windowed = (closed: boolean): StaffConnector => ({
      capabilities: () => ({ ...textOnly, templates: 2, service_window: 86_400_000 }),
      refuses: () => (closed ? { reason: 'window-closed', detail: 'over' } : undefined),
    });

    test('says so before anybody writes in vain: to somebody new, and where that time is over', async () => {
      lines = [whatsapp];
      connectors = { whatsapp: windowed(false) };
      expect((await say('!chat whatsapp +12025550199')).answer.text).toBe(
        `Opening a chat with +1 202 555 0199 on SHOP …\n${approvedOnly}`,
      );
      openRoom = room('!ann:acme.example');
      connectors = { whatsapp: windowed(true) };
      const { answer } = await say('!chat whatsapp +12025550199 Hello');
      expect(answer.text).toContain(`\n${approvedOnly}`);
      expect(answer.html).toContain(`</a><br>${approvedOnly}`);
    });

    test('says nothing of it while a chat is open to any text', async () => {
      lines = [whatsapp];
      openRoom = room('!ann:acme.example');
      connectors = { whatsapp: windowed(false) };
      expect((await say('!chat whatsapp +12025550199')).answer.text).not.toContain('approved');
    });
  });

  test('links to a chat that is open', async () => {
    lines = [whatsapp];
    openRoom = room('!ann:acme.example');
    expect((await say('!chat whatsapp +12025550199')).answer.text).toMatch(/^Your chat with \+1 202 555 0199: https/u);
    expect(recorded).toEqual([]);
  });

  test.each([
    ['!chat', 'On which network, and with whom?\nExample: !chat whatsapp +1 202 555 0199 Hello'],
    ['!chat whatsapp', 'With whom?\nExample: !chat whatsapp +1 202 555 0199 Hello'],
    [
      '!chat signal +12025550199',
      'Which network? Yours: sms, whatsapp.\nExample: !chat whatsapp +1 202 555 0199 Hello',
    ],
    [
      '!chat whatsapp Ann',
      'That is no phone number, and WhatsApp needs one.\nExample: !chat whatsapp +1 202 555 0199 Hello',
    ],
    ['!chat whatsapp on nowhere +12025550199', "You're on no line of that name. Yours: SHOP."],
    ['!chat whatsapp +1 202 555 0111', "+1 202 555 0111 is this line's own address."],
  ])('%j is answered in words', async (words, answer) => {
    lines = [sales, whatsapp];
    expect((await say(words)).answer.text).toBe(answer);
    expect(recorded).toEqual([]);
  });
});

const CARD = [
  'BEGIN:VCARD',
  'VERSION:3.0',
  'N:Lee;Ann;;;',
  'FN:Ann Lee',
  'item1.TEL;type=CELL;type=pref:+1 202 555',
  '  0199',
  'TEL;VALUE=uri;TYPE=home:tel:+49-30-1234567;ext=5',
  'TEL:not a number',
  'PHOTO;ENCODING=b:AAAA',
  'END:VCARD',
].join('\r\n');

describe('a number or a contact card sent to @gatehouse', () => {
  test('is offered on each network that takes numbers', async () => {
    lines = [sales, support, whatsapp, whatsappTwo, xmpp];
    expect((await say('+1 202 555 0199')).answer.text).toBe(
      [
        'To write to +1 202 555 0199:',
        '!sms +12025550199 Hello',
        '!chat whatsapp on shop +12025550199 Hello',
        '!chat whatsapp on help +12025550199 Hello',
      ].join('\n'),
    );
  });

  test('a card gives its numbers', async () => {
    lines = [whatsapp];
    expect((await say(CARD)).answer.text).toBe(
      [
        'To write to Ann Lee, +1 202 555 0199, +49 30 1234567 by WhatsApp:',
        '!chat whatsapp +12025550199 Hello',
        '!chat whatsapp +49301234567 Hello',
      ].join('\n'),
    );
  });

  test('a card without a number says so', async () => {
    expect((await say('BEGIN:VCARD\nFN:Ann\nEND:VCARD')).answer.text).toBe(
      'No phone number that I can read is in the card of Ann.',
    );
  });

  test('to somebody on lines without numbers it is a text like any other', async () => {
    lines = [xmpp];
    expect((await say('+1 202 555 0199')).answer.text).toBe('I take commands here. !help shows them.');
  });

  test.each([
    [
      'quoted-printable of 2.1',
      'BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:J=C3=B6rg\nTEL;CELL:030 1234567\nEND:VCARD',
      { name: 'Jörg', phones: ['030 1234567'] },
    ],
    ['a name in parts', 'BEGIN:VCARD\nN:Lee;Ann\nEND:VCARD', { name: 'Ann Lee', phones: [] }],
    ['no end', 'BEGIN:VCARD\nTEL:1', { name: '', phones: ['1'] }],
    ['a second card', 'BEGIN:VCARD\nFN:A\nEND:VCARD\nBEGIN:VCARD\nFN:B\nTEL:2\nEND:VCARD', { name: 'A', phones: [] }],
  ])('a card with %s is read', (_, text, card) => {
    expect(cardIn(text)).toEqual(card);
  });

  test('what only speaks of a card is none', () => {
    expect(cardIn('see BEGIN:VCARD')).toBeUndefined();
  });
});

const ready: Template = { name: 'delivery_ready', language: 'en', text: 'Hello {{1}}, it comes on {{2}}.', values: 2 };
const bye: Template = { name: 'bye', language: 'en', text: 'Goodbye {{1}}', values: 1 };
const byeGerman: Template = { name: 'bye', language: 'de', text: 'Tschüs {{1}}', values: 1 };
const plain: Template = { name: 'hours', language: 'en', text: 'We are open from 9 to 5.', values: 0 };

function listedOf(texts: Readonly<Record<string, string>>): string {
  return Object.entries(texts)
    .map(([name, text]) => `${name}: ${text}`)
    .join('\n');
}

describe('!templates and !use', () => {
  beforeEach(() => {
    lines = [sales, whatsapp];
    connectors = {
      whatsapp: connector({ templates: () => Promise.resolve([ready, bye, byeGerman, plain]) }),
      carrier: connector({}),
    };
  });

  test('lists what the provider approved', async () => {
    expect((await sayHere('!templates', whatsapp)).answer.text).toBe(
      [
        'delivery_ready: Hello {{1}}, it comes on {{2}}.',
        'bye/en: Goodbye {{1}}',
        'bye/de: Tschüs {{1}}',
        'hours: We are open from 9 to 5.',
      ].join('\n'),
    );
    expect((await sayHere('!templates open', whatsapp)).answer.text).toBe('hours: We are open from 9 to 5.');
  });

  test('a chosen one is wished for as the text that the customer will read', async () => {
    const { answer } = await sayHere('!use delivery_ready Ann | Friday', whatsapp);
    expect(recorded).toMatchObject([
      {
        kind: 'portal.wanted',
        body: {
          line: 'shop',
          address: ann,
          text: 'Hello Ann, it comes on Friday.',
          template: { name: 'delivery_ready', language: 'en', values: ['Ann', 'Friday'] },
        },
      },
    ]);
    expect(answer.text).toBe('Sending: Hello Ann, it comes on Friday.');
  });

  test('with one value all that follows is the value; without any none is needed', async () => {
    await sayHere('!use bye/de Ann | Lee', whatsapp);
    await sayHere('!use hours', whatsapp);
    expect(recorded.map((draft) => draft.body)).toMatchObject([
      { text: 'Tschüs Ann | Lee', template: { language: 'de' } },
      { text: 'We are open from 9 to 5.', template: { values: [] } },
    ]);
  });

  test.each([
    ['!use', 'Which text? !templates lists them.\nExample: !use delivery_ready Ann | Friday'],
    ['!use nothing', 'No text is called "nothing". !templates lists them.'],
    ['!use bye Ann', 'In which language? !use bye/en, !use bye/de'],
    [
      '!use delivery_ready Ann',
      'That text takes 2 values: Hello {{1}}, it comes on {{2}}.\n!use delivery_ready <value 1> | <value 2>',
    ],
    ['!use hours now', 'That text takes no values: We are open from 9 to 5.\n!use hours'],
  ])('%j is answered in words', async (words, answer) => {
    expect((await sayHere(words, whatsapp)).answer.text).toBe(answer);
    expect(recorded).toEqual([]);
  });

  test('a line break in a value is a space: no provider takes it there', async () => {
    await sayHere('!use delivery_ready Ann\n  Lee |\tFriday', whatsapp);
    expect(recorded[0]?.body).toMatchObject({ template: { values: ['Ann Lee', 'Friday'] } });
  });

  test('what can not be sent now says why, in the list and on its use; another language of it is taken', async () => {
    const paused = { ...ready, name: 'summer', unusable: 'WhatsApp has paused it' };
    const rejected = { ...bye, unusable: 'WhatsApp rejected it' };
    connectors = { whatsapp: connector({ templates: () => Promise.resolve([paused, plain, rejected, byeGerman]) }) };
    expect((await sayHere('!templates', whatsapp)).answer.text).toBe(
      [
        'hours: We are open from 9 to 5.',
        'bye/de: Tschüs {{1}}',
        'summer (not now): WhatsApp has paused it',
        'bye/en (not now): WhatsApp rejected it',
      ].join('\n'),
    );
    expect((await sayHere('!use summer Ann | Friday', whatsapp)).answer).toMatchObject({
      code: 'failed',
      text: "summer can't be sent now: WhatsApp has paused it. !templates shows what can be.",
    });
    expect(recorded).toEqual([]);
    await sayHere('!use bye Ann', whatsapp);
    expect(recorded.map(({ body }) => body)).toMatchObject([{ template: { name: 'bye', language: 'de' } }]);
  });

  test.each(['!templates', '!use bye Ann'])(
    '%j says that the line has none, and who could change that',
    async (words) => {
      expect((await sayHere(words, sales)).answer.text).toBe(
        'There are no ready texts for Sales: write it in your own words, or ask your admin to add some.',
      );
      expect(recorded).toEqual([]);
    },
  );

  describe('of a line with texts of its own', () => {
    const own = { hours: 'Open {{2}} to {{1}}', thanks: 'Thank you!' };

    test('are those, on every network, and go out as a text like any other', async () => {
      lines = [{ ...sales, texts: own }];
      expect((await sayHere('!templates', sales)).answer.text).toBe('hours: Open {{2}} to {{1}}\nthanks: Thank you!');
      expect((await sayHere('!use hours 17 | 9', sales)).answer.text).toBe('Sending: Open 9 to 17');
      expect(recorded).toMatchObject([{ kind: 'portal.wanted', body: { line: 'sales', text: 'Open 9 to 17' } }]);
      expect(recorded[0]?.body).toMatchObject({ template: { name: 'hours', values: ['17', '9'] } });
      expect(recorded[0]?.body).not.toHaveProperty('template.language');
    });

    test('stand beside those that the provider approved: of one name the company’s own is meant', async () => {
      const here = { ...whatsapp, texts: own };
      lines = [here];
      expect((await sayHere('!templates open', here)).answer.text).toBe(
        'hours: Open {{2}} to {{1}}\nhours/en: We are open from 9 to 5.',
      );
      await sayHere('!use hours 17 | 9', here);
      await sayHere('!use hours/en', here);
      expect(recorded.map(({ body }) => body)).toMatchObject([
        { text: 'Open 9 to 17' },
        { text: 'We are open from 9 to 5.', template: { name: 'hours', language: 'en' } },
      ]);
    });

    test('are there while the provider is silent', async () => {
      const here = { ...whatsapp, texts: own };
      lines = [here];
      connectors = { whatsapp: connector({ templates: () => Promise.reject(new Error('down')) }) };
      const silent = "WhatsApp doesn't say which texts are approved right now. Try again in a minute.";
      expect((await sayHere('!templates', here)).answer.text).toBe(`${listedOf(own)}\n${silent}`);
      expect((await sayHere('!use thanks', here)).answer.text).toBe('Sending: Thank you!');
      expect((await sayHere('!use bye Ann', here)).answer.text).toBe(silent);
    });
  });

  test('says so when the provider does not answer', async () => {
    connectors = { whatsapp: connector({ templates: () => Promise.reject(new Error('down')) }) };
    expect((await sayHere('!templates', whatsapp)).answer.text).toBe(
      "WhatsApp doesn't say which texts are approved right now. Try again in a minute.",
    );
  });
});
