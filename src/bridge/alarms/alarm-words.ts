/** What an alarm says, in the words of whoever reads it on a phone: what stands still, since when, what to do. */
import { networkName } from '../../core/address.ts';
import { after, connectorGate, homeserverGate, lineGate, type AlarmId, type Millis } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import type { AlarmKind } from '../../core/watch-entries.ts';
import { clockTime } from '../outbound/failure-words.ts';
import { formatPhone } from '../contacts/format-phone.ts';
import { spanWords } from './span-words.ts';
import type { Facts, GateFacts, LineFacts } from './facts.ts';
import { silentWindow, usualIn } from './rules.ts';

export interface Wording {
  readonly lines: readonly Line[];
  /** IANA zone in which the desks read times. */
  readonly timezone: string;
  readonly now: Millis;
}

export interface Named {
  readonly alarm: AlarmId;
  readonly kind: AlarmKind;
}

/** What an alarm is about, without its kind: a line, a connector, a gate, or `all`. */
export function subjectOf({ alarm, kind }: Named): string {
  return alarm.slice(kind.length + 1);
}

export function raisedWords(named: Named, facts: Facts, wording: Wording): string {
  const subject = subjectOf(named);
  switch (named.kind) {
    case 'line-silent':
      return silentWords(subject, facts.lines, wording);
    case 'connector-stuck':
      return stuckWords(subject, facts, wording);
    case 'connector-failed':
      return failedWords(subject, wording);
    case 'capture-lag':
      return `What people write is late on record: up to ${spanWords(facts.capture.worstMs)}. The homeserver brings it late; the admin should look at its load.`;
    case 'tasks-waiting':
      return subject === 'all' ? waitingWords(facts, wording) : gateWords(subject, facts.gates, wording);
    case 'homeserver-silent':
      return homeserverWords(facts, wording);
    case 'clock-jumped':
      return clockWords(facts, wording);
  }
}

function silentWords(id: string, all: readonly LineFacts[], { lines }: Wording): string {
  const line = lines.find((one) => one.id === id);
  const facts = all.find((one) => one.line === id);
  const window = facts === undefined ? undefined : silentWindow(facts.windows);
  const name = line === undefined ? id : `${line.name} (${formatPhone(line.address)})`;
  if (window === undefined) return `${name} has no texts. ${ask(line)}`;
  const span = spanWords(window.hours * 3_600_000);
  return `${name} has had no texts for ${span}; usually there are about ${Math.round(usualIn(window))}. ${ask(line)}`;
}

function ask(line: Line | undefined): string {
  return line === undefined || line.network === 'sms' ? 'Ask the carrier.' : `Ask ${networkName(line.network)}.`;
}

function stuckWords(id: string, { connectors }: Facts, { lines }: Wording): string {
  const own = lines.filter((line) => line.connector === id);
  const waits = connectors.find((one) => one.connector === id)?.waitsMs ?? 0;
  const since = spanWords(waits);
  return `${connectorName(id, lines)} says it is connected, but nothing has got through on ${namesOf(own)} for ${since}. What waits goes out when it does. ${ask(own[0])}`;
}

function failedWords(id: string, { lines, timezone, now }: Wording): string {
  const own = lines.filter((line) => line.connector === id);
  return `${connectorName(id, lines)} can't begin (${clockTime(now, timezone)}): nothing goes out or comes in on ${namesOf(own)}. What is written waits, and goes out when it has begun; it is tried again by itself. The admin is told why by: gatehouse doctor.`;
}

function waitingWords({ waiting }: Facts, { timezone }: Wording): string {
  if (waiting === undefined) return 'Messages wait inside Gatehouse. Tell the admin.';
  return `${whatWaits(waiting.kind)} has waited inside Gatehouse since ${clockTime(waiting.since, timezone)}, and nothing is known that holds it back. Tell the admin.`;
}

function whatWaits(kind: string): string {
  if (kind === 'send') return 'An answer to a customer';
  return kind === 'deliver' ? "A customer's text" : 'Work';
}

const REASONS: Readonly<Partial<Record<string, string>>> = {
  'rate-limited': 'has asked us to slow down',
};

function gateWords(gate: string, gates: readonly GateFacts[], { lines, timezone }: Wording): string {
  const facts = gates.find((one) => one.gate === gate);
  const own = linesBehind(gate, lines);
  const since = facts === undefined ? '' : ` since ${clockTime(facts.since, timezone)}`;
  const how = REASONS[facts?.reason ?? ''] ?? "hasn't answered";
  const on = own.length === 0 ? '' : ` on ${namesOf(own)}`;
  return `${gateName(gate, lines)} ${how}${since}. What is written${on} waits, and goes out when it does.`;
}

