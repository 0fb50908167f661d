import { describe, expect, test } from '@jest/globals';
import type { JudgedMessage } from '../../../../src/policy/message.ts';
import type { Verdict } from '../../../../src/policy/verdict.ts';
import { contextOf, is, message, rule } from '../../../unit/policy/engine/made-rules.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { held } from './holding.ts';
import { LONG, madeScanning, rulesOf, type Made } from './scanning.ts';

const context = contextOf();

function said(text: string, content = text): JudgedMessage {
  return { ...message(text), content };
}

/** What became of each, `rules` and all, by the order in which the answers came. */
async function answersOf(asked: readonly Promise<Verdict>[]): Promise<readonly { n: number; verdict: Verdict }[]> {
  const answers: { n: number; verdict: Verdict }[] = [];
  await Promise.all(asked.map(async (verdict, n) => answers.push({ n, verdict: await verdict })));
  return answers;
}

function lost({ log }: Made): readonly unknown[] {
  return log.lines.filter(({ event }) => event === 'policy.scanner-lost').map(({ fields }) => fields['why']);
}

describe('the thread that judges', () => {
  test('says what the engine says, and before it has rules that it is not ready', async () => {
    const made = madeScanning();
    await using scanning = made.scanning;
    expect(await scanning.judge(said('wire it'), context, LONG)).toMatchObject({
      failed: 'not-ready',
      consequence: 'none',
    });
    const using = scanning.use(rulesOf('first'));
    await Promise.resolve();
    expect(scanning.inForce).toBe('');
    expect(await scanning.judge(said('wire it'), context, LONG)).toMatchObject({
      ...{ failed: 'not-ready', rules: 'first', consequence: 'quarantine' },
      unread: [{ why: 'engine' }],
    });
    expect(await using).toMatchObject({ ok: true, digest: 'first' });
    expect(scanning.inForce).toBe('first');
    const [hit, clean] = await Promise.all(
      ['wire it', 'hello'].map((text) => scanning.judge(said(text), context, LONG)),
    );
    expect(hit).toMatchObject({ rules: 'first', consequence: 'flag', hits: [{ rule: 'test', count: 1 }] });
    expect(hit?.failed).toBeUndefined();
    expect(clean).toMatchObject({ rules: 'first', content: 'hello', consequence: 'none', hits: [] });
    expect(made.metrics.counts.get('policy_scan_failed not-ready')).toBe(2);
    expect(made.metrics.gauges.get('policy_queue')).toBe(0);
  });

  test('as the house starts it finds a card number and stands in for its value', async () => {
    const made = madeScanning({}, '../../../../src/scanner.ts');
    await using scanning = made.scanning;
    const card = rule(is.detector(0.8, 'card'), { consequence: 'quarantine' });
    expect(await scanning.use({ digest: 'cards', lexicons: [], rules: [card] })).toMatchObject({ ok: true });
    const verdict = await scanning.judge(said('card 4111 1111 1111 1111'), context, LONG);
    expect(verdict).toMatchObject({ consequence: 'quarantine', hits: [{ findings: [{ masked: 'ends 1111' }] }] });
    expect(verdict.hits[0]?.findings[0]?.value).toMatch(/^[0-9a-f]{64}$/u);
    const bytes = new TextEncoder().encode('<p>card 4111 <b>1111</b></p>');
    expect(await scanning.textOf({ type: 'text/html', bytes })).toEqual({
      ...{ ok: true, texts: [expect.stringMatching(/^card 4111 1111\s*$/u)], cut: false },
    });
    expect(await scanning.textOf({ type: 'image/png', bytes })).toEqual({ ok: false, why: 'image' });
  });

  test.each([
    ['never ends', 'hang 4111', 'took-too-long', undefined],
    ['ends the thread', 'die 4111', 'crashed', undefined],
    ['has a fault', 'throw 4111', 'crashed', 'Error'],
    ['takes all memory', 'grow 4111', 'crashed', 'ERR_WORKER_OUT_OF_MEMORY'],
  ])(
    'a message that %s is held as its rules say; those behind it are judged, in order',
    async (_what, text, failed, code) => {
      const made = madeScanning({ gateHeapMb: 48 });
      await using scanning = made.scanning;
      await scanning.use(rulesOf('same'));
      const deadline = failed === 'crashed' ? LONG : 200;
      const bad = scanning.judge(said(text), context, deadline);
      const behind = ['wire it', 'hello', 'pay me'].map((behind) => scanning.judge(said(behind), context, LONG));
      const answers = await answersOf([bad, ...behind]);
      expect(answers.map(({ n }) => n)).toEqual([0, 1, 2, 3]);
      expect(answers[0]?.verdict).toMatchObject({ failed, rules: 'same', consequence: 'quarantine', content: text });
      expect(answers.slice(1).map(({ verdict }) => [verdict.rules, verdict.consequence, verdict.failed])).toEqual([
        ['same', 'flag', undefined],
        ['same', 'none', undefined],
        ['same', 'flag', undefined],
      ]);
      expect(lost(made)).toEqual([failed]);
      expect(made.log.lines[0]?.fields['broken']).toBe(code);
      expect(made.metrics.counts.get(`policy_scan_failed ${failed}`)).toBe(1);
      expect(JSON.stringify(made.log.lines)).not.toContain('4111');
    },
  );

  test('a message that only waited is not ready in time, and the one before it is not disturbed', async () => {
    const clock = new ManualClock();
    const made = madeScanning({}, undefined, clock);
    await using scanning = made.scanning;
    await scanning.use(rulesOf('same'));
    using before = held('wire it');
    const first = scanning.judge(said(before.text), context, LONG);
    const waited = scanning.judge(said('wire it'), context, 20);
    await before.began();
    clock.advance(20);
    expect(await waited).toMatchObject({ failed: 'not-ready', consequence: 'quarantine' });
    before.release();
    expect(await first).toMatchObject({ consequence: 'flag' });
    expect(lost(made)).toEqual([]);
  });

  test('a message that waited long is answered in time, and has its own time all the same', async () => {
    const clock = new ManualClock();
    const made = madeScanning({}, undefined, clock);
    await using scanning = made.scanning;
    await scanning.use(rulesOf('same'));
    using before = held();
    using long = held('wire it');
    const first = scanning.judge(said(before.text), context, LONG);
    const second = scanning.judge(said(long.text), context, 2_000);
    const third = scanning.judge(said('pay'), context, LONG);
    await before.began();
    clock.advance(1_200);
    before.release();
    await long.began();
    clock.advance(800);
    expect(await second).toMatchObject({ failed: 'took-too-long' });
    clock.advance(1_199);
    long.release();
    expect([(await first).failed, await third]).toMatchObject([undefined, { consequence: 'flag' }]);
    expect(lost(made)).toEqual([]);
  });

  test('a content that took too long three times is not tried a fourth time; others are judged', async () => {
    const made = madeScanning();
    await using scanning = made.scanning;
    await scanning.use(rulesOf('same'));
    // On a busy machine it may be over before its turn came: then nothing is held against it.
    while (lost(made).length < 3) {
      await scanning.judge(said('hello'), context, LONG);
      await scanning.judge(said('hang', 'poison'), context, 100);
    }
    expect(await scanning.judge(said('hang', 'poison'), context, LONG)).toMatchObject({
      ...{ failed: 'took-too-long', consequence: 'quarantine' },
    });
    expect(await scanning.judge(said('wire it'), context, LONG)).toMatchObject({ consequence: 'flag' });
    expect(lost(made)).toHaveLength(3);
    expect(made.log.events().filter((event) => event === 'policy.content-barred')).toHaveLength(1);
  });

  test('turns away what is too much, at once', async () => {
    const made = madeScanning({ messages: { jobs: 10, weight: 1_000 } });
    await using scanning = made.scanning;
    await scanning.use(rulesOf('same'));
    const asked = Array.from({ length: 14 }, (_, n) =>
      scanning.judge(said(`slow ${n}`.slice(n === 0 ? 0 : 5)), context, LONG),
    );
    const verdicts = await Promise.all(asked);
    expect(verdicts.map(({ failed }) => failed)).toEqual([
      ...Array.from({ length: 11 }, () => undefined),
      ...['not-ready', 'not-ready', 'not-ready'],
    ]);
  });
});

