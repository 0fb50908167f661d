/** Pre-send on a real journal with the real engine; what it needs of rooms and people is made up. */
import { randomBytes } from 'node:crypto';
import type { Entry, EntryOf } from '../../../../src/core/entry.ts';
import {
  must,
  parseClassId,
  parseEventId,
  parseMillis,
  parsePosition,
  parseRoomId,
  parseUserId,
  type Position,
  type RoomId,
  type UserId,
} from '../../../../src/core/ids.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import type { AskedEvent, Presend, PresendAnswer } from '../../../../src/core/ports/presend.ts';
import type { Recorder } from '../../../../src/core/ports/recorder.ts';
import { allDetectors } from '../../../../src/policy/detectors/all-detectors.ts';
import { createJudge } from '../../../../src/policy/engine/judge.ts';
import { directionsProjection } from '../../../../src/policy/judging/direction-store.ts';
import { saidProjection } from '../../../../src/policy/judging/said-store.ts';
import { barriersOf, type People } from '../../../../src/policy/presend/barriers.ts';
import { createPresend, type PresendOptions } from '../../../../src/policy/presend/presend.ts';
import { presendWriterPart, REFUSED_TOLD } from '../../../../src/policy/presend/projections.ts';
import type { RuleSet } from '../../../../src/policy/rule.ts';
import { readRules } from '../../../../src/policy/rules/read-rules.ts';
import type { Scanning } from '../../../../src/policy/scan.ts';
import { createTaskRunner } from '../../../../src/tasks/runner.ts';
import { openTestJournal } from '../../../support/journal.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { KeptLog, KeptMetrics } from '../../../support/quiet.ts';
import { ruleChanged } from '../judging/judging-house.ts';

export const domain = 'acme.example';
export const CARD = '4111 1111 1111 1111';

export function user(name: string): UserId {
  return must(parseUserId(name.includes(':') ? name : `@${name}:${domain}`));
}
export function room(name: string): RoomId {
  return must(parseRoomId(`!${name}:${domain}`));
}
export const [alice, bob, carol, dan] = [user('alice'), user('bob'), user('carol'), user('dan')];
export const [office, portal, abroad] = [room('office'), room('portal'), room('abroad')];

const RULES = `
rules:
  - id: card-number
    says: looks like a payment card number
    severity: high
    when: { detector: card, confidence: 0.85 }
    then: block
    together: 3
    failMode: closed
  - { id: promise, says: promises a return, severity: low, when: { pattern: 'guaranteed return' }, then: warn }
  - { id: gossip, says: is gossip, severity: low, when: { pattern: 'have you heard' }, then: flag }
  - { id: tried, says: is tried, severity: low, when: { pattern: 'swordfish' }, then: block, dryRun: true }
  - { id: hidden, says: names a project, severity: low, when: { pattern: 'project falcon' }, then: redact }
`;

/** On record: what is said is only remembered where there is a rule for it. */
const ONE_RULE = "rules: [{ id: any, says: is anything, when: { pattern: 'anything' }, then: observe }]";

export function rulesOf(text: string): RuleSet {
  const read = readRules([{ name: 'rules.yaml', text, is: 'rules' }]);
  if (!read.ok) throw new Error(read.error.map(({ message }) => message).join('; '));
  return read.value;
}

export interface Given {
  readonly rules?: RuleSet | undefined;
  readonly failOpen?: boolean;
  readonly shadow?: boolean;
  readonly judge?: Scanning['judge'];
  readonly append?: Recorder['append'];
  readonly membersOf?: PresendOptions['membersOf'];
  /** Who is in a group; undefined where it can't be read. */
  readonly peopleOf?: (group: string) => People;
}

export interface PresendHouse extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly log: KeptLog;
  readonly metrics: KeptMetrics;
  readonly presend: Presend;
  /** Refusals whose sender was to be told. */
  readonly told: readonly Position[];
  readonly say: (from: UserId, at: RoomId, body: string) => Promise<PresendAnswer>;
  readonly event: (from: UserId, at: RoomId, content: JsonObject, more?: Partial<AskedEvent>) => Promise<PresendAnswer>;
  readonly refusals: () => Promise<readonly EntryOf<'policy.refused'>[]>;
  readonly entries: () => Promise<readonly Entry[]>;
  /** What was said is on record, as the archive brings it. */
  readonly said: (from: UserId, at: RoomId, body: string) => Promise<void>;
  readonly override: (by: UserId, of: EntryOf<'policy.refused'>) => Promise<void>;
}

