/** A report as people read it on a phone: one short line for each side that was asked. */
import { networkName } from '../../core/address.ts';
import type { Line } from '../../core/line.ts';
import type { LedgerFinding, LineReconciled, ReconcileReport } from '../../core/watch-entries.ts';
import { DAY_MS, dayOf } from './survey.ts';

const FINDINGS_SHOWN = 3;

const FINDING_WORDS: Readonly<Record<LedgerFinding['what'], string>> = {
  unplaced: 'came in and is in no chat',
  forgotten: 'waits, and nothing will go on with it',
  'attempt-open': 'was given to the network, and nobody knows what came of it',
  unsettled: 'was taken by the network, which never said what came of it',
};

export type LineNamed = Pick<Line, 'id' | 'name' | 'network' | 'connector'>;

export function reportWords(report: ReconcileReport, lines: readonly LineNamed[]): readonly string[] {
  return [
    `Compared ${periodWords(report)}`,
    homeserverWords(report),
    ...report.lines.map((line) => lineWords(line, report, lines)),
    ...findingWords(report.findings),
  ];
}

/** Days begin by UTC; the last one is compared as far as it has come. */
function periodWords({ from, to }: Pick<ReconcileReport, 'from' | 'to'>): string {
  const days = (dayOf(to) - dayOf(from)) / DAY_MS + 1;
  return days === 1 ? 'today' : `${counted(days)} days`;
}

function homeserverWords({ homeserver, unanswered }: ReconcileReport): string {
  if (homeserver === undefined) {
    return unanswered.includes('homeserver') ? 'Homeserver ✗ did not answer' : 'Homeserver: not asked';
  }
  const { rooms, events, missing, reach, unreadRooms, goneThere } = homeserver;
  const where = `${some(events, 'event')} in ${some(rooms, 'room')}`;
  const more = [
    ...(reach === 'ours' ? ["only the rooms our bots are in, as there is no admin's token"] : []),
    ...(unreadRooms === 0 ? [] : [`${some(unreadRooms, 'room')} can't be read`]),
    ...(goneThere === 0 ? [] : [`${counted(goneThere)} on record are no longer there`]),
  ].map((words) => ` · ${words}`);
  return `Homeserver ${where} ${missing === 0 ? '✓' : '✗'}${fetchedWords(homeserver)}${more.join('')}`;
}

function fetchedWords({ fetched, missing, unreadable }: NonNullable<ReconcileReport['homeserver']>): string {
  const words = [
    ...(missing === 0 ? [] : [`${counted(missing)} not on record`]),
    ...(fetched === 0 ? [] : [`${counted(fetched)} fetched`]),
    ...(unreadable === 0 ? [] : [`${counted(unreadable)} of them without their content`]),
  ];
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

function lineWords(counts: LineReconciled, report: ReconcileReport, lines: readonly LineNamed[]): string {
  const line = lines.find((one) => one.id === counts.line);
  const wrong = report.findings.some((finding) => finding.line === counts.line);
  const open = [
    ...partWords(counts.waitingIn + counts.waitingOut, 'waiting'),
    ...partWords(counts.failedIn + counts.failedOut, 'failed'),
    ...partWords(counts.unknownOut, 'unclear'),
  ];
  const detail = open.length === 0 ? '' : ` (${open.join(', ')})`;
  const name = line?.name ?? counts.line;
  const totals = `${counted(counts.received)} in, ${counted(counts.written)} out`;
  return `${name} ${totals} ${wrong ? '✗' : '✓'}${detail}${listWords(counts, line, report)}`;
}

function partWords(n: number, what: string): readonly string[] {
  return n === 0 ? [] : [`${counted(n)} ${what}`];
}

function listWords({ listed }: LineReconciled, line: LineNamed | undefined, { unanswered }: ReconcileReport): string {
  if (line === undefined) return '';
  const name = networkName(line.network);
  if (unanswered.includes(`connector:${line.connector}`)) return ` · ${name} ✗ did not say what it has`;
  if (listed === undefined) return ` · ${name} has no list`;
  const taken = listed.takenIn === 0 ? '' : ` (${counted(listed.takenIn)} taken in)`;
  return ` · ${name} lists ${counted(listed.inbound)} ✓${taken}`;
}

function findingWords(findings: readonly LedgerFinding[]): readonly string[] {
  const shown = findings
    .slice(0, FINDINGS_SHOWN)
    .map(({ what, of }) => `! Record ${counted(of)} ${FINDING_WORDS[what]}`);
  const more = findings.length - shown.length;
  return more === 0 ? shown : [...shown, `! and ${counted(more)} more like these`];
}

function some(n: number, what: string): string {
  return `${counted(n)} ${what}${n === 1 ? '' : 's'}`;
}

/** 1,204 */
function counted(n: number): string {
  return n.toLocaleString('en-US');
}
