/** Every kind of message and status of the published set (Meta's webhook reference; pywa's tests/data/updates name them). */
import { describe, expect, test } from '@jest/globals';
import { customer, line, messages, metadata, openHouse, otherLine, statuses, webhook } from './house.ts';

const sha = Buffer.alloc(32, 7);
const media = { id: '1234567890987654321', sha256: sha.toString('base64') };

/** The message and what it is on record as. */
const kinds: readonly (readonly [string, object, object])[] = [
  [
    'text',
    { type: 'text', text: { body: 'Does it come in *another* color?' } },
    { text: 'Does it come in another color?', marks: [{ as: 'bold', start: 16, length: 7 }] },
  ],
  [
    'image',
    { type: 'image', image: { ...media, mime_type: 'image/jpeg', caption: 'caption' } },
    {
      text: 'caption',
      attachments: [{ kind: 'image', ref: media.id, type: 'image/jpeg', sha256: sha.toString('hex') }],
    },
  ],
  [
    'media_with_url',
    { type: 'image', image: { ...media, mime_type: 'image/jpeg', url: 'https://lookaside.fbsbx.com/x' } },
    { attachments: [{ kind: 'image', ref: media.id }] },
  ],
  [
    'video',
    { type: 'video', video: { ...media, mime_type: 'video/mp4' }, context: { forwarded: true } },
    { attachments: [{ kind: 'video' }], forwarded: 'once' },
  ],
  [
    'document',
    { type: 'document', document: { ...media, filename: 'filename.pdf', mime_type: 'application/pdf' } },
    { attachments: [{ kind: 'file', name: 'filename.pdf' }] },
  ],
  [
    'audio',
    { type: 'audio', audio: { ...media, mime_type: 'audio/ogg; codecs=opus', voice: false } },
    { attachments: [{ kind: 'audio' }] },
  ],
  [
    'voice',
    { type: 'audio', audio: { ...media, mime_type: 'audio/ogg; codecs=opus', voice: true } },
    { attachments: [{ kind: 'voice' }] },
  ],
  [
    'static_sticker',
    { type: 'sticker', sticker: { ...media, mime_type: 'image/webp', animated: false } },
    { attachments: [{ kind: 'sticker' }] },
  ],
  [
    'animated_sticker',
    { type: 'sticker', sticker: { ...media, mime_type: 'image/webp', animated: true } },
    { attachments: [{ kind: 'sticker' }] },
  ],
  [
    'a hash that is none',
    { type: 'image', image: { id: '1', sha256: '4654+8g=' } },
    { attachments: [{ kind: 'image', ref: '1' }] },
  ],
  [
    'current_location',
    { type: 'location', location: { latitude: 12.25089, longitude: 43.90539 } },
    { location: { latitude: 12.25089, longitude: 43.90539 } },
  ],
  [
    'chosen_location',
    {
      type: 'location',
      location: { latitude: '37.4611978', longitude: '-122.2164385', name: 'Facebook HQ', address: '1 Hacker Way' },
    },
    { location: { latitude: 37.4611978, longitude: -122.2164385, name: 'Facebook HQ', address: '1 Hacker Way' } },
  ],
  [
    'contacts',
    {
      type: 'contacts',
      contacts: [
        {
          name: { first_name: 'Chandler', formatted_name: 'Chandler Bing' },
          phones: [{ phone: '+1 555-555-5555', wa_id: '15555555555' }],
          emails: [{ email: 'c@example.com' }],
          org: { company: 'WENUS' },
        },
        { name: { first_name: 'Monica' }, phones: [{ wa_id: '16666666666' }] },
      ],
    },
    {
      contacts: [
        { name: 'Chandler Bing', phones: ['+1 555-555-5555'], emails: ['c@example.com'], organisation: 'WENUS' },
        { name: 'Monica', phones: ['+16666666666'] },
      ],
    },
  ],
  [
    'order',
    {
      type: 'order',
      order: {
        catalog_id: '3',
        text: 'soon please',
        product_items: [
          { product_retailer_id: 'HAMBURGER', quantity: 3, item_price: 30, currency: 'ILS' },
          { product_retailer_id: 'SODA', quantity: '2', item_price: '10', currency: 'ILS' },
        ],
      },
    },
    { text: 'soon please', unsupported: 'an order: 3 × HAMBURGER (30 ILS), 2 × SODA (10 ILS)' },
  ],
  [
    'unsupported',
    {
      type: 'unsupported',
      errors: [
        {
          code: 131051,
          title: 'Message type unknown',
          error_data: { details: 'Message type is currently not supported.' },
        },
      ],
    },
    {
      text: '',
      unsupported: 'something that WhatsApp does not pass on: Message type is currently not supported. (131051)',
    },
  ],
  ['unsupported_with_type', { type: 'unsupported', unsupported: { type: 'poll_creation' } }, { unsupported: 'a poll' }],
  [
    'reply',
    { type: 'text', text: { body: 'replied text' }, context: { from: '15550783881', id: 'wamid.O' } },
    { text: 'replied text', replyTo: { id: 'wamid.O' } },
  ],
  [
    'forwarded_many_times',
    { type: 'text', text: { body: 'chain' }, context: { frequently_forwarded: true } },
    { forwarded: 'often' },
  ],
  [
    'interactive_message_with_err',
    { type: 'interactive', context: { id: 'wamid.O' } },
    { text: '', unsupported: 'something that WhatsApp calls "interactive"' },
  ],
  [
    'callback button',
    { type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: 'cancel', title: 'Cancel' } } },
    { text: 'Cancel' },
  ],
  [
    'callback selection',
    {
      type: 'interactive',
      interactive: { type: 'list_reply', list_reply: { id: 'p', title: 'Priority', description: 'Next day' } },
    },
    { text: 'Priority\nNext day' },
  ],
  [
    'flow completion',
    {
      type: 'interactive',
      interactive: {
        type: 'nfm_reply',
        nfm_reply: { name: 'flow', body: 'Sent', response_json: '{"comment":"Nice","flow_token":"AQ","n":4}' },
      },
    },
    { text: 'comment: Nice\nn: 4', unsupported: 'a form that was filled in' },
  ],
  ['quick reply', { type: 'button', button: { payload: 'data', text: 'Yes, please' } }, { text: 'Yes, please' }],
  [
    'referral',
    {
      type: 'text',
      text: { body: 'BODY' },
      referral: { source_url: 'https://fb.me/x', source_id: 'ADID', source_type: 'ad', headline: 'AD_TITLE' },
    },
    {
      text: 'BODY',
      wire: { referral: { source_url: 'https://fb.me/x', source_id: 'ADID', source_type: 'ad', headline: 'AD_TITLE' } },
    },
  ],
  [
    'about a product',
    {
      type: 'text',
      text: { body: 'this?' },
      context: { id: 'wamid.O', referred_product: { catalog_id: 'C', product_retailer_id: 'P' } },
    },
    { wire: { product: { catalog_id: 'C', product_retailer_id: 'P' } } },
  ],
  ['request_welcome', { type: 'request_welcome' }, { service: true }],
  [
    'identity change',
    { type: 'system', system: { type: 'customer_identity_changed', body: 'User identity changed' } },
    { text: 'User identity changed', service: true },
  ],
  [
    'a type of tomorrow',
    { type: 'hologram', hologram: {} },
    { text: '', unsupported: 'something that WhatsApp calls "hologram"' },
  ],
  [
    'a type named like a method',
    { type: 'constructor' },
    { unsupported: 'something that WhatsApp calls "constructor"' },
  ],
];

