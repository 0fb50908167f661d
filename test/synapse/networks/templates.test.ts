/** What WhatsApp's 24 hours mean for a salesperson: free text is stopped with words, and approved texts go on. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { systemClock } from '../../../src/core/clock.ts';
import { appSecret, whatsappOver } from '../../contract/networks/whatsapp.ts';
import { until } from '../../support/carrier.ts';
import { fault } from '../../support/simulators/whatsapp/graph-errors.ts';
import type { Accepted } from '../../support/simulators/whatsapp/graph-api.ts';
import { startWhatsApp, type WhatsAppSimulator } from '../../support/simulators/whatsapp/whatsapp.ts';
import { bodyOf, chatWith, HOUSE_START_MS, marked, replyTo, roomNamed } from '../../support/staffed-house.ts';
import type { StaffClient } from '../../support/staff-client.ts';
import { houseOfNetworks, type HouseOfNetworks } from './house-of-networks.ts';

const HOUR = 3_600_000;
const ann = { phone: '12025550199', name: 'Ann Lee' };
/** They never wrote to us; the second one has no WhatsApp. */
const [BO, CY] = ['12025550142', '12025550143'];

let house: HouseOfNetworks;
let meta: WhatsAppSimulator | undefined;
let alice: StaffClient;
let chat: string;
/** By how much Meta's clock is behind: what is written then was written so long ago. */
let behind = 0;

function sim(): WhatsAppSimulator {
  if (meta === undefined) throw new Error('no simulator');
  return meta;
}

const body = (text: string): readonly object[] => [{ type: 'BODY', text }];
const known = { language: 'en_US', category: 'UTILITY' };
const besides = [
  { ...known, name: 'summer', status: 'PAUSED', components: body('Summer sale, {{1}}!') },
  { ...known, name: 'spring', status: 'REJECTED', components: body('Spring sale!') },
];

beforeAll(async () => {
  const make = async (around: Parameters<typeof whatsappOver>[1]) => {
    const now = (): number => systemClock.now() - behind;
    meta = await startWhatsApp({ webhookUrl: () => around.door.url, appSecret, now });
    meta.graph.templates.push(...besides);
    return whatsappOver(meta, around);
  };
  house = await houseOfNetworks([{ id: 'whatsapp', type: 'whatsapp-cloud', make }], (config) => {
    config.setIn(['lines', 0, 'templates'], { hours: 'We are open from {{1}} to {{2}}.' });
  });
  alice = await house.staffed.person('alice');
  behind = 25 * HOUR;
  await sim().writes(ann, 'Is my order ready?');
  behind = 0;
  chat = await roomNamed(alice, 'Ann Lee (WhatsApp)');
}, HOUSE_START_MS);

afterAll(async () => {
  await house[Symbol.asyncDispose]();
}, 60_000);

interface Said {
  readonly room: string;
  readonly event: string;
}

async function says(text: string, room = chat): Promise<Said> {
  return { room, event: await alice.sendText(room, text) };
}

/** What is answered to it, and by that what became of it. */
async function told(said: Said): Promise<string> {
  return bodyOf(await replyTo(alice, said, 30_000));
}

/** What the customer reads, once Meta has it. */
async function reads(phone: string, template: string): Promise<{ readonly id: string; readonly text: string }> {
  const isIt = ({ to, body: sent }: Accepted): boolean =>
    to === phone && sent.type === 'template' && sent.template.name === template;
  await until(`${template} at ${phone}`, () => sim().graph.accepted.some(isIt), 20_000);
  const accepted = sim().graph.accepted.findLast(isIt);
  if (accepted?.body.type !== 'template') throw new Error('no template');
  const values = accepted.body.template.components?.flatMap(({ parameters }) => parameters) ?? [];
  const { components } = sim().graph.templates.find(({ name }) => name === template) ?? {};
  const { text } = z.array(z.object({ text: z.string() })).parse(components)[0] ?? { text: '' };
  const filled = values.reduce((so, { text: value }, i) => so.replace(`{{${String(i + 1)}}}`, value), text);
  return { id: accepted.id, text: filled };
}

const recorded = z.object({ position: z.number(), kind: z.string(), text: z.string() });

async function found(query: string): Promise<readonly z.output<typeof recorded>[]> {
  const printed = await house.staffed.house.command('search', query, '--json');
  return printed
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => recorded.parse(JSON.parse(line)));
}

test('after a day without a word of the customer free text is stopped, and the room says since when and how to go on', async () => {
  const said = await says('Yes, since noon.');
  expect(await told(said)).toMatch(
    /^Not sent: WhatsApp allows free text only for 24 hours after the last message from Ann Lee \(over since \d{4}-\d\d-\d\d \d\d:\d\d UTC\)\. !templates shows what you can send now\.$/u,
  );
  await marked(alice, said, '⚠️');
  expect(sim().graph.accepted).toEqual([]);
});

test('!templates lists what can be sent now, and why the others can not', async () => {
  expect(await told(await says('!templates'))).toBe(
    [
      'order_ready: Hello {{1}}, order {{2}} is ready.',
      'named: Hello {{1}} Acme',
      'summer (not now): WhatsApp has paused it because people complained of it',
      'spring (not now): WhatsApp rejected it',
      'waiting (not now): WhatsApp has not approved it yet',
      "with_picture (not now): it needs a picture, a code or an address, which can't be filled in here",
    ].join('\n'),
  );
});

