/** What officers do about runs: look, ask, let them delete together with a second one, and confirm the clock. */
import type { Clock } from '../../core/clock.ts';
import type { DraftOf, Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import { after, type EventId, type Millis, type Position, type UserId } from '../../core/ids.ts';
import type { AskedAt } from '../../core/retention-entries.ts';
import type { Recorder } from '../../core/ports/recorder.ts';
import type { Views } from '../../journal/journal.ts';
import type { NoteSigner } from '../../journal/merkle/signed-note.ts';
import { certificateFile } from '../certificate/certificate-file.ts';
import { batchesIn } from '../certificate/counts.ts';
import { newestState } from '../classes/class-store.ts';
import { suspectBy, type ClockCheckDeps } from './clock-check.ts';
import { readRunNotes } from './run-notes.ts';
import { chunksIn } from './chunk-notes.ts';
import {
  armedFor,
  armRequestAt,
  certifiedRuns,
  newestArmRequest,
  newestPreview,
  openRun,
  runAt,
  type ArmRequest,
} from './run-store.ts';

/** A first officer's word waits so long for the second. */
export const REQUEST_MS = 24 * 3_600_000;

export interface RunActsDeps extends ClockCheckDeps {
  readonly journal: Pick<Recorder, 'append'> & {
    readonly views: Views;
    read(position: Position): Promise<Entry | ErasedEntry | undefined>;
  };
  readonly signer: NoteSigner;
  readonly clock: Pick<Clock, 'now'>;
}

export interface ArmAct {
  readonly by: UserId;
  /** The command or the tap: it acts once. */
  readonly event: EventId;
}

/** `replaced`: classes changed, or another preview was asked about, since; `own`: who asked can't be the second one. */
export type Armed =
  | { readonly is: 'armed' | 'already' | 'no-classes' | 'no-preview' | 'own' | 'over' }
  | { readonly is: 'asked'; readonly request: Position; readonly preview: EntryOf<'retention.previewed'> };

export interface RetentionState {
  readonly armed: EntryOf<'retention.armed'> | undefined;
  readonly running: { readonly done: number; readonly total: number } | undefined;
}

export type Certificate = Readonly<{
  entry: EntryOf<'retention.certificate'>;
  file: { readonly name: string; readonly type: string; readonly bytes: Uint8Array };
}>;

export class RunActs {
  readonly #deps: RunActsDeps;

  constructor(deps: RunActsDeps) {
    this.#deps = deps;
  }

  /** Once for each command, however often it runs. @throws JournalDown */
  async ask(act: 'preview' | 'run', at: AskedAt): Promise<void> {
    const { journal, clock } = this.#deps;
    const source = { system: 'gatehouse', id: `retention/asked/${at.event}`, sure: true };
    await journal.append([
      { kind: 'retention.asked', at: clock.now(), source, actor: at.by, room: at.room, body: { act, at } },
    ]);
  }

  async state(): Promise<RetentionState> {
    const { views } = this.#deps.journal;
    const known = await views.read(async (reading) => {
      const classes = await newestState(reading);
      return {
        armed: classes === undefined ? undefined : await armedFor(reading, classes.digest),
        run: await openRun(reading),
      };
    });
    const notes = known.run === undefined ? undefined : await readRunNotes(views);
    const running = notes === undefined ? undefined : { done: notes.next, total: chunksIn(notes.size) };
    return { armed: await this.#entry(known.armed, 'retention.armed'), running };
  }

  /** The first officer's word, or the second's. @throws JournalDown */
  async arm(act: ArmAct): Promise<Armed> {
    const { views } = this.#deps.journal;
    const known = await views.read(async (reading) => {
      const classes = (await newestState(reading))?.digest;
      const armed = classes === undefined ? undefined : await armedFor(reading, classes);
      return { classes, armed, preview: await newestPreview(reading), request: await newestArmRequest(reading) };
    });
    if (known.classes === undefined) return { is: 'no-classes' };
    if (known.armed !== undefined) return { is: 'already' };
    const waiting = await this.#waiting(known.request, known.classes);
    if (waiting !== undefined && waiting.body.by !== act.by) return this.approve({ ...act, request: waiting.position });
    const preview = await this.#entry(known.preview?.position, 'retention.previewed');
    if (preview?.body.classes !== known.classes) return { is: 'no-preview' };
    if (waiting?.body.preview === preview.position) return { is: 'asked', request: waiting.position, preview };
    return this.#request(act, preview);
  }

  /** The second officer's word about that very request. @throws JournalDown */
  async approve({ by, event, request }: ArmAct & { readonly request: Position }): Promise<Armed> {
    const { views } = this.#deps.journal;
    const [found, classes] = await views.read(async (reading) => [
      await armRequestAt(reading, request),
      (await newestState(reading))?.digest,
    ]);
    const waiting = classes === undefined ? undefined : await this.#waiting(found, classes);
    // This very tap, before a crash.
    if ((await this.endOf(request))?.source.id === armedBy(event)) return { is: 'armed' };
    if (waiting === undefined || classes === undefined) return { is: 'over' };
    if (waiting.body.by === by) return { is: 'own' };
    const { preview, by: first } = waiting.body;
    await this.#put({ by, event }, { armed: true, classes, preview, request, why: 'asked', by: first, approvedBy: by });
    return (await views.read((reading) => armedFor(reading, classes))) === undefined ? { is: 'over' } : { is: 'armed' };
  }

  /** What is armed already stays so. @throws JournalDown */
  async decline({ by, event, request }: ArmAct & { readonly request: Position }): Promise<boolean> {
    const found = await this.#deps.journal.views.read((reading) => armRequestAt(reading, request));
    if (found?.ended !== null) return (await this.endOf(request))?.source.id === armedBy(event);
    await this.#put({ by, event }, { armed: false, classes: found.classes, request, why: 'asked', by });
    return true;
  }

  /** Runs only preview from now on; one officer is enough. @throws JournalDown */
  async disarm(act: ArmAct): Promise<boolean> {
    const { armed } = await this.state();
    if (armed === undefined) return false;
    await this.#put(act, { armed: false, classes: armed.body.classes, why: 'asked', by: act.by });
    return true;
  }

  /** By how many milliseconds the clock was set, which is right; undefined where nobody doubts it. @throws JournalDown */
  async confirmClock({ by, event }: ArmAct): Promise<number | undefined> {
    const byMs = await suspectBy(this.#deps);
    if (byMs === undefined) return undefined;
    const { journal, clock } = this.#deps;
    const source = { system: 'gatehouse', id: `retention/clock/${event}`, sure: true };
    await journal.append([
      { kind: 'retention.clock-confirmed', at: clock.now(), source, actor: by, body: { by, byMs: Math.round(byMs) } },
    ]);
    return byMs;
  }

  /** By how many milliseconds, where nothing is deleted because of it. @throws JournalDown */
  clockSetBy(): Promise<number | undefined> {
    return suspectBy(this.#deps);
  }

  /** Of the run that began there, or whose certificate stands there; of the newest one where none is named. */
  async certificate(of?: Position): Promise<Certificate | undefined> {
    const { journal, signer } = this.#deps;
    const run = await journal.views.read(async (reading) => {
      const runs = await certifiedRuns(reading);
      if (of === undefined) return runs[0];
      return (await runAt(reading, of)) ?? runs.find(({ certificate }) => certificate === of);
    });
    const entry = await this.#entry(run?.certificate ?? undefined, 'retention.certificate');
    const begun = await this.#entry(run?.position, 'retention.run');
    if (entry === undefined || begun === undefined) return undefined;
    const batches = await batchesIn(begun.position, { views: journal.views, read: (at) => journal.read(at) });
    return { entry, file: certificateFile({ body: entry.body, run: begun, batches }, signer) };
  }

  /** The entry by which that request is no longer open. */
  async endOf(request: Position): Promise<EntryOf<'retention.armed'> | undefined> {
    const found = await this.#deps.journal.views.read((reading) => armRequestAt(reading, request));
    return this.#entry(found?.ended ?? undefined, 'retention.armed');
  }

  isOver({ recordedAt }: Pick<Entry, 'recordedAt'>): boolean {
    return after(recordedAt, REQUEST_MS) < this.#deps.clock.now();
  }

  /** Undefined once it ended, or is about other classes than hold now. */
  async #waiting(found: ArmRequest | undefined, classes: string) {
    if (found?.ended !== null || found.classes !== classes) return undefined;
    const entry = await this.#entry(found.position, 'retention.arm-requested');
    return entry === undefined || this.isOver(entry) ? undefined : entry;
  }

  async #request({ by, event }: ArmAct, preview: EntryOf<'retention.previewed'>): Promise<Armed> {
    const { journal, clock } = this.#deps;
    const { classes } = preview.body;
    const source = { system: 'gatehouse', id: `retention/arm-requested/${event}`, sure: true };
    const body = { classes, preview: preview.position, by };
    const [appended] = await journal.append([
      { kind: 'retention.arm-requested', at: clock.now(), source, actor: by, body },
    ]);
    return appended === undefined ? { is: 'over' } : { is: 'asked', request: appended.position, preview };
  }

  async #put({ by, event }: ArmAct, body: DraftOf<'retention.armed'>['body']): Promise<void> {
    const { journal, clock } = this.#deps;
    const at: Millis = clock.now();
    const source = { system: 'gatehouse', id: armedBy(event), sure: true };
    await journal.append([{ kind: 'retention.armed', at, source, actor: by, body }]);
  }

  async #entry<K extends Entry['kind']>(at: Position | undefined, kind: K): Promise<EntryOf<K> | undefined> {
    const entry = at === undefined ? undefined : await this.#deps.journal.read(at);
    return entry === undefined || 'erased' in entry || !isKind(entry, kind) ? undefined : entry;
  }
}

function armedBy(event: EventId): string {
  return `retention/armed/${event}`;
}

function isKind<K extends Entry['kind']>(entry: Entry, kind: K): entry is Entry & EntryOf<K> {
  return entry.kind === kind;
}
