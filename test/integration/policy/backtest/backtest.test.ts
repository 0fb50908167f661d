import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../../src/core/clock.ts';
import type { Draft, EntryOf } from '../../../../src/core/entry.ts';
import { must, parsePosition } from '../../../../src/core/ids.ts';
import { backtest, type BacktestDeps } from '../../../../src/policy/backtest/backtest.ts';
import { readNotes } from '../../../../src/policy/backtest/backtest-notes.ts';
import { backtestWriterPart } from '../../../../src/policy/backtest/projections.ts';
import { backtestTasks } from '../../../../src/policy/backtest/backtest-task.ts';
import { bridgeWriterPart } from '../../../../src/bridge/projections.ts';
import { verdictsWriterPart } from '../../../../src/policy/verdicts/projections.ts';
import type { Rule } from '../../../../src/policy/rule.ts';
import { readRules } from '../../../../src/policy/rules/read-rules.ts';
import type { Trial } from '../../../../src/policy/rules/rule-trial.ts';
import { createTaskRunner, type TaskRunner } from '../../../../src/tasks/runner.ts';
import { openTestJournal, type TestJournal } from '../../../support/journal.ts';
import { KeptLog, KeptMetrics } from '../../../support/quiet.ts';
import { ann, domain, event, millis, now, olivia, position, room, sales, sms } from '../../../unit/bot/samples.ts';
import { EngineHere } from '../rules/rule-house.ts';

const parts = [bridgeWriterPart({ domain }), verdictsWriterPart(), backtestWriterPart()];
const MANY = 2_600;

let kept: TestJournal;
let rule: Rule;
let judged: number[];
/** Called with each text before it is judged. */
let onText: (n: number) => void;

class Counted extends EngineHere {
  override judge(...[message, context]: Parameters<Trial['judge']>): ReturnType<Trial['judge']> {
    judged.push(message.of ?? 0);
    onText(judged.length);
    return super.judge(message, context, 0);
  }
}

function ruleOf(more = ''): Rule {
  const text = `rules:\n  - { id: word, says: has the word, when: { pattern: 'guarantee' }, then: flag${more} }\n`;
  const read = readRules([{ name: 'a.yaml', text, is: 'rules' }]);
  const [one] = read.ok ? read.value.rules : [];
  if (one === undefined) throw new Error('no rule');
  return one;
}

function depsOf({ journal }: TestJournal): BacktestDeps {
  return {
    ...{ journal, clock: systemClock, trial: () => new Counted(), lines: [sales] },
    groupsOf: () => Promise.resolve([]),
    ruleToTry: () => Promise.resolve({ found: { as: 'in-force', rule, lexicons: [] } }),
    ...{ goingOut: () => undefined, isOurs: () => false, isOurRoom: () => Promise.resolve(false) },
  };
}

function said(n: number, text: string): Draft {
  return {
    ...{ kind: 'network.message', at: millis(now + n), line: sales.id },
    source: { system: 'network:carrier', id: `m${String(n)}`, sure: true },
    body: { connector: sales.connector, network: sms, to: sales.address, from: ann, text },
  };
}

async function asked(): Promise<EntryOf<'policy.backtest-asked'>> {
  const [appended] = await kept.journal.append([
    {
      ...{ kind: 'policy.backtest-asked', at: now, source: { system: 'gatehouse', id: 'b', sure: true } },
      body: { rule: 'word', from: millis(0), by: olivia, room: room('!desk:acme.example'), event: event('$ask') },
    },
  ]);
  const entry = await kept.journal.read(position(appended?.position ?? 0));
  if (entry === undefined || 'erased' in entry || entry.kind !== 'policy.backtest-asked') throw new Error('not asked');
  return entry;
}

beforeEach(async () => {
  judged = [];
  onText = () => undefined;
  rule = ruleOf();
  kept = await openTestJournal({ parts });
});
afterEach(async () => {
  await kept[Symbol.asyncDispose]();
});

