/** The bridge's own account: every message of a time, by line and how far it got, and what no account explains. */
import type { Clock } from '../../core/clock.ts';
import { lane, type LineId, type PortalId } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import type { LedgerFinding, LineReconciled } from '../../core/watch-entries.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Received } from '../../journal/received-sources.ts';
import type { Reading } from '../../storage/database.ts';
import { headOf } from '../../tasks/open-tasks.ts';
import { countMessages, messageAt, messagesIn, type Message, type MessageState } from '../messages/message-store.ts';
import { portalsAfter, type PortalPlace } from '../portals/portal-store.ts';
import type { Span } from './difference.ts';

const PORTALS_A_READ = 100;
export const FINDINGS_MOST = 100;
/** An attempt without outcome, or a message without the word that it waits for, is a finding after this. */
const OVERDUE_MS = 10 * 60_000;

type Counted = { -readonly [K in keyof Omit<LineReconciled, 'line' | 'listed'>]: number };
type Direction = Message['direction'];

/** Where each state counts; a message counts once, and what arrived was also sent. */
const COLUMNS: Readonly<Record<Direction, Readonly<Record<MessageState, readonly (keyof Counted)[]>>>> = {
  inbound: {
    waiting: ['waitingIn'],
    attempting: ['waitingIn'],
    quarantined: ['waitingIn'],
    pending: ['waitingIn'],
    sent: ['shown'],
    delivered: ['shown'],
    read: ['shown'],
    failed: ['failedIn'],
    unknown: ['failedIn'],
    withdrawn: ['failedIn'],
  },
  outbound: {
    waiting: ['waitingOut'],
    attempting: ['waitingOut'],
    // For a person, as long as that takes: nothing is forgotten there.
    quarantined: ['waitingOut'],
    pending: ['waitingOut'],
    sent: ['sent'],
    delivered: ['sent', 'delivered'],
    read: ['sent', 'delivered'],
    failed: ['failedOut'],
    withdrawn: ['failedOut'],
    unknown: ['unknownOut'],
  },
};
const TOTAL: Readonly<Record<Direction, keyof Counted>> = { inbound: 'received', outbound: 'written' };
/** States that must not last, and what it is called when they do. */
const OPEN: readonly (readonly [Direction, MessageState])[] = [
  ['inbound', 'waiting'],
  ['outbound', 'waiting'],
  ['outbound', 'attempting'],
  ['outbound', 'pending'],
];

export interface LedgerOptions {
  readonly journal: Pick<Journal, 'read' | 'views'>;
  readonly lines: readonly Pick<Line, 'id'>[];
  readonly span: Span;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface LedgerRead {
  readonly lines: readonly Omit<LineReconciled, 'listed'>[];
  readonly findings: readonly LedgerFinding[];
}

/** Reads a page of portals at a time. */
export async function readLedger(options: LedgerOptions): Promise<LedgerRead> {
  const ledger = new Ledger(options);
  let after: PortalId | '' = '';
  for (;;) {
    const page: readonly PortalPlace[] = await ledger.page(after);
    const last = page.at(-1);
    if (last === undefined || options.signal.aborted) break;
    after = last.portal;
  }
  return ledger.read();
}

class Ledger {
  readonly #options: LedgerOptions;
  readonly #lines: Map<LineId, Counted>;
  readonly #findings: LedgerFinding[] = [];

  constructor(options: LedgerOptions) {
    this.#options = options;
    this.#lines = new Map(options.lines.map((line) => [line.id, nothing()]));
  }

  async page(after: PortalId | ''): Promise<readonly PortalPlace[]> {
    const open: { readonly message: Message; readonly line: LineId; readonly goesOn: boolean }[] = [];
    const page = await this.#options.journal.views.read(async (reading) => {
      const places = await portalsAfter(reading, after, PORTALS_A_READ);
      for (const place of places) {
        for (const { message, goesOn } of await this.#count(place, reading)) {
          open.push({ message, line: place.line, goesOn });
        }
      }
      return places;
    });
    for (const { message, line, goesOn } of open) {
      const what = await this.#whyOpen(message, goesOn);
      if (what !== undefined && this.#findings.length < FINDINGS_MOST) {
        this.#findings.push({ what, line, of: message.position });
      }
    }
    return page;
  }

  read(): LedgerRead {
    const lines = [...this.#lines].map(([line, counted]) => ({ line, ...counted }));
    return { lines, findings: this.#findings };
  }

  /** Counts a portal's messages; resolves with those that are still open. */
  async #count(
    { portal, line }: PortalPlace,
    reading: Reading,
  ): Promise<readonly { readonly message: Message; readonly goesOn: boolean }[]> {
    const counted = this.#lines.get(line) ?? nothing();
    this.#lines.set(line, counted);
    const open: { readonly message: Message; readonly goesOn: boolean }[] = [];
    for (const direction of ['inbound', 'outbound'] as const) {
      const of = { portal, direction, ...this.#options.span };
      for (const { state, n } of await countMessages(reading, of)) {
        for (const column of [TOTAL[direction], ...COLUMNS[direction][state]]) counted[column] += n;
        if (!OPEN.some(([one, lasting]) => one === direction && lasting === state)) continue;
        const lanes = lane(direction === 'inbound' ? 'in' : 'out', portal);
        const goesOn = (await headOf(reading, lanes)) !== undefined;
        for (const message of await messagesIn(reading, { ...of, state, limit: FINDINGS_MOST })) {
          open.push({ message, goesOn });
        }
      }
    }
    return open;
  }

  /** Undefined where everything is as it should be. `goesOn`: its lane has something to do. */
  async #whyOpen(message: Message, goesOn: boolean): Promise<LedgerFinding['what'] | undefined> {
    if (message.state === 'waiting') return goesOn ? undefined : 'forgotten';
    const changed = await this.#options.journal.read(message.changed);
    if (changed === undefined) return undefined;
    const overdue = this.#options.clock.now() - OVERDUE_MS;
    if (message.state === 'attempting') return changed.recordedAt < overdue ? 'attempt-open' : undefined;
    const settleBy = 'erased' in changed || changed.kind !== 'delivery.outcome' ? undefined : changed.body.settleBy;
    return (settleBy ?? changed.recordedAt) < overdue ? 'unsettled' : undefined;
  }
}

function nothing(): Counted {
  return {
    ...{ received: 0, shown: 0, waitingIn: 0, failedIn: 0 },
    ...{ written: 0, sent: 0, delivered: 0, waitingOut: 0, failedOut: 0, unknownOut: 0 },
  };
}

/** Customers' messages on record that no portal has. */
export async function unplaced(
  messages: readonly Received[],
  { views }: Pick<Journal, 'views'>,
): Promise<readonly LedgerFinding[]> {
  const found: LedgerFinding[] = [];
  await views.read(async (reading) => {
    for (const { line, position } of messages) {
      if (line !== undefined && (await messageAt(reading, position)) === undefined) {
        found.push({ what: 'unplaced', line, of: position });
      }
    }
  });
  return found;
}
