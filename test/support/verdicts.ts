/** Small verdicts on records that are there. */
import type { DraftOf } from '../../src/core/entry.ts';
import { must, parseEventId, parseMillis, parsePosition, parseRoomId, parseUserId } from '../../src/core/ids.ts';
import type { KeptHit, PolicyBodies } from '../../src/core/policy-entries.ts';

let made = 0;
const at = must(parseMillis(1_772_000_000_000));
const hash = (char: string): string => char.repeat(64);

/** A hit of a rule that found nothing in particular. */
export function hitOf(rule: string, more: Partial<KeptHit> = {}): KeptHit {
  return {
    ...{ rule, version: hash('b'), says: `says ${rule}`, severity: 'high', consequence: 'flag' },
    ...{ dryRun: false, notify: false, count: 0, findings: [] },
    ...more,
  };
}

/** `rules`: those that hit. */
export function verdictOn(
  of: number,
  consequence: PolicyBodies['policy.verdict']['consequence'],
  rules: readonly string[] = [],
  more: Partial<PolicyBodies['policy.verdict']> = {},
): DraftOf<'policy.verdict'> {
  made += 1;
  return {
    ...{ kind: 'policy.verdict', at },
    source: { system: 'gatehouse', id: `verdict/${String(of)}/${String(made)}`, sure: true },
    body: {
      ...{ of: must(parsePosition(of)), rules: hash('a'), content: hash('c'), unread: [], consequence },
      hits: rules.map((rule) => hitOf(rule)),
      ...more,
    },
  };
}

/** A message that was refused before it existed. */
export function refusedText(
  body: string,
  more: Partial<PolicyBodies['policy.refused']> = {},
): DraftOf<'policy.refused'> {
  made += 1;
  const user = must(parseUserId('@bob:acme.example'));
  const room = must(parseRoomId('!deals:acme.example'));
  const event = {
    ...{ event_id: must(parseEventId(`$refused${String(made)}`)), type: 'm.room.message', room_id: room, sender: user },
    ...{ origin_server_ts: at, content: { msgtype: 'm.text', body } },
  };
  return {
    ...{ kind: 'policy.refused', at, actor: user, room },
    source: { system: 'gatehouse', id: `refused/${String(made)}`, sure: true },
    body: {
      ...{ callback: 'check_event_for_spam', user, room, event, rules: hash('a'), content: hash('c') },
      ...{ hits: [hitOf('card-number', { consequence: 'block' })], shadow: false },
      ...more,
    },
  };
}