describe('a message of the published set', () => {
  test.each(kinds)('%s', async (_name, item, expected) => {
    const { hears, core } = await openHouse();
    await expect(hears(messages(item))).resolves.toEqual({ to: 'accepted' });
    const base = { from: customer, to: line, fromName: 'Sheena Nelson', remoteId: 'wamid.X' };
    expect(core.events).toMatchObject([
      { kind: 'message', id: 'wamid.X', sure: true, at: 1_749_416_383_000, message: { ...base, ...expected } },
    ]);
  });

  test.each([{ emoji: '😮' }, { emoji: '' }, {}])('a reaction, or its end: %p', async (reaction) => {
    const { hears, newest } = await openHouse();
    await hears(messages({ type: 'reaction', reaction: { message_id: 'wamid.Y', ...reaction } }));
    const keys = reaction.emoji === '😮' ? ['😮'] : [];
    expect(newest('reaction')?.reaction).toEqual({ from: customer, to: line, target: 'wamid.Y', keys });
  });

  test('an edit of a text and of a caption, whose file stays what it was', async () => {
    const { hears, core } = await openHouse();
    const edit = (message: object) => ({ type: 'edit', edit: { original_message_id: 'wamid.Z', message } });
    await hears(messages({ id: 'wamid.E1', ...edit({ type: 'text', text: { body: 'Text was edited' } }) }));
    await hears(
      messages({
        id: 'wamid.E2',
        ...edit({ type: 'image', image: { ...media, caption: 'caption' }, context: { id: 'M0' } }),
      }),
    );
    const base = { from: customer, to: line, target: 'wamid.Z' };
    expect(core.events).toMatchObject([
      { kind: 'edit', id: 'wamid.E1', edit: { ...base, text: 'Text was edited' } },
      { kind: 'edit', id: 'wamid.E2', edit: { ...base, text: 'caption' } },
    ]);
    expect(core.events[1]).not.toHaveProperty('edit.attachments');
  });

  test('a revoke', async () => {
    const { hears, newest } = await openHouse();
    await hears(messages({ type: 'revoke', revoke: { original_message_id: 'wamid.Z' } }));
    expect(newest('redaction')?.redaction).toEqual({ from: customer, to: line, targets: ['wamid.Z'] });
  });

  test('in a group: the chat is the group, the writer is the member', async () => {
    const { hears, newest } = await openHouse();
    await hears(messages({ from: '+12025550199', group_id: 'Y2FwaV9ncm91cA', type: 'text', text: { body: 'all?' } }));
    expect(newest('message')?.message).toMatchObject({
      from: customer,
      to: line,
      group: { id: 'group:Y2FwaV9ncm91cA' },
    });
  });

  test('written by the company in the WhatsApp Business app', async () => {
    const { hears, newest } = await openHouse();
    const echo = { from: '15550783881', to: '12025550199', id: 'wamid.B', timestamp: '1749416383' };
    const value = { ...metadata, message_echoes: [{ ...echo, type: 'text', text: { body: 'from my phone' } }] };
    await hears(webhook(value, 'smb_message_echoes'));
    expect(newest('message')?.message).toMatchObject({ from: line, to: customer, own: true, text: 'from my phone' });
  });

  test('all entries, changes and messages are taken, by the line of each', async () => {
    const { hears, core } = await openHouse();
    const other = { ...metadata, metadata: { phone_number_id: '106540352242999' } };
    const text = (id: string, body: string) => ({
      from: '12025550199',
      id,
      timestamp: '1',
      type: 'text',
      text: { body },
    });
    const value = (of: object, ...items: object[]) => ({ field: 'messages', value: { ...of, messages: items } });
    const entry = [
      { id: '1', changes: [value(metadata, text('a', 'one'), text('b', 'two')), value(other, text('c', 'three'))] },
      'no entry',
      { id: '2', changes: [null, value(metadata, text('d', 'four'))] },
    ];
    await hears({ object: 'whatsapp_business_account', entry });
    expect(core.texts).toEqual(['one', 'two', 'three', 'four']);
    expect(core.events.flatMap((event) => (event.kind === 'message' ? [event.message.to] : []))).toEqual([
      line,
      line,
      otherLine,
      line,
    ]);
    expect(core.events.filter(({ kind }) => kind === 'unsupported')).toHaveLength(2);
  });

  test('to a number that is no line of ours is on record all the same', async () => {
    const { hears, core } = await openHouse();
    await hears(webhook({ ...metadata, metadata: { phone_number_id: '999' }, messages: [{ id: 'x', type: 'text' }] }));
    expect(core.events).toMatchObject([{ kind: 'unsupported' }]);
  });

  test('a batch of a thousand keeps the whole body once, and not a thousand times', async () => {
    const { hears, core } = await openHouse();
    const many = Array.from({ length: 1_000 }, (_, i) => ({
      id: `wamid.${String(i)}`,
      type: 'text',
      text: { body: `n${String(i)}` },
    }));
    await hears(messages(...many));
    expect(core.texts).toHaveLength(1_000);
    const sizes = core.events.map(({ raw }) => raw.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_000_000);
    expect(core.events[0]?.raw.toString()).toContain('n999');
    expect(Buffer.from(core.events[999]?.raw ?? []).toString()).toContain('n999');
  });
});