describe('another set of rules', () => {
  test('takes over in the midst of work: no message is lost, judged by neither, or overtaken', async () => {
    const made = madeScanning();
    await using scanning = made.scanning;
    await scanning.use(rulesOf('old'));
    const asked: Promise<Verdict>[] = [];
    const using = scanning.use(rulesOf('new'));
    while (scanning.inForce === 'old') {
      asked.push(...Array.from({ length: 20 }, (_, n) => scanning.judge(said(`wire ${n}`), context, LONG)));
      await asked.at(-1);
    }
    asked.push(scanning.judge(said('pay'), context, LONG));
    expect(await using).toMatchObject({ ok: true, digest: 'new' });
    const answers = await answersOf(asked);
    expect(answers.map(({ n }) => n)).toEqual(answers.map((_, n) => n));
    expect(answers.every(({ verdict }) => verdict.failed === undefined && verdict.consequence === 'flag')).toBe(true);
    const by = answers.map(({ verdict }) => verdict.rules);
    expect(by.length).toBeGreaterThan(20);
    expect([by[0], by.at(-1)]).toEqual(['old', 'new']);
    expect(by).toEqual(by.toSorted((a, b) => (a < b ? 1 : -1)));
    expect(made.log.events()).not.toContain('policy.scanner-lost');
  });

  test('waits for the message that is being judged, and takes over where that one ends its thread', async () => {
    const made = madeScanning();
    await using scanning = made.scanning;
    await scanning.use(rulesOf('old'));
    const bad = scanning.judge(said('hang'), context, 3_000);
    expect(await scanning.use(rulesOf('new'))).toMatchObject({ ok: true });
    expect(await bad).toMatchObject({ failed: 'took-too-long', rules: 'old' });
    expect(await scanning.judge(said('wire it'), context, LONG)).toMatchObject({ rules: 'new', consequence: 'flag' });
  });

  test('several at once come into force one after the other', async () => {
    const made = madeScanning();
    await using scanning = made.scanning;
    const compiled = await Promise.all(['one', 'two', 'two'].map((digest) => scanning.use(rulesOf(digest))));
    expect(compiled).toMatchObject([{ digest: 'one' }, { digest: 'two' }, { digest: 'two', ms: 0 }]);
    expect(scanning.inForce).toBe('two');
  });

  test.each([
    ['that is broken', { ...rulesOf('broken'), rules: [rule(is.words('nothing'))] }, /^there is no lexicon nothing/u],
    ['that never gets ready', rulesOf('hang'), /^getting these rules ready takes longer than [\d.]+ s/u],
    ['that takes all memory', rulesOf('grow'), /^these rules need more memory than the 48 MB/u],
    ['that ends its thread', rulesOf('die'), /^the thread that got these rules ready ended/u],
  ])('%s is told in words and swaps nothing', async (_what, rules, words) => {
    const made = madeScanning({ compileMs: rules.digest === 'hang' ? await startMs() : LONG, gateHeapMb: 48 });
    await using scanning = made.scanning;
    await expectReady(made);
    expect(await scanning.use(rules)).toMatchObject({
      ok: false,
      problems: [{ message: expect.stringMatching(words) }],
    });
    expect(scanning.inForce).toBe('good');
    expect(await scanning.judge(said('wire it'), context, LONG)).toMatchObject({ rules: 'good', consequence: 'flag' });
  });

  test('can be tried out in threads of their own', async () => {
    const made = madeScanning();
    await using scanning = made.scanning;
    await scanning.use(rulesOf('good'));
    await using trial = scanning.trial();
    expect(await trial.use(rulesOf('tried'))).toMatchObject({ ok: true, digest: 'tried' });
    expect(await trial.judge(said('wire it'), context, LONG)).toMatchObject({ rules: 'tried', consequence: 'flag' });
    expect(scanning.inForce).toBe('good');
    expect(made.metrics.counts.size).toBe(0);
  });
});