test.each([
  ['!use order_ready Ann', /^That text takes 2 values: .*\n!use order_ready <value 1> \| <value 2>$/u],
  ['!use order_redy Ann | 4711', /^No text is called "order_redy"\. !templates lists them\.$/u],
  ['!use summer Ann', /^summer can't be sent now: WhatsApp has paused it .*\. !templates shows what can be\.$/u],
  ['!use spring', /^spring can't be sent now: WhatsApp rejected it\. !templates shows what can be\.$/u],
])('%j is answered with what to do, and nothing goes out', async (typed, answer) => {
  expect(await told(await says(typed))).toMatch(answer);
  expect(sim().graph.accepted).toEqual([]);
});

test('!use sends one with its values: the customer reads it, the room and the record have it, ✓✓ stands on it', async () => {
  expect(await told(await says('!use order_ready Ann | 4711'))).toBe('Sending: Hello Ann, order 4711 is ready.');
  const read = await reads(ann.phone, 'order_ready');
  expect(read.text).toBe('Hello Ann, order 4711 is ready.');
  const shown = await alice.event(chat, 'it in the room', (one) => bodyOf(one).includes(`wrote: ${read.text}`));
  await sim().tells(read.id, 'delivered');
  await marked(alice, { room: chat, event: shown.getId() ?? '' }, '✓✓');
  expect(await found('"order 4711 is ready"')).toMatchObject([{ kind: 'portal.wanted', text: read.text }]);
});

test('a template that was paused in between is told of, with what to do', async () => {
  sim().graph.faults.push(fault(132_015, 'Template is Paused'));
  await says('!use named Ann');
  const why = await alice.event(chat, 'why', (one) => bodyOf(one).startsWith('Not sent: WhatsApp refused it'));
  expect(bodyOf(why)).toBe(
    'Not sent: WhatsApp refused it (the template is paused; !templates shows what can be sent). ' +
      '!retry (reply) tries again.',
  );
});

test('a bare number is offered on WhatsApp; the chat with somebody new says that only approved texts go, and one does', async () => {
  const room = await roomNamed(alice, 'Gatehouse');
  const offered = await told(await says(`+${BO}`, room));
  expect(offered.split('\n')).toContain(`!chat whatsapp +${BO} Hello`);
  expect(await told(await says(`!chat +${BO} Hello`, room))).toContain(`!chat whatsapp +${BO} Hello`);
  expect(await told(await says(`!chat whatsapp +${BO} Hello`, room))).toBe(
    'Opening a chat with +1 202 555 0142 on whatsapp …\n' +
      'WhatsApp takes only approved texts until they write to us: !templates shows them there.',
  );
  const opened = await chatWith(alice, BO.slice(-4));
  await alice.event(opened, 'that free text is refused', (one) =>
    bodyOf(one).endsWith(
      '(the last one is more than a day old, or there was none). !templates shows what you can send now.',
    ),
  );
  await says('!use order_ready Bo | 12', opened);
  expect((await reads(BO, 'order_ready')).text).toBe('Hello Bo, order 12 is ready.');
});

test('a contact card is offered on WhatsApp like its number', async () => {
  const room = await roomNamed(alice, 'Gatehouse');
  const card = ['BEGIN:VCARD', 'VERSION:3.0', 'FN:Cy Ode', `TEL;TYPE=CELL:+${CY}`, 'END:VCARD'].join('\r\n');
  const type = 'text/vcard';
  const { content_uri: url } = await alice.sdk.uploadContent(new Blob([card], { type }), { name: 'cy.vcf', type });
  const info = { mimetype: type, size: card.length };
  const event = await alice.sendRaw(room, 'm.room.message', { msgtype: 'm.file', body: 'cy.vcf', url, info });
  const offered = await told({ room, event });
  expect(offered).toContain('To write to Cy Ode, +1 202 555 0143');
  expect(offered).toContain(`!chat whatsapp +${CY} Hello`);
});

test('of somebody who has no WhatsApp it is told when the first text fails: nobody can be asked before', async () => {
  sim().graph.notThere.add(CY);
  await says(`!chat whatsapp +${CY}`, await roomNamed(alice, 'Gatehouse'));
  const opened = await chatWith(alice, CY.slice(-4));
  await says('!use order_ready Cy | 13', opened);
  const why = await alice.event(opened, 'why', (one) => bodyOf(one).startsWith('Not sent'));
  expect(bodyOf(why)).toBe("Not sent: WhatsApp can't reach this number (not on WhatsApp, or too old an app).");
});

test('on a line that takes any words the company’s own ready texts go out, and are on record as what was sent', async () => {
  const { carrier } = house.staffed.house;
  carrier.text({ from: '+12025550177', to: '+12025550111', text: 'When can I come?' });
  const room = await chatWith(alice, '0177');
  expect(await told(await says('!templates', room))).toBe('hours: We are open from {{1}} to {{2}}.');
  expect(await told(await says('!use hours 9', room))).toContain('That text takes 2 values');
  expect(await told(await says('!use hours 9 | 5', room))).toBe('Sending: We are open from 9 to 5.');
  await carrier.until('the text', (line) => line.text === 'We are open from 9 to 5.');
  expect(await found('"open from 9 to 5"')).toMatchObject([{ kind: 'portal.wanted' }]);
});