describe('a status', () => {
  test.each([
    ['sent', 'accepted'],
    ['delivered', 'delivered'],
    ['read', 'read'],
    ['played', 'read'],
  ])('%s is "%s"', async (status, state) => {
    const { hears, core } = await openHouse();
    await hears(statuses({ status }));
    expect(core.updates).toMatchObject([
      { remoteId: 'wamid.S', matches: ['wamid.S'], state, id: `status/wamid.S/${status}/1749416390000`, sure: true },
    ]);
  });

  test('failed says why', async () => {
    const { hears, core } = await openHouse();
    const error = { code: 130_472, title: 'experiment', error_data: { details: 'part of an experiment' } };
    await hears(statuses({ status: 'failed', errors: [error] }));
    expect(core.updates).toMatchObject([
      { state: 'failed', code: '130472', detail: 'this person is in an experiment of WhatsApp' },
    ]);
  });

  test('with our position names the send whose answer was lost, and is found when asked by it', async () => {
    const { hears, core, connector } = await openHouse();
    await hears(statuses({ status: 'sent', biz_opaque_callback_data: '7' }));
    expect(core.updates).toMatchObject([{ matches: ['wamid.S', '7'] }]);
    await connector.stop(100);
    const next = await openHouse({ kv: core.kv });
    const id = core.updates[0]?.matches?.[1];
    expect(id).toBeDefined();
    if (id === undefined) return;
    await expect(next.connector.query(id)).resolves.toEqual({ state: 'accepted', ids: ['wamid.S'] });
  });

  test('with somebody else’s word names nothing of ours', async () => {
    const { hears, core } = await openHouse();
    await hears(statuses({ status: 'sent', biz_opaque_callback_data: 'some data' }));
    expect(core.updates).toMatchObject([{ matches: ['wamid.S'] }]);
  });

  test('of a group says whose', async () => {
    const { hears, core } = await openHouse();
    const group = { recipient_type: 'group', recipient_id: 'Y2Fw', recipient_participant_id: '12025550199' };
    await hears(statuses({ status: 'read', ...group }));
    expect(core.updates).toMatchObject([{ state: 'read', by: customer }]);
  });

  test('that says "stopped marketing" is a word of consent', async () => {
    const { hears, newest } = await openHouse();
    await hears(statuses({ status: 'failed', errors: [{ code: 131_050, title: 'stopped' }] }));
    expect(newest('consent')?.consent).toMatchObject({ from: customer, to: line, action: 'stop' });
  });

  test.each([{ status: 'beamed' }, { status: 'toString' }, { status: 'sent', id: '' }, { status: 7 }])(
    'that means nothing is on record: %p',
    async (item) => {
      const { hears, core } = await openHouse();
      await hears(statuses(item));
      expect(core.updates).toEqual([]);
      expect(core.events).toMatchObject([{ kind: 'unsupported' }]);
    },
  );
});

