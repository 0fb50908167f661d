/**
 * Puts on record, in order, what the daemon hands over. The daemon has no word of ours to wait for and forgets what it
 * handed over: so what can't be recorded now is kept here and tried until it can, and meanwhile the daemon is asked for
 * nothing more, so that the rest stays with Signal.
 */
import { wait } from '../../core/clock.ts';
import type { Address } from '../../core/ids.ts';
import type { ConnectorContext, KvEdit, NetworkEvent } from '../../core/ports/connector.ts';
import { JournalDown } from '../../core/ports/recorder.ts';
import { unlessAborted } from '../../core/unless-aborted.ts';
import type { Notice } from './daemon.ts';
import { Decoder } from './decode.ts';
import type { GroupLook, Step } from './steps.ts';

/** Notices, and their octets, that wait to be recorded; nothing is read while there are more. */
export const maxWaiting = 1_000;
export const maxWaitingOctets = 32 * 1024 * 1024;
/** Notices that one commit may hold. */
const batchOf = 100;
const firstPauseMs = 100;
const longestPauseMs = 5_000;
/** A failure that often is perhaps the event's own, which then goes on record as what it is. */
const ownFaultAfter = 6;

export interface InboxGiven {
  readonly ctx: ConnectorContext;
  readonly lines: () => readonly Address[];
  readonly groups: GroupLook;
  /** The record does not take anything at the moment, or does again. */
  readonly stuck: (stuck: boolean) => void;
  readonly recorded: (events: readonly NetworkEvent[]) => void;
}

/** What goes into one commit. */
type Commit = { readonly events: readonly NetworkEvent[] } | Extract<Step, { kind: 'receipt' }>;

export class Inbox {
  readonly #given: InboxGiven;
  readonly #stopping = new AbortController();
  #queue: Notice[] = [];
  #octets = 0;
  #underWay = 0;
  #room: PromiseWithResolvers<undefined> | undefined;
  #draining: Promise<void> = Promise.resolve();
  #isDraining = false;
  #isStuck = false;

  constructor(given: InboxGiven) {
    this.#given = given;
  }

  push(notice: Notice): void {
    this.#queue.push(notice);
    this.#octets += notice.raw.length;
    if (this.#isDraining) return;
    this.#isDraining = true;
    this.#draining = this.#drain();
  }

  /** Undefined, or resolves when there is room for more. */
  room(): Promise<void> | undefined {
    if (this.#queue.length < maxWaiting && this.#octets < maxWaitingOctets) return undefined;
    this.#room ??= Promise.withResolvers<undefined>();
    return this.#room.promise;
  }

  /** Resolves when all is on record, or `withinMs` is over; what is left then is lost, and counted. */
  async stop(withinMs: number): Promise<void> {
    const enough = new AbortController();
    const drained = this.#draining.finally(() => {
      enough.abort();
    });
    await Promise.race([drained, wait(this.#given.ctx.clock, withinMs, enough.signal)]);
    this.#stopping.abort();
    this.#room?.resolve(undefined);
    await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0 && !this.#isStopping()) {
      const batch = this.#queue.splice(0, batchOf);
      this.#underWay = batch.length;
      await this.#record(batch);
      if (!this.#isStopping()) this.#done(batch);
    }
    this.#isDraining = false;
    const lost = this.#underWay + this.#queue.length;
    if (lost > 0) this.#given.ctx.log.error('signal.not-recorded', { lost });
    this.#queue = [];
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  #done(batch: readonly Notice[]): void {
    this.#underWay = 0;
    for (const { raw } of batch) this.#octets -= raw.length;
    if (this.#queue.length <= maxWaiting / 2 && this.#octets <= maxWaitingOctets / 2) {
      this.#room?.resolve(undefined);
      this.#room = undefined;
    }
    if (this.#queue.length === 0) this.#say(false);
  }

  async #record(batch: readonly Notice[]): Promise<void> {
    const { ctx, groups, lines } = this.#given;
    const decoder = new Decoder({ lines: lines(), kv: ctx.kv, now: () => ctx.clock.now(), groups });
    const commits: Commit[] = [];
    const positions = new Map<string, string>();
    for (const notice of batch) {
      for (const step of await decoder.steps(notice)) this.#add(step, commits);
      if (notice.line !== undefined && notice.position !== undefined) positions.set(notice.line, notice.position);
    }
    const marks = Array.from(positions, ([line, at]) => ({ key: positionKey(line), value: Buffer.from(at) }));
    for (const [i, commit] of commits.entries()) {
      const kv = [...(i === 0 ? decoder.kv : []), ...(i === commits.length - 1 ? marks : [])];
      await this.#commit(commit, kv);
    }
  }

  /** Events that follow each other commit together. */
  #add(step: Step, commits: Commit[]): void {
    if (step.kind === 'typing') {
      this.#given.ctx.typing(step.typing);
      return;
    }
    const last = commits.at(-1);
    if (step.kind === 'receipt') commits.push(step);
    else if (last !== undefined && 'events' in last) commits.splice(-1, 1, { events: [...last.events, step.event] });
    else commits.push({ events: [step.event] });
  }

  async #commit(commit: Commit, kv: readonly KvEdit[]): Promise<void> {
    const { ctx, recorded } = this.#given;
    if (!('events' in commit)) {
      await this.#untilDone(() => ctx.outcome(commit.update, kv));
      return;
    }
    const { events } = commit;
    if (await this.#untilDone(() => ctx.ingest(events, kv), events.length > 1)) {
      recorded(events);
      return;
    }
    for (const [i, event] of events.entries()) await this.#commitOne(event, i === events.length - 1 ? kv : []);
  }

  /** One that is refused again and again while the record takes others is recorded as what it is: its bytes. */
  async #commitOne(event: NetworkEvent, kv: readonly KvEdit[]): Promise<void> {
    const { ctx, recorded } = this.#given;
    if (await this.#untilDone(() => ctx.ingest(event, kv), true)) {
      recorded([event]);
      return;
    }
    const { id, sure, at, raw } = event;
    const what = 'something that came in and could not be put on record as what it is';
    await this.#untilDone(() => ctx.ingest({ kind: 'unsupported', id, sure, at, raw, what }, kv));
  }

  /** @returns false where it failed `ownFaultAfter` times otherwise than by a journal that is down, and `mayGiveUp`. */
  async #untilDone(work: () => Promise<void>, mayGiveUp = false): Promise<boolean> {
    const { ctx } = this.#given;
    let faults = 0;
    for (let pause = firstPauseMs; !this.#isStopping(); pause = Math.min(longestPauseMs, pause * 2)) {
      try {
        await unlessAborted(work(), this.#stopping.signal);
        return true;
      } catch (error) {
        if (!(error instanceof JournalDown)) faults += 1;
        if (!this.#isStuck) ctx.log.warn('signal.record-refused', { waiting: this.#queue.length + this.#underWay });
        this.#say(true);
      }
      if (mayGiveUp && faults >= ownFaultAfter) return false;
      await wait(ctx.clock, pause, this.#stopping.signal);
    }
    return true;
  }

  #say(stuck: boolean): void {
    if (stuck === this.#isStuck) return;
    this.#isStuck = stuck;
    this.#given.stuck(stuck);
  }
}

/** Where the daemon's number of what is on record stands. */
export function positionKey(line: string): string {
  return `position/${line}`;
}
