/** A life played on a real journal, and held against what the life alone says. */
import { must, parseClassId } from '../../../src/core/ids.ts';
import type { Entry } from '../../../src/core/entry.ts';
import { createNoteSigner, openNote } from '../../../src/journal/merkle/signed-note.ts';
import { RunActs } from '../../../src/retention/run/acts.ts';
import { z } from 'zod';
import { holdOn, released } from '../../support/holds.ts';
import { DAY_MS, olivia, position, type RetentionHouse, type SetClock } from '../../support/retention-house.ts';
import { verdictOn } from '../../support/verdicts.ts';
import { assignmentsOf, classesOf, eventDraft, Life, overs, type Made, type Said, type Wanted } from './life.ts';

const HOUR_MS = 3_600_000;

export type Step =
  | { readonly do: 'say'; readonly who: number; readonly where: number; readonly late: number }
  | { readonly do: 'edit' | 'judge' | 'quote'; readonly which: number; readonly who: number }
  | { readonly do: 'name'; readonly who: number; readonly where: number }
  | { readonly do: 'pass'; readonly days: number }
  | { readonly do: 'classes'; readonly wanted: Wanted }
  | { readonly do: 'hold' | 'release'; readonly over: number }
  | { readonly do: 'set'; readonly hours: number }
  | { readonly do: 'confirm' | 'arm' | 'disarm' | 'run' | 'preview' };

const certified = z.object({
  run: z.number(),
  deleted: z.array(z.object({ class: z.string(), records: z.array(z.tuple([z.number(), z.number()])) })),
});

export class World {
  readonly life = new Life();
  readonly clock: SetClock;
  readonly house: RetentionHouse;
  /** What was not as expected. */
  readonly wrong: object[] = [];
  #made = 0;
  /** By their records. */
  readonly #events = new Map<number, string>();

  constructor(house: RetentionHouse, clock: SetClock) {
    this.house = house;
    this.clock = clock;
  }

  async play(one: Step): Promise<void> {
    switch (one.do) {
      case 'say':
        return this.#event({ ...one, is: 'message', late: one.late > 20 ? one.late : 0 });
      case 'name':
        return this.#event({ ...one, is: 'name', late: 0 });
      case 'edit':
      case 'judge':
      case 'quote':
        return this.#about(one);
      case 'pass':
        this.clock.pass(one.days * DAY_MS);
        return;
      case 'classes':
        return this.classes(one.wanted);
      default:
        return this.#keep(one);
    }
  }

