/** Sends, edits, deletes and reacts; one request at a time for an account, since its messages are told apart by time alone. */
import type { Address, RemoteId } from '../../core/ids.ts';
import type { ConnectorContext, Refusal } from '../../core/ports/connector.ts';
import type {
  ChatRef,
  OutboundEdit,
  OutboundMessage,
  OutboundReaction,
  OutboundRead,
  OutboundRedaction,
  OutboundTyping,
  SendResult,
} from '../../core/ports/outbound.ts';
import { KeyedOrder } from '../keyed-order.ts';
import { toSignal } from '../text/signal.ts';
import { Alerts } from './alerts.ts';
import { longestText } from './capabilities.ts';
import type { Called } from './daemon.ts';
import { Edits, remoteIdOf, sentAtOf, type MessageName } from './message-ids.ts';
import { isGroup } from './people.ts';
import { dataAddress } from './sent-file.ts';
import { judge } from './send-result.ts';
import type { Session } from './session.ts';
import type { Unread } from './unread.ts';

interface Given {
  readonly ctx: ConnectorContext;
  readonly session: Session;
  readonly unread: Unread;
  readonly sendTimeout: number;
}

/** What is told and not recorded is worth no long wait. */
const toldWithinMs = 15_000;

export class Outbound {
  readonly #given: Given;
  readonly #alerts: Alerts;
  readonly #order = new KeyedOrder<Address>();

  constructor(given: Given) {
    this.#given = given;
    this.#alerts = new Alerts(given.ctx, given.session);
  }

  refuses({
    text,
    file,
    location,
    template,
  }: Omit<OutboundMessage, 'position' | 'attempt' | 'from'>): Refusal | undefined {
    if (template !== undefined) return { reason: 'unsupported', detail: 'templates' };
    if (location !== undefined) return { reason: 'unsupported', detail: 'places on a map' };
    if (text.length > longestText) return { reason: 'too-long', detail: `${String(longestText)} characters at most` };
    return text === '' && file === undefined ? { reason: 'empty', detail: 'no text' } : undefined;
  }

  async send(message: OutboundMessage): Promise<SendResult> {
    const refusal = this.refuses(message);
    if (refusal !== undefined) return { state: 'failed', ...refusal };
    const { file, replyTo } = message;
    const attachment = file === undefined ? undefined : await dataAddress(file);
    if (file !== undefined && attachment === undefined) {
      return { state: 'failed', reason: 'too-large', detail: 'longer than it was said to be' };
    }
    const quoteTimestamp = replyTo === undefined ? undefined : sentAtOf(replyTo.id);
    const params = {
      ...recipient(message),
      ...words(message),
      ...(attachment === undefined ? {} : { attachment: [attachment] }),
      ...(replyTo === undefined || quoteTimestamp === undefined
        ? {}
        : { quoteTimestamp, quoteAuthor: replyTo.by, quoteMessage: replyTo.text }),
    };
    return this.#tell(message, 'send', params);
  }

  async edit(edit: OutboundEdit): Promise<SendResult> {
    // An edit without the file may take the file away: what Signal's apps make of one is written nowhere.
    if (edit.caption) return fileStays;
    const editTimestamp = sentAtOfAny(edit.ids);
    if (editTimestamp === undefined) return noMessage;
    const sentBefore = { line: edit.from, author: edit.from, sentAt: editTimestamp };
    const params = { ...recipient(edit), ...words(edit), editTimestamp };
    return this.#tell({ ...edit, attempt: 1 }, 'send', params, sentBefore);
  }

  redact(redaction: OutboundRedaction): Promise<SendResult> {
    const targetTimestamp = sentAtOfAny(redaction.ids);
    if (targetTimestamp === undefined) return Promise.resolve(noMessage);
    // What others wrote stays with them: Signal lets nobody take it back.
    if (redaction.by !== redaction.from) return Promise.resolve(notOurs);
    return this.#tell({ ...redaction, attempt: 1 }, 'remoteDelete', { ...recipient(redaction), targetTimestamp });
  }

