import { describe, expect, test } from '@jest/globals';
import { draftOf } from '../../../support/journal.ts';
import { bob } from '../../bridge/house.ts';
import { openBridgedHouse } from './bridged-house.ts';
import { ruleText } from './judging-house.ts';

const card = 'my card: 4111 1111 1111 1111';
const cards = (then: string, ...directions: readonly string[]): string =>
  ruleText('cards', { then, scope: { directions: ['outbound', ...directions] } });

describe('A message to a customer', () => {
  test('goes out when it is clean, with the rules that let it go', async () => {
    await using house = await openBridgedHouse(cards('quarantine'));
    await house.receive('Hi');
    const said = await house.write('Hello');
    expect(house.sent).toEqual(['Hello']);
    const [attempt] = await house.entries('delivery.attempt');
    expect(attempt?.body).toMatchObject({ of: said.position, text: 'Hello', judged: { rules: expect.any(String) } });
    expect(await house.entries('policy.verdict')).toEqual([]);
  });

  test('is held, goes out when it was approved, and only as it was approved', async () => {
    await using house = await openBridgedHouse(cards('quarantine'));
    await house.receive('Hi');
    const { position: of } = await house.write(card);
    expect(await house.message(of)).toMatchObject({ state: 'quarantined' });
    await house.write('this one goes');
    expect(house.sent).toEqual(['this one goes']);
    const [verdict] = await house.entries('policy.verdict');
    if (verdict === undefined) throw new Error('no verdict');
    const decision = { of, verdict: verdict.position, content: verdict.body.content, by: bob };
    await house.append(draftOf('policy.approved', decision));
    expect(house.sent).toEqual(['this one goes', card]);
    expect(await house.message(of)).toMatchObject({ state: 'sent' });
    const attempt = (await house.entries('delivery.attempt')).at(-1);
    expect(attempt?.body).toMatchObject({ of, judged: { rules: verdict.body.rules, verdict: verdict.position } });
  });

  test('is judged anew when it is edited while it is held', async () => {
    await using house = await openBridgedHouse(cards('quarantine'));
    await house.receive('Hi');
    const { position: of, body } = await house.write(card);
    const replaced = { 'm.relates_to': { rel_type: 'm.replace', event_id: body.event_id } };
    await house.write('* x', { ...replaced, 'm.new_content': { msgtype: 'm.text', body: `${card}!` } });
    expect(await house.message(of)).toMatchObject({ state: 'quarantined' });
    expect(await house.entries('policy.verdict')).toHaveLength(2);
    const [first] = await house.entries('policy.verdict');
    if (first === undefined) throw new Error('no verdict');
    await house.append(
      draftOf('policy.approved', { of, verdict: first.position, content: first.body.content, by: bob }),
    );
    expect(house.sent).toEqual([]);
    await house.write('* x', { ...replaced, 'm.new_content': { msgtype: 'm.text', body: 'call me' } });
    expect(house.sent).toEqual(['call me']);
  });

  test('is stopped by a rule that blocks, and its sender reads why', async () => {
    await using house = await openBridgedHouse(cards('block'));
    await house.receive('Hi');
    const { position: of } = await house.write(card);
    const detail = 'looks like a payment card number (ends 1111)';
    expect(await house.message(of)).toMatchObject({ state: 'failed' });
    const outcome = (await house.entries('delivery.outcome')).at(-1);
    expect(outcome?.body).toMatchObject({ of, state: 'failed', reason: 'policy-blocked', detail });
    expect(await house.entries('policy.verdict')).toHaveLength(1);
    expect(house.sent).toEqual([]);
  });

  test('is not sent where a rule redacts; its copy here is taken away as ourselves, and that is no withdrawal', async () => {
    await using house = await openBridgedHouse(cards('redact'));
    await house.receive('Hi');
    const { position: of, body } = await house.write(card);
    expect(house.sent).toEqual([]);
    expect(await house.message(of)).toMatchObject({ state: 'failed', reason: 'policy-blocked' });
    const detail =
      'looks like a payment card number (ends 1111); its text is removed here, write it again without that';
    const outcome = (await house.entries('delivery.outcome')).at(-1);
    expect(outcome?.body).toMatchObject({ of, reason: 'policy-blocked', detail });
    const [verdict] = await house.entries('policy.verdict');
    expect(verdict?.body).toMatchObject({ of, consequence: 'redact', hits: [{ notify: true }] });
    expect(await house.entries('policy.redacted')).toMatchObject([
      { direction: 'outbound', line: 'sales', body: { of, event: body.event_id, how: 'own-power' } },
    ]);
    const redactions = (await house.entries('matrix.event')).filter((one) => one.body.type === 'm.room.redaction');
    expect(redactions.map((one) => [one.body.sender, one.body.redacts])).toEqual([
      ['@gatehouse:acme.example', body.event_id],
    ]);
    expect(await house.entries('delivery.abandoned')).toEqual([]);
    await house.append(draftOf('delivery.retry', { of, by: bob }));
    expect(house.sent).toEqual([]);
    await house.write('without it');
    expect(house.sent).toEqual(['without it']);
  });

  test('goes out flagged where a rule flags, with one verdict', async () => {
    await using house = await openBridgedHouse(cards('flag'));
    await house.receive('Hi');
    await house.write(card);
    expect(house.sent).toEqual([card]);
    const verdicts = await house.entries('policy.verdict');
    expect(verdicts.map(({ body }) => body.consequence)).toEqual(['flag']);
  });
});

