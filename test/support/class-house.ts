/** A journal whose classes are settled from a config that a test changes, with two officers at a desk. */
import { retentionPresets } from '../../src/config/retention-presets.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { EntryOf } from '../../src/core/entry.ts';
import {
  must,
  parseClassId,
  parseEventId,
  parseRoomId,
  parseUserId,
  type RoomId,
  type UserId,
} from '../../src/core/ids.ts';
import { bridgeWriterPart } from '../../src/bridge/projections.ts';
import type { Place } from '../../src/journal/open-writer.ts';
import { ClassesInForce } from '../../src/retention/classes/classes-in-force.ts';
import { classesWriterPart } from '../../src/retention/classes/projections.ts';
import { targetOf } from '../../src/retention/classes/target.ts';
import type { ClassSettings } from '../../src/retention/classes/wanted.ts';
import { openTestJournal, type TestJournal } from './journal.ts';
import { ManualClock } from './manual-clock.ts';
import type { TestPostgres } from './postgres.ts';
import { KeptLog } from './quiet.ts';

export const olivia = must(parseUserId('@olivia:acme.example'));
export const omar = must(parseUserId('@omar:acme.example'));
export const alice = must(parseUserId('@alice:acme.example'));
export const bob = must(parseUserId('@bob:acme.example'));
export const deals = must(parseRoomId('!deals:acme.example'));
export const lunch = must(parseRoomId('!lunch:acme.example'));
export const classId = (id: string) => must(parseClassId(id));

export const classParts = [bridgeWriterPart({ domain: 'acme.example' }), classesWriterPart()];

export interface ClassHouseOptions {
  readonly settings?: Partial<ClassSettings>;
  readonly fourEyes?: boolean;
  readonly clock?: Clock;
  readonly place?: Place;
  readonly postgres?: TestPostgres | undefined;
}

export class ClassHouse implements AsyncDisposable {
  readonly test: TestJournal;
  readonly inForce: ClassesInForce;
  readonly tags: Record<string, readonly RoomId[]> = { trading: [deals] };
  /** A group that is missing here can't be read. */
  readonly groups = new Map<string, readonly UserId[]>([['sales', [bob, alice]]]);
  readonly warned = new Map<string, string>();
  #commands = 0;

  private constructor(test: TestJournal, { settings = {}, fourEyes = false, clock }: ClassHouseOptions) {
    this.test = test;
    this.inForce = new ClassesInForce({
      journal: test.journal,
      settings: { classes: retentionPresets, default: classId('us-finra-6y'), lines: [], assign: [], ...settings },
      names: { tags: this.tags, membersOf: (group) => Promise.resolve(this.groups.get(group)) },
      fourEyes,
      clock: clock ?? new ManualClock(),
      log: new KeptLog(),
      warnings: { set: (id, words) => this.warned.set(id, words), clear: (id) => this.warned.delete(id) },
    });
  }

  static async open(options: ClassHouseOptions = {}): Promise<ClassHouse> {
    const { clock = new ManualClock(), place, postgres } = options;
    const given = { clock, parts: classParts, postgres, ...(place === undefined ? {} : { place }) };
    return new ClassHouse(await openTestJournal(given), { ...options, clock });
  }

  set(what: string, given: string | undefined, by = olivia, event = this.nextEvent()) {
    const target = targetOf(what);
    if (target === undefined) throw new Error(`no target: ${what}`);
    return this.inForce.set({ target, class: given === undefined ? undefined : classId(given), by, event });
  }

  nextEvent() {
    this.#commands += 1;
    return must(parseEventId(`$command-${this.#commands}`));
  }

  /** All `retention.classes` on record, oldest first. */
  async states(): Promise<readonly EntryOf<'retention.classes'>[]> {
    const { journal } = this.test;
    const all = await journal.readMany(((await this.inForce.table())?.states ?? []).map(({ position }) => position));
    return all.flatMap((entry) => ('erased' in entry || entry.kind !== 'retention.classes' ? [] : [entry]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.test[Symbol.asyncDispose]();
  }
}
