/** Whether a message may go out now: by what is decided about exactly this content, else by the rules in force. */
import type { DraftOf, Entry, EntryOf } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { PolicyBodies } from '../../core/policy-entries.ts';
import type { EditJudged, Gatekeeper, Passage, Showing } from '../../core/ports/gatekeeper.ts';
import type { JudgedMessage } from '../message.ts';
import { POLICY_RULES } from '../rules/rule-store.ts';
import { POLICY } from '../verdicts/verdict-projection.ts';
import type { KnownVerdict } from '../verdicts/verdict-store.ts';
import { contextOf } from './context-of.ts';
import { mayChange } from './may-change.ts';
import { mayShow } from './may-show.ts';
import type { MayShowDeps } from './showing-deps.ts';
import { filesGoingOut, type FilesGoingOut } from './files-going-out.ts';
import { filesNamedIn, messageGoingOut } from './message-of.ts';
import { noRules, setFor } from './rules-for.ts';
import { toldWords } from './told-words.ts';
import { saysNothing, verdictDraft } from './verdict-draft.ts';

export interface GatekeeperDeps extends MayShowDeps {
  readonly journal: MayShowDeps['journal'] & {
    stale(): Promise<readonly string[]>;
  };
  /** How long a message is held for a decision, in milliseconds. */
  readonly expiresMs: number;
  /** Without it no message with a file is let go. */
  readonly filesGoingOut?: FilesGoingOut;
}

/** A projection is rebuilt by a person: nobody is in a hurry. */
const STALE_MS = 10_000;
const NOT_READY_MS = 250;
/** A file is on its way from the homeserver, or given up. */
const NOT_STORED_MS = 2_000;
/** With one of these stale it is not known what was decided, or by what rules. */
const needed: ReadonlySet<string> = new Set([POLICY, POLICY_RULES]);

const notNow: Passage = { may: 'not-now', entries: [] };

/** What is asked about: one version of a message. */
interface Asked {
  readonly of: Position;
  readonly version: Position | undefined;
  readonly entry: Entry;
  readonly message: JudgedMessage;
}

export function createGatekeeper(deps: GatekeeperDeps): Gatekeeper {
  return new Gate(deps);
}

class Gate implements Gatekeeper {
  readonly #deps: GatekeeperDeps;

  constructor(deps: GatekeeperDeps) {
    this.#deps = deps;
  }

  async mayPass(of: Position, version: Position | undefined, text: string): Promise<Passage> {
    const { journal, newestVerdict } = this.#deps;
    if (await this.#isStale()) return { may: 'ask-again', afterMs: STALE_MS };
    const entry = await journal.read(version ?? of);
    if (entry === undefined || 'erased' in entry) return { may: 'never', words: 'it was erased', entries: [] };
    const message = messageGoingOut(entry, text);
    const known = await journal.views.read((reading) => newestVerdict(reading, of, message.content));
    const decided = known === undefined ? undefined : await this.#decided(known);
    return decided ?? this.#judge({ of, version, entry, message }, known?.position);
  }

  /** Undefined as long as nobody can say what is in its files. */
  async #withFiles({ entry, message }: Asked): Promise<JudgedMessage | undefined> {
    const named = filesNamedIn(entry);
    if (named.length === 0) return message;
    const files = this.#deps.filesGoingOut;
    const said = files === undefined ? undefined : await filesGoingOut(entry.position, named, files);
    if (said === undefined) return undefined;
    return { ...message, pieces: [...message.pieces, ...said.pieces], unread: [...message.unread, ...said.unread] };
  }

  /** Waits where a projection is stale, as for a message. */
  async mayChange(edited: EditJudged): ReturnType<Gatekeeper['mayChange']> {
    return (await this.#isStale()) ? { may: 'ask-again', afterMs: STALE_MS } : mayChange(edited, this.#deps);
  }

  async #isStale(): Promise<boolean> {
    return (await this.#deps.journal.stale()).some((name) => needed.has(name));
  }

  mayShow(of: Position): Promise<Showing> {
    return mayShow(of, this.#deps);
  }

  /** Undefined where nothing is decided that still holds: then it is judged, as if for the first time. */
  async #decided(known: KnownVerdict): Promise<Passage | undefined> {
    switch (known.state) {
      case 'approved':
      case 'overridden':
        return this.#passes(known, await this.#verdictAt(known.position));
      case 'open':
        return notNow;
      case 'rejected':
        return { may: 'never', words: 'compliance decided against it', entries: [] };
      case 'closed':
        return this.#closed(known, await this.#verdictAt(known.position));
      case 'expired':
      case 'withdrawn':
      case 'superseded':
        return undefined;
    }
  }

  /** What asked for no decision holds for as long as the rules do that said so. */
  #closed(known: KnownVerdict, verdict: EntryOf<'policy.verdict'> | undefined): Passage | undefined {
    if (known.consequence === 'block' || known.consequence === 'redact') {
      const words = verdict === undefined ? 'a rule stopped it before' : neverWords(verdict.body);
      return { may: 'never', words, entries: [] };
    }
    const holds = verdict?.body.rules === this.#deps.rules.current()?.digest && verdict?.body.failed === undefined;
    return holds ? this.#passes(known, verdict) : undefined;
  }

  #passes({ position }: KnownVerdict, verdict: EntryOf<'policy.verdict'> | undefined): Passage {
    return { may: 'pass', judged: { rules: verdict?.body.rules ?? noRules, verdict: position }, entries: [] };
  }

  async #verdictAt(position: Position): Promise<EntryOf<'policy.verdict'> | undefined> {
    const entry = await this.#deps.journal.read(position);
    return entry === undefined || 'erased' in entry || entry.kind !== 'policy.verdict' ? undefined : entry;
  }

  async #judge(asked: Asked, before: Position | undefined): Promise<Passage> {
    const { rules, scanner, clock, expiresMs } = this.#deps;
    const set = setFor('outbound', rules);
    if (set === undefined) return { may: 'pass', judged: { rules: rules.current()?.digest ?? noRules }, entries: [] };
    const message = await this.#withFiles(asked);
    if (message === undefined) return { may: 'ask-again', afterMs: NOT_STORED_MS };
    const context = await contextOf(asked.entry, 'outbound', this.#deps);
    const verdict = await scanner.judge(set, message, context);
    if (verdict === undefined) return { may: 'ask-again', afterMs: NOT_READY_MS };
    const { rules: by } = verdict;
    if (saysNothing(verdict)) return { may: 'pass', judged: { rules: by }, entries: [] };
    const making = { set, place: 'outbound', now: clock.now(), expiresMs, before } as const;
    return passageOf(verdictDraft({ ...asked, message, verdict }, making));
  }
}

/** What was taken away in the room is written again without it; its sender would look for it in vain. */
function neverWords(verdict: PolicyBodies['policy.verdict']): string {
  const words = toldWords(verdict);
  return verdict.consequence === 'redact' ? `${words}; its text is removed here, write it again without that` : words;
}

/** The verdict goes on record together with what is done. */
function passageOf(verdict: DraftOf<'policy.verdict'>): Passage {
  const entries = [verdict];
  switch (verdict.body.consequence) {
    case 'block':
    case 'redact':
      return { may: 'never', words: neverWords(verdict.body), entries };
    case 'warn':
    case 'quarantine':
      return { may: 'not-now', entries };
    case 'none':
    case 'observe':
    case 'flag':
      return { may: 'pass', judged: { rules: verdict.body.rules }, entries };
  }
}