describe('a back-test', () => {
  test('that is killed goes on where it was, in the next life, and counts nothing twice', async () => {
    for (let from = 0; from < MANY; from += 200) {
      const some = Array.from({ length: 200 }, (_, i) =>
        said(from + i, (from + i) % 10 === 0 ? 'I guarantee it' : 'well'),
      );
      await kept.journal.append(some);
    }
    const entry = await asked();
    onText = (n) => {
      if (n === 2_333) throw new Error('killed');
    };
    await expect(backtest(entry, depsOf(kept), new AbortController().signal)).rejects.toThrow('killed');
    const { place } = kept;
    await kept.close();
    const reopened = await openTestJournal({ parts, place });
    const before = judged.length;
    onText = () => undefined;
    const report = await backtest(entry, depsOf(reopened), new AbortController().signal);
    await reopened.close();
    kept = await openTestJournal({ parts, place });
    expect(report).toMatchObject({ judged: MANY, flagged: MANY / 10, failed: 0, erased: 0 });
    expect(report?.examples).toHaveLength(5);
    expect(judged.length - before).toBeLessThan(700);
  });

  test('that finds another rule under the name begins anew: its numbers are of one rule', async () => {
    await kept.journal.append(Array.from({ length: 300 }, (_, i) => said(i, 'I guarantee it, really')));
    const entry = await asked();
    const kill = new AbortController();
    onText = (n) => {
      if (n === 250) kill.abort();
    };
    expect(await backtest(entry, depsOf(kept), kill.signal)).toBeUndefined();
    expect((await readNotes(kept.views))?.next).toBeGreaterThan(100);
    onText = () => undefined;
    rule = { ...rule, when: { is: 'pattern', pattern: 'really' } };
    const report = await backtest(entry, depsOf(kept), new AbortController().signal);
    expect(report).toMatchObject({ judged: 300, flagged: 300 });
  });

  test('judges a phrase over several messages of one person as the gate does', async () => {
    rule = ruleOf(', together: 2');
    rule = { ...rule, when: { is: 'pattern', pattern: 'guarantee it' } };
    await kept.journal.append([said(1, 'I can guarantee'), said(2, 'it'), said(700_000, 'it')]);
    const report = await backtest(await asked(), depsOf(kept), new AbortController().signal);
    expect(report).toMatchObject({ judged: 3, flagged: 1 });
  });

  test('looks only at what people said: not at our showing of it, and not at commands', async () => {
    await kept.journal.append([said(1, 'I guarantee it')]);
    const report = await backtest(await asked(), { ...depsOf(kept), isOurs: () => true }, new AbortController().signal);
    expect(report).toMatchObject({ judged: 1, flagged: 1 });
  });

  test('says what the engine could not judge, and that a rule is gone or not fit', async () => {
    await kept.journal.append([said(1, 'I guarantee it')]);
    const entry = await asked();
    const failing = new (class extends EngineHere {
      override async judge(...given: Parameters<Trial['judge']>): ReturnType<Trial['judge']> {
        return { ...(await super.judge(...given)), failed: 'took-too-long' };
      }
    })();
    const never = new AbortController().signal;
    expect(await backtest(entry, { ...depsOf(kept), trial: () => failing }, never)).toMatchObject({
      judged: 0,
      failed: 1,
    });
    const gone = { ...depsOf(kept), ruleToTry: () => Promise.resolve({ found: undefined, meant: undefined }) };
    expect(await backtest(entry, gone, never)).toMatchObject({ unfit: 'gone', judged: 0 });
    rule = { ...rule, when: { is: 'pattern', pattern: '(' } };
    expect(await backtest(entry, depsOf(kept), never)).toMatchObject({ unfit: 'not-compiled', judged: 0 });
  });

  test('as a task puts one report on record, and its notes go with it', async () => {
    await kept.journal.append([said(1, 'I guarantee it'), said(2, 'no')]);
    const entry = await asked();
    const report = await reportAfter(entry, runnerOn(kept));
    expect(report).toMatchObject({
      ...{ kind: 'policy.backtested', actor: olivia },
      body: { because: entry.position, rule: 'word', judged: 2, flagged: 1, months: [{ month: '2026-03' }] },
    });
    expect(await readNotes(kept.views)).toBeUndefined();
  });

  test('as a task that is stopped in good order goes on after the next start', async () => {
    await kept.journal.append(Array.from({ length: 300 }, (_, i) => said(i, 'I guarantee it')));
    const entry = await asked();
    const stopping = new AbortController();
    const first = runnerOn(kept, stopping.signal);
    const midway = Promise.withResolvers<undefined>();
    onText = (n) => {
      if (n !== 150) return;
      stopping.abort();
      midway.resolve(undefined);
    };
    first.start();
    await midway.promise;
    await first[Symbol.asyncDispose]();
    const before = judged.length;
    expect(before).toBe(150);
    const { place } = kept;
    await kept.close();
    kept = await openTestJournal({ parts, place });
    const report = await reportAfter(entry, runnerOn(kept));
    expect(report).toMatchObject({ kind: 'policy.backtested', body: { judged: 300, flagged: 300 } });
    expect(judged.length - before).toBe(200);
  });
});

function runnerOn({ journal }: TestJournal, stopping = new AbortController().signal): TaskRunner {
  const handlers = new Map([
    ...backtestTasks({ ...depsOf(kept), stopping }),
    ['policy.backtest-answer', { run: done }],
  ]);
  return createTaskRunner({
    ...{ journal, handlers, clock: systemClock, log: new KeptLog(), metrics: new KeptMetrics() },
    ...{ parallel: 2, random: () => 0 },
  });
}

/** What came on record next to the asking, once it did. */
async function reportAfter({ position: at }: EntryOf<'policy.backtest-asked'>, runner: TaskRunner) {
  const { journal } = kept;
  const reported = Promise.withResolvers<undefined>();
  journal.onCommitted(({ to }) => {
    if (to > at) reported.resolve(undefined);
  });
  runner.start();
  await reported.promise;
  await runner[Symbol.asyncDispose]();
  return journal.read(must(parsePosition(at + 1)));
}

const done = () => Promise.resolve({ to: 'done' } as const);