  react(reaction: OutboundReaction): Promise<SendResult> {
    const targetTimestamp = sentAtOfAny(reaction.ids);
    if (targetTimestamp === undefined) return Promise.resolve(noMessage);
    const newest = reaction.keys.at(-1);
    const which = newest === undefined ? { emoji: anyEmoji, remove: true } : { emoji: newest };
    const params = { ...recipient(reaction), ...which, targetAuthor: reaction.by, targetTimestamp };
    return this.#tell({ ...reaction, attempt: 1 }, 'sendReaction', params);
  }

  /** Of all that came since the last time: Signal is told of each. */
  async markRead({ from, to, id, by }: OutboundRead): Promise<void> {
    const sentAt = sentAtOf(id);
    if (sentAt === undefined) return;
    for (const [recipientAddress, targetTimestamp] of this.#given.unread.take({ from, to }, { by, sentAt })) {
      const params = { recipient: recipientAddress, targetTimestamp, type: 'read' };
      this.#noteFailure(await this.#ask(from, 'sendReceipt', params, toldWithinMs));
    }
  }

  async typing({ from, to, on }: OutboundTyping): Promise<void> {
    const params = { ...recipient({ from, to }), ...(on ? {} : { stop: true }) };
    this.#noteFailure(await this.#ask(from, 'sendTyping', params, toldWithinMs));
  }

  async #tell(
    given: ChatRef & { readonly attempt: number },
    method: string,
    params: object,
    edited?: MessageName,
  ): Promise<SendResult> {
    const { ctx, sendTimeout } = this.#given;
    const { from, to, attempt } = given;
    const called = await this.#order.run(from, () => this.#ask(from, method, params, sendTimeout));
    const idOf = (sentAt: number): RemoteId | undefined => remoteIdOf({ line: from, author: from, sentAt });
    const { result, told } = judge(called, { attempt, idOf });
    if (told !== undefined) await this.#alerts.tell({ from, to }, told);
    if (edited === undefined || result.state !== 'sent') return result;
    // Receipts name an edit by its own time.
    const at = result.ids[0] === undefined ? undefined : sentAtOf(result.ids[0]);
    const edits = new Edits(ctx.kv);
    if (at !== undefined) edits.note(edited, at);
    await ctx.kv.apply(edits.edits).catch(() => undefined);
    return result;
  }

  #ask(line: Address, method: string, params: object, timeoutMs: number): Promise<Called> {
    return this.#given.session.ask(line, method, params, { timeoutMs });
  }

  #noteFailure(called: Called): void {
    if (called.kind === 'error') this.#given.ctx.log.debug('signal.not-told', { code: called.code });
  }
}

const noMessage: SendResult = {
  state: 'failed',
  reason: 'provider-refused',
  detail: 'Signal does not know the message',
};
const fileStays: SendResult = {
  state: 'failed',
  reason: 'unsupported',
  detail: "the words beside a file can't be changed",
};
const notOurs: SendResult = { state: 'failed', reason: 'unsupported', detail: 'taking back what others wrote' };
/** Clients look at who takes a reaction back, and at nothing else; signal-cli wants an emoji all the same. */
const anyEmoji = '👍';

function recipient({ to }: ChatRef): object {
  return isGroup(to) ? { groupId: to } : { recipient: [to] };
}

/** Somebody is called in a group alone ("Mention another group member", man/signal-cli.1). */
function words({ to, text, marks = [] }: Pick<OutboundMessage, 'to' | 'text' | 'marks'>): object {
  const { message, textStyle, mention } = toSignal({ text, marks });
  return {
    message,
    ...(textStyle.length === 0 ? {} : { textStyle }),
    ...(mention.length === 0 || !isGroup(to) ? {} : { mention }),
  };
}

function sentAtOfAny(ids: readonly RemoteId[]): number | undefined {
  return ids[0] === undefined ? undefined : sentAtOf(ids[0]);
}
