/** A record of a year, the runs of retention in it, and the door that messages come in by: the writer in its thread. */
import { systemClock, wait } from '../../src/core/clock.ts';
import { must, parsePosition, parseUserId, type Position } from '../../src/core/ids.ts';
import { keepingDeps } from '../../src/app/retention-holds.ts';
import { erasedSpans } from '../../src/journal/erased-store.ts';
import { openJournal, type OpenJournal } from '../../src/journal/open-journal.ts';
import { createNoteSigner } from '../../src/journal/merkle/signed-note.ts';
import { startFront, type Front } from '../../src/matrix/front.ts';
import { eraseHandlers } from '../../src/retention/erase/erase-task.ts';
import { freezingBy } from '../../src/retention/holds/freezing.ts';
import { openWork } from '../../src/retention/open/open-work.ts';
import { erasuresOpen } from '../../src/retention/run/open-erasures.ts';
import { certifiedRuns, newestPreview, openRun } from '../../src/retention/run/run-store.ts';
import { runHandlers } from '../../src/retention/run/run-task.ts';
import { erasingStanding } from '../../src/retention/run/staying.ts';
import { createTaskRunner, type TaskRunner } from '../../src/tasks/runner.ts';
import type { TaskKind } from '../../src/tasks/task.ts';
import type { Draft } from '../../src/core/entry.ts';
import { KeptLog, KeptMetrics } from '../support/quiet.ts';
import { SetClock } from '../support/retention-house.ts';
import { timed } from './figures.ts';
import { DOMAIN, internal } from './traffic.ts';
import { WRITER } from './writer-thread.ts';
import type { YearRecord } from './year-record.ts';
import { noHomeserver } from '../support/no-homeserver.ts';

const TOKEN = 'only-in-the-bench';
const POLL_MS = 20;
const olivia = must(parseUserId(`@olivia:${DOMAIN}`));
const omar = must(parseUserId(`@omar:${DOMAIN}`));
const ignored: TaskKind = { run: () => Promise.resolve({ to: 'done' }) };

/** What follows from messages, and what desks are told, is nobody's here. */
class Handlers extends Map<string, TaskKind> {
  override get(kind: string): TaskKind {
    return super.get(kind) ?? ignored;
  }
}

export class RetentionGround implements AsyncDisposable {
  readonly journal: OpenJournal;
  readonly #record: YearRecord;
  readonly #front: Front;
  readonly #runner: TaskRunner;
  #pausing = new AbortController();
  #asked = 0;