function homeserverWords({ homeserver }: Facts, { now, timezone }: Wording): string {
  if (homeserver.failingMs === undefined) {
    return 'The homeserver answers, but brings us nothing: what people write is not on record until it does. The admin should restart it.';
  }
  const since = clockTime(after(now, -homeserver.failingMs), timezone);
  return `The homeserver has not answered since ${since}: nobody can be written to, and nothing new comes on record until it does.`;
}

function clockWords({ clock }: Facts, { timezone }: Wording): string {
  const byMs = clock?.byMs ?? 0;
  const at = clock === undefined ? '' : ` (noticed at ${clockTime(clock.since, timezone)})`;
  const how = byMs > 0 ? 'ahead' : 'back';
  return `The clock of this computer was set ${how} by ${spanWords(Math.abs(byMs))}${at}, or it stood still. Times on record may be wrong; nothing is deleted by age meanwhile. The admin should check the clock.`;
}

/** That it is over, and when. */
export function clearedWords(named: Named, { lines, timezone, now }: Wording): string {
  return `${over(named, lines)} (${clockTime(now, timezone)}).`;
}

function over(named: Named, lines: readonly Line[]): string {
  return OVER[named.kind](nameOf(named.kind, subjectOf(named), lines));
}

const OVER: Readonly<Record<AlarmKind, (name: string) => string>> = {
  'line-silent': (name) => `${name} has texts again`,
  'connector-stuck': (name) => `${name} no longer holds anything back`,
  'connector-failed': (name) => `${name} has begun`,
  'capture-lag': () => 'What people write is on record at once again',
  'tasks-waiting': (name) => (name === HOUSE ? 'Nothing waits inside Gatehouse any more' : `${name} answers again`),
  'homeserver-silent': () => 'The homeserver brings everything again',
  'clock-jumped': () => 'The clock of this computer is right again',
};

/** Several of one kind in one sentence. */
export function manyWords(kind: AlarmKind, subjects: readonly string[], lines: readonly Line[]): string {
  const names = subjects.map((subject) => nameOf(kind, subject, lines));
  return `${String(subjects.length)} ${MANY[kind]}: ${listed(names)}.`;
}

export function manyOverWords(kind: AlarmKind, subjects: readonly string[], lines: readonly Line[]): string {
  const names = subjects.map((subject) => nameOf(kind, subject, lines));
  return `${kind === 'line-silent' ? 'Texts come again on' : 'Over'}: ${listed(names)}.`;
}

const MANY: Readonly<Record<AlarmKind, string>> = {
  'line-silent': 'lines are silent',
  'connector-stuck': 'connections pass nothing',
  'connector-failed': "connections can't begin",
  'capture-lag': 'alarms of late records',
  'tasks-waiting': 'connections hold messages back',
  'homeserver-silent': 'alarms of the homeserver',
  'clock-jumped': 'alarms of the clock',
};

/** What waits behind no gate. */
const HOUSE = 'Gatehouse itself';

/** In one message a phone can show. */
const NAMES_MAX = 10;

function listed(names: readonly string[]): string {
  const rest = names.length - NAMES_MAX;
  return rest > 0 ? `${names.slice(0, NAMES_MAX).join(', ')} and ${String(rest)} more` : names.join(', ');
}

function nameOf(kind: AlarmKind, subject: string, lines: readonly Line[]): string {
  switch (kind) {
    case 'line-silent':
      return lines.find((line) => line.id === subject)?.name ?? subject;
    case 'connector-stuck':
    case 'connector-failed':
      return connectorName(subject, lines);
    case 'tasks-waiting':
      return gateName(subject, lines);
    case 'capture-lag':
    case 'homeserver-silent':
    case 'clock-jumped':
      return subject;
  }
}

/** `SMS (carrier)`. */
function connectorName(id: string, lines: readonly Line[]): string {
  const network = lines.find((line) => line.connector === id)?.network;
  return network === undefined ? id : `${networkName(network)} (${id})`;
}

function gateName(gate: string, lines: readonly Line[]): string {
  if (gate === 'all') return HOUSE;
  if (gate === homeserverGate) return 'The homeserver';
  const own = linesBehind(gate, lines);
  const [first] = own;
  if (first === undefined) return gate;
  return gate === lineGate(first.id) ? first.name : connectorName(first.connector, lines);
}

function linesBehind(gate: string, lines: readonly Line[]): readonly Line[] {
  return lines.filter((line) => gate === connectorGate(line.connector) || gate === lineGate(line.id));
}

function namesOf(lines: readonly Line[]): string {
  return lines.length === 0 ? 'its lines' : listed(lines.map((line) => line.name));
}