describe('other fields', () => {
  test.each([
    [
      'account_update',
      {
        event: 'ACCOUNT_RESTRICTION',
        restriction_info: [{ restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration: 1 }],
      },
      'about the account: ACCOUNT_RESTRICTION, RESTRICTED_BIZ_INITIATED_MESSAGING',
    ],
    [
      'message_template_status_update',
      { event: 'REJECTED', message_template_name: 'offer', reason: 'PROMOTIONAL' },
      'about a template: REJECTED, offer, PROMOTIONAL',
    ],
    [
      'phone_number_quality_update',
      { event: 'DOWNGRADE', current_limit: 'TIER_50', display_phone_number: '15550783881' },
      'about the quality of a number: DOWNGRADE, TIER_50',
    ],
  ])('%s is told to compliance', async (field, value, words) => {
    const { hears, core } = await openHouse();
    await hears(webhook(value, field, 1_743_451_903));
    await hears(webhook(value, field, 1_743_451_903));
    expect(core.distinct).toMatchObject([
      { kind: 'account', at: 1_743_451_903_000, alert: `WhatsApp says something ${words}` },
    ]);
  });

  test('an error in the place of messages is told to compliance', async () => {
    const { hears, newest } = await openHouse();
    await hears(webhook({ ...metadata, errors: [{ code: 130_429, title: 'Rate limit hit' }] }));
    expect(newest('account')?.alert).toBe('WhatsApp could not do something: Rate limit hit (130429)');
  });

  test.each([
    ['stop', 'stop'],
    ['resume', 'start'],
  ])('the preference "%s" is consent "%s"', async (value, action) => {
    const { hears, newest } = await openHouse();
    const preference = {
      wa_id: '12025550199',
      detail: 'said so',
      category: 'marketing_messages',
      value,
      timestamp: 1_731_705_721,
    };
    await hears(webhook({ ...metadata, user_preferences: [preference] }, 'user_preferences'));
    expect(newest('consent')).toMatchObject({
      at: 1_731_705_721_000,
      consent: { from: customer, action, detail: 'said so' },
    });
  });

  test('a call is shown as one, and ours is not', async () => {
    const { hears, core } = await openHouse();
    const call = { id: 'wacid.x', from: '12025550199', to: '15550783881', timestamp: '1752583107' };
    const calls = [
      { ...call, event: 'connect', direction: 'USER_INITIATED' },
      { ...call, event: 'terminate', direction: 'USER_INITIATED', status: 'COMPLETED', duration: 35 },
      { ...call, event: 'connect', direction: 'BUSINESS_INITIATED' },
    ];
    await hears(webhook({ ...metadata, calls }, 'calls'));
    expect(core.texts).toEqual(['Calls by WhatsApp, which nobody can take here', 'A WhatsApp call ended, 35 s']);
  });

  test('a group’s name is taken', async () => {
    const { hears, newest } = await openHouse();
    const group = { group_id: 'Y2Fw', type: 'group_create', subject: 'Order 17' };
    await hears(webhook({ ...metadata, groups: [group] }, 'group_lifecycle_update'));
    expect(newest('chat')?.chat).toEqual({ line, chat: 'group:Y2Fw', name: 'Order 17' });
  });

  test('one of tomorrow is on record', async () => {
    const { hears, core } = await openHouse();
    await hears(webhook({ anything: 1 }, 'holograms'));
    expect(core.events).toMatchObject([{ kind: 'unsupported' }]);
  });
});