/** On a busy machine a thread is long in starting. */
async function startMs(): Promise<number> {
  await using scanning = madeScanning().scanning;
  const compiled = await scanning.use(rulesOf('good'));
  return compiled.ok ? 1_000 + 3 * compiled.ms : LONG;
}

/** Its start may take longer once: it is tried again. */
async function expectReady({ scanning }: Made): Promise<void> {
  for (let tries = 0; tries < 3 && scanning.inForce !== 'good'; tries += 1) await scanning.use(rulesOf('good'));
  expect(scanning.inForce).toBe('good');
}

describe('at the end', () => {
  test('whatever waits is answered as the rules fail, no thread is left, and what comes later is answered too', async () => {
    const before = threads();
    const { scanning, log } = madeScanning();
    await scanning.use(rulesOf('same'));
    expect(threads()).toBeGreaterThan(before);
    const asked = ['hang', 'wire it', 'hello'].map((text) => scanning.judge(said(text), context, LONG));
    const file = scanning.textOf({ type: 'text/plain', bytes: new TextEncoder().encode('hang') });
    const using = scanning.use(rulesOf('hang'));
    await scanning[Symbol.asyncDispose]();
    const verdicts = await Promise.all(asked);
    expect(verdicts.map(({ failed, consequence }) => [failed, consequence])).toEqual(
      asked.map(() => ['not-ready', 'quarantine']),
    );
    expect(await file).toEqual({ ok: false, why: 'engine' });
    expect(await using).toMatchObject({ ok: false });
    expect(await scanning.judge(said('wire it'), context, LONG)).toMatchObject({ failed: 'not-ready' });
    expect(await scanning.textOf({ type: 'text/plain', bytes: new Uint8Array(1) })).toMatchObject({ ok: false });
    expect(await scanning.use(rulesOf('later'))).toMatchObject({ ok: false });
    expect(threads()).toBe(before);
    expect(log.events()).toEqual([]);
  });

  test('a thread that cannot be begun is told, and messages are answered as the rules fail', async () => {
    const { scanning } = madeScanning({}, './no-such-scanner.ts');
    expect(await scanning.use(rulesOf('same'))).toMatchObject({ ok: false });
    expect(await scanning.judge(said('wire it'), context, LONG)).toMatchObject({
      ...{ failed: 'not-ready', consequence: 'quarantine' },
    });
    await scanning[Symbol.asyncDispose]();
  });
});

function threads(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'MessagePort' || resource === 'Worker')
    .length;
}