  private constructor(parts: { journal: OpenJournal; record: YearRecord; front: Front }) {
    const { journal, record, front } = parts;
    this.journal = journal;
    this.#record = record;
    this.#front = front;
    const [clock, log] = [new SetClock(record.end), new KeptLog()];
    const pausing = (): AbortSignal => this.#pausing.signal;
    const deps = {
      ...{ journal, clock, log, cleaner: noHomeserver, keepKeysMs: 0 },
      ...{ receiptOf: keepingDeps.receiptOf, marks: keepingDeps.marks },
      staying: [freezingBy(keepingDeps).erasing, openWork(keepingDeps), erasingStanding],
      time: { suspect: () => undefined, look: () => Promise.resolve(false) },
      signer: createNoteSigner(`gatehouse/${DOMAIN}`, journal.keys.signing),
      get stopping(): AbortSignal {
        return pausing();
      },
    };
    const handlers = [...runHandlers(deps), ...eraseHandlers({ journal, blobs: { erase: () => Promise.resolve() } })];
    this.#runner = createTaskRunner({
      ...{ journal, clock, log, metrics: new KeptMetrics(), parallel: 16, random: () => 0.5 },
      handlers: new Handlers(handlers),
    });
    this.#runner.start();
  }

  static async open(record: YearRecord): Promise<RetentionGround> {
    const journal = await openJournal({
      ...record.place,
      writer: { in: 'thread', url: WRITER, data: { domain: DOMAIN } },
    });
    const front = await startFront({
      ...{ service: 'archive', listen: { host: '127.0.0.1', port: 0 }, token: TOKEN, recorder: journal },
      ...{ class: record.place.defaultClass, clock: systemClock, log: new KeptLog(), metrics: new KeptMetrics() },
    });
    return new RetentionGround({ journal, record, front });
  }

  /** Milliseconds until each of the messages that come during `ms`, one after the other, is acknowledged. */
  async messages(ms: number, pauseMs: number): Promise<readonly number[]> {
    const found: number[] = [];
    for (const end = performance.now() + ms; performance.now() < end;) {
      const body = `{"events":[${internal(1)
        .map(({ raw }) => Buffer.from(raw ?? '{}').toString('utf8'))
        .join(',')}]}`;
      this.#asked += 1;
      const url = `http://127.0.0.1:${String(this.#front.port)}/_matrix/app/v1/transactions/m${String(this.#asked)}`;
      found.push(await timed(() => put(url, body)));
      await wait(systemClock, pauseMs);
    }
    return found;
  }

  /** Milliseconds. */
  async preview(): Promise<number> {
    const before = await this.journal.views.read(newestPreview);
    return timed(async () => {
      await this.#ask('preview');
      await this.#until(async () => (await this.journal.views.read(newestPreview))?.position !== before?.position);
    });
  }

  async arm(): Promise<void> {
    const { digest } = this.#record;
    const preview = (await this.journal.views.read(newestPreview))?.position ?? must(parsePosition(1));
    const asked = { classes: digest, preview, by: olivia };
    const request = await this.#put({ kind: 'retention.arm-requested', ...this.#from(), body: asked });
    const body = { armed: true, classes: digest, request, why: 'asked', by: olivia, approvedBy: omar } as const;
    await this.#put({ kind: 'retention.armed', ...this.#from(), body });
  }

  /** Resolves when it is on record; the runner does the rest. */
  async begin(): Promise<void> {
    await this.#ask('run');
    await this.#until(async () => (await this.#open()) !== undefined);
  }

  /** Resolves when nothing of it is being done any more. */
  async pause(): Promise<void> {
    this.#pausing.abort();
    const run = (await this.#open())?.position;
    if (run === undefined) return;
    await this.#until(async () => (await this.journal.views.read((reading) => erasuresOpen(reading, run))) === 0);
  }

  goOn(): void {
    this.#pausing = new AbortController();
  }

  async isOver(): Promise<boolean> {
    return (await this.#open()) === undefined;
  }

  /** From the asking to its certificate. */
  async wholeRun(): Promise<number> {
    const [before] = await this.journal.views.read(certifiedRuns);
    return timed(async () => {
      await this.#ask('run');
      await this.#until(async () => (await this.journal.views.read(certifiedRuns))[0]?.position !== before?.position);
    });
  }

  /** Records so far. */
  async erased(): Promise<string> {
    const spans = await this.journal.views.read(erasedSpans);
    return String(spans.reduce((sum, { span: [from, to] }) => sum + to - from + 1, 0));
  }

  /** Of the newest certificate. */
  async gone(): Promise<number> {
    const at = (await this.journal.views.read(certifiedRuns))[0]?.certificate ?? undefined;
    const entry = at === undefined ? undefined : await this.journal.read(at);
    if (entry === undefined || 'erased' in entry || entry.kind !== 'retention.certificate') return 0;
    return entry.body.gone.reduce((sum, { entries }) => sum + entries, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#pausing.abort();
    await this.#runner.stop(10_000);
    await this.#front.stop();
    await this.journal[Symbol.asyncDispose]();
  }

  #open(): Promise<{ readonly position: Position } | undefined> {
    return this.journal.views.read(openRun);
  }

  async #until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) await wait(systemClock, POLL_MS);
  }

  async #ask(act: 'preview' | 'run'): Promise<void> {
    await this.#put({ kind: 'retention.asked', ...this.#from(), body: { act } });
  }

  #from(): Pick<Draft, 'at' | 'source'> {
    this.#asked += 1;
    const id = `bench/retention/${String(this.#asked)}`;
    return { at: this.#record.end, source: { system: 'gatehouse', id, sure: true } };
  }

  async #put(draft: Draft): Promise<Position> {
    const [appended] = await this.journal.append([draft]);
    if (appended === undefined) throw new Error('nothing was appended');
    return appended.position;
  }
}

async function put(url: string, body: string): Promise<void> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'PUT', headers, body });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`the front answered ${String(answer.status)}`);
}