const klass = must(parseClassId('us-finra-6y'));
const isOurs = (who: string): boolean => who === `@gatehouse:${domain}` || who.startsWith('@_gh_');

/** In `abroad` is somebody from outside; dan is in research, alice and bob in sales; all are in the office but dan. */
export async function openPresend(given: Given = {}): Promise<PresendHouse> {
  const clock = new ManualClock();
  const [log, metrics] = [new KeptLog(), new KeptMetrics()];
  const said = { projections: [directionsProjection, saidProjection(isOurs)], planners: [] };
  const parts = [said, presendWriterPart()];
  const test = await openTestJournal({ parts, clock });
  const { journal } = test;
  const told: Position[] = [];
  const tell = (_: unknown, { position }: { position: Position }) => {
    told.push(position);
    return Promise.resolve({ to: 'done' as const });
  };
  const handlers = new Map([[REFUSED_TOLD, { run: tell }]]);
  const runner = createTaskRunner({ journal, handlers, clock, log, metrics, parallel: 1, random: () => 0 });
  runner.start();
  const rules = 'rules' in given ? given.rules : rulesOf(RULES);
  const groups = new Map([
    ['sales', new Set([alice, bob])],
    ['research', new Set([dan])],
  ]);
  const presend = createPresend({
    ...{ domain, isOurs, clock, log, metrics, class: klass },
    ...{ failOpen: given.failOpen ?? true, shadow: given.shadow ?? false },
    journal: { append: given.append ?? ((drafts) => journal.append(drafts)), views: journal.views },
    rules: { current: () => rules },
    scanning: { judge: given.judge ?? judgeOf(rules) },
    barriers: barriersOf([{ between: ['sales', 'research'] }], (name) =>
      Promise.resolve(given.peopleOf === undefined ? groups.get(name) : given.peopleOf(name)),
    ),
    membersOf: given.membersOf ?? (() => Promise.resolve([alice, bob, carol])),
    standingOf: (at) => Promise.resolve({ ours: at === portal, outsiders: at === abroad }),
    context: { journal, lines: [], groupsOf: () => Promise.resolve([]) },
  });
  let count = 0;
  const asked = (from: UserId, at: RoomId, content: JsonObject, more: Partial<AskedEvent> = {}): AskedEvent => {
    count += 1;
    const id = must(parseEventId(`$e${count}`));
    const type = more.type ?? 'm.room.message';
    const whole = { event_id: id, type, room_id: at, sender: from, content };
    return { id, type, room: at, sender: from, at: clock.now(), content, whole, ...more };
  };
  const event: PresendHouse['event'] = (from, at, content, more) =>
    presend.ask({ callback: 'check_event_for_spam', event: asked(from, at, content, more) });
  const entries = async (): Promise<readonly Entry[]> => {
    await runner.idle();
    const positions = Array.from({ length: await journal.size() }, (_, i) => must(parsePosition(i + 1)));
    return (await journal.readMany(positions)).filter((entry): entry is Entry => !('erased' in entry));
  };
  return {
    ...{ clock, log, metrics, presend, told, event, entries },
    say: (from, at, body) => event(from, at, { msgtype: 'm.text', body }),
    refusals: async () => (await entries()).filter((entry) => entry.kind === 'policy.refused'),
    said: async (from, at, body) => {
      if ((await journal.size()) === 0) await journal.append([ruleChanged(ONE_RULE)]);
      const { id, type, at: time, content } = asked(from, at, { msgtype: 'm.text', body });
      const written = { event_id: id, type, room_id: at, sender: from, origin_server_ts: time, content };
      const source = { system: 'matrix', id, sure: true };
      await journal.append([
        { kind: 'matrix.event', at: time, source, room: at, direction: 'internal', body: written },
      ]);
    },
    override: async (by, { position: of, body }) => {
      const source = { system: 'gatehouse', id: `overridden/${of}`, sure: true };
      const until = must(parseMillis(clock.now() + 5 * 60_000));
      const draft = { of, content: body.content, by, reason: 'agreed', until };
      await journal.append([{ kind: 'policy.overridden', at: clock.now(), source, body: draft }]);
    },
    [Symbol.asyncDispose]: async () => {
      await runner.stop(1_000);
      await test[Symbol.asyncDispose]();
    },
  };
}

function judgeOf(rules: RuleSet | undefined): Scanning['judge'] {
  if (rules === undefined) return () => Promise.reject(new Error('nothing is judged without rules'));
  const judge = createJudge(rules, { detectors: allDetectors, key: randomBytes(32) });
  if (!judge.ok) throw new Error('the rules do not compile');
  return (message, context) => Promise.resolve(judge.value(message, context));
}