  #keep(one: Extract<Step, { do: 'hold' | 'release' | 'set' | 'confirm' | 'arm' | 'disarm' | 'run' | 'preview' }>) {
    switch (one.do) {
      case 'hold':
        return this.hold(one.over);
      case 'release':
        return this.release(one.over);
      case 'set':
        return this.#set(one.hours);
      case 'confirm':
        return this.#confirm();
      case 'arm':
        return this.arm();
      case 'disarm':
        return this.disarm();
      case 'preview':
        return this.#preview();
      case 'run':
        return this.#run();
    }
  }

  /** Somebody sets the clock: what it says from then on is doubted until an officer says that it is right. */
  #set(hours: number): Promise<void> {
    const byMs = hours * HOUR_MS + (this.house.suspect?.byMs ?? 0);
    this.clock.pass(hours * HOUR_MS);
    this.house.suspect = { byMs, since: this.clock.now() };
    return Promise.resolve();
  }

  get #isDoubted(): boolean {
    return Math.abs(this.house.suspect?.byMs ?? 0) > HOUR_MS;
  }

  async #confirm(): Promise<void> {
    const { suspect } = this.house;
    if (suspect === undefined) return;
    await this.house.append('retention.clock-confirmed', { by: olivia, byMs: suspect.byMs });
    this.#confirmedMs = suspect.byMs;
  }

  #confirmedMs = 0;

  get #mayRun(): boolean {
    return this.life.armed && (!this.#isDoubted || this.house.suspect?.byMs === this.#confirmedMs);
  }

  async arm(): Promise<void> {
    await this.house.arm();
    this.life.armed = true;
  }

  async disarm(): Promise<void> {
    const classes = await this.house.digest();
    await this.house.append('retention.armed', { armed: false, classes, why: 'asked', by: olivia });
    this.life.armed = false;
  }

  async classes(wanted: Wanted): Promise<void> {
    const { house, life } = this;
    const before = life.states.length === 0 ? undefined : await house.digest();
    const from = await house.classes(classesOf(wanted), 'usual', assignmentsOf(wanted));
    life.states.push({ from, wanted });
    if (before !== (await house.digest())) life.armed = false;
  }

  async #about({ do: what, which, who }: Extract<Step, { do: 'edit' | 'judge' | 'quote' }>): Promise<void> {
    const of = this.life.said[which % Math.max(1, this.life.said.length)];
    if (of === undefined || of.gone) return;
    if (what === 'judge') return of.is === 'message' ? this.#judge(of) : undefined;
    if (of.is === 'verdict' || of.is === 'copy' || of.is === 'name') return;
    await this.#event({ is: what === 'edit' ? 'edit' : 'copy', who, where: of.where, late: 0, of });
  }

  async #judge(of: Said): Promise<void> {
    const at = this.clock.now();
    const position = await this.house.put(verdictOn(of.position, 'flag', ['guarantees']));
    of.flagged = true;
    const { who, where } = of;
    this.life.said.push({
      ...{ position, is: 'verdict', start: at, who, where, text: '', of, flagged: false, gone: false },
    });
  }

  async #event(given: Pick<Made, 'is' | 'who' | 'where'> & { late: number; of?: Said }): Promise<void> {
    const { clock, house, life } = this;
    this.#made += 1;
    const { is, who, where, late, of } = given;
    const text = is !== 'name' && this.#made % 7 === 0 ? 'I guarantee it' : 'hello';
    const at = clock.now() - late * DAY_MS;
    const id = `$life-${String(this.#made)}`;
    const about = is === 'edit' ? { changes: this.#events.get(of?.position ?? 0) } : { quotes: of?.position };
    const position = await house.put(eventDraft({ id, is, who, where, at, text, late: late > 0, ...about }));
    life.said.push({ position, is, start: at, where, who, text, of, flagged: false, gone: false });
    this.#events.set(position, id);
  }

  async hold(over: number): Promise<void> {
    const { life, house } = this;
    if (life.holds.has(over)) return;
    const name = life.name();
    const [appended] = await house.test.journal.append([await holdOn(name, overs[over] ?? 'guarantee', [])]);
    life.holds.set(over, { name, placed: appended?.position ?? 0 });
  }

  async release(over: number): Promise<void> {
    const hold = this.life.holds.get(over);
    if (hold === undefined) return;
    await this.house.test.journal.append([released(hold.name, hold.placed)]);
    this.life.holds.delete(over);
  }

  #same(what: string, got: unknown, wanted: unknown): void {
    if (JSON.stringify(got) !== JSON.stringify(wanted)) this.wrong.push({ what, got, wanted });
  }

  async #preview(): Promise<void> {
    const { house, life } = this;
    const expected = life.goingAt(this.clock.now());
    await house.preview();
    await house.idle();
    const previewed = (await house.of('retention.previewed')).at(-1);
    const due = previewed?.body.due.reduce((sum, { entries }) => sum + entries, 0);
    this.#same('previewed', due, expected.length);
    const gone = life.said.filter((one) => one.gone).map((one) => one.position);
    this.#same('touched by a preview', await house.erased(), gone);
  }

  async #run(): Promise<void> {
    const { house, life } = this;
    const before = new Set(await house.erased());
    const certificates = (await house.of('retention.certificate')).length;
    const runs = this.#mayRun;
    const expected = runs ? life.goingAt(this.clock.now()) : [];
    await house.run();
    await house.idle();
    const went = (await house.erased()).filter((at) => !before.has(at));
    this.#same('went', went, expected);
    for (const one of life.said) one.gone ||= went.includes(one.position);
    const after = await house.of('retention.certificate');
    this.#same('certificates', after.length, certificates + (runs ? 1 : 0));
    if (runs) this.#counted(went.length, after.at(-1));
  }

  /** A run, and what happens after so many commits of it. */
  async runWhile(happens: readonly { readonly after: number; readonly step: Step }[]): Promise<void> {
    const { house, life } = this;
    let commits = 0;
    let playing = Promise.resolve();
    const waiting = happens.toSorted((a, b) => a.after - b.after);
    const ends = house.test.journal.onCommitted(() => {
      commits += 1;
      while (waiting[0] !== undefined && waiting[0].after <= commits) {
        const { step } = waiting.shift() ?? waiting[0];
        playing = playing.then(() => this.play(step));
      }
    });
    await house.run();
    await house.idle();
    ends();
    for (const { step } of waiting) playing = playing.then(() => this.play(step));
    await playing;
    await house.idle();
    const erased = new Set(await house.erased());
    for (const one of life.said) one.gone = erased.has(one.position);
  }

  #counted(went: number, certificate: Entry | undefined): void {
    if (certificate?.kind !== 'retention.certificate') throw new Error('no certificate');
    const { gone, stores } = certificate.body;
    const sum = gone.reduce((all, { entries }) => all + entries, 0);
    this.#same('counted', [sum, stores.find(({ store }) => store === 'keys')?.gone], [went, went]);
  }

  /** Every record that is gone has a line in the signed file of one run, and nothing else has. */
  async certified(): Promise<void> {
    const { journal } = this.house.test;
    const signer = createNoteSigner('gatehouse/acme.example', journal.keys.signing);
    const time = { suspect: () => undefined, look: () => Promise.resolve(false) };
    const acts = new RunActs({ journal, time, signer, clock: this.clock });
    const named: number[] = [];
    for (const { body } of await this.house.of('retention.certificate')) {
      const file = (await acts.certificate(position(body.run)))?.file;
      const note = openNote(Buffer.from(file?.bytes ?? []).toString('utf8'), signer);
      if (!note.ok) throw new Error('the certificate does not open');
      const { run, deleted } = certified.parse(JSON.parse(note.value.trim().split('\n').at(-1) ?? ''));
      this.#same('named by its run', run, body.run);
      for (const { class: of, records } of deleted) {
        must(parseClassId(of));
        named.push(...records.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i)));
      }
    }
    this.#same(
      'lines',
      named.toSorted((a, b) => a - b),
      await this.house.erased(),
    );
  }
}