describe("A customer's message", () => {
  const shownIn = async (house: Awaited<ReturnType<typeof openBridgedHouse>>): Promise<readonly unknown[]> =>
    (await house.entries('matrix.event'))
      .filter(({ body }) => body.sender.startsWith('@_gh_') && body.type === 'm.room.message')
      .map(({ body }) => body.content['body']);

  test('is shown, and flagged beside it; what we show of it is not looked at again', async () => {
    await using house = await openBridgedHouse(cards('quarantine', 'inbound', 'internal'));
    await house.receive(card);
    const verdicts = await house.entries('policy.verdict');
    expect(verdicts).toMatchObject([
      { direction: 'inbound', line: 'sales', body: { consequence: 'flag', hits: [{ notify: true }] } },
    ]);
    const shown = (await house.entries('delivery.outcome')).filter(({ body }) => body.target === 'matrix');
    expect(shown).toMatchObject([{ body: { of: verdicts[0]?.body.of, state: 'sent' } }]);
    expect(await shownIn(house)).toEqual([card]);
  });

  test.each(['redact', 'block'])('is shown without what was found in it where a rule says %s', async (then) => {
    await using house = await openBridgedHouse(cards(then, 'inbound', 'internal'));
    await house.receive(`${card} ok?`);
    const [message] = await house.entries('network.message');
    const why = 'looks like a payment card number (ends 1111)';
    expect(await shownIn(house)).toEqual([
      `my card: •••• 1111 ok?\n(A company rule hid part of this: ${why}. The original is on record, number ${message?.position ?? ''}.)`,
    ]);
    expect(message?.body.text).toBe(`${card} ok?`);
    const verdicts = await house.entries('policy.verdict');
    expect(verdicts.map(({ body }) => [body.of, body.consequence])).toEqual([[message?.position, 'redact']]);
  });

  test('comes with those before and after it in the order in which they came', async () => {
    await using house = await openBridgedHouse(cards('redact', 'inbound'));
    await house.receive('first');
    await house.receive(card);
    await house.receive('third');
    const shown = (await shownIn(house)).map((text) => String(text).split(/[\n:]/u)[0]);
    expect(shown).toEqual(['first', 'my card', 'third']);
  });

  test('is shown as it is where the engine fails, and that nobody looked is on record', async () => {
    await using house = await openBridgedHouse(cards('redact', 'inbound'));
    house.break();
    await house.receive(card);
    expect(await shownIn(house)).toEqual([card]);
    expect(await house.entries('policy.verdict')).toMatchObject([{ body: { consequence: 'flag', failed: 'crashed' } }]);
  });
});
