/** Edits, deletions and reactions of ours. Each may be done again: what is so already is as good as done. */
import type { ConnectorContext } from '../../core/ports/connector.ts';
import type { OutboundEdit, OutboundReaction, OutboundRedaction, SendResult } from '../../core/ports/outbound.ts';
import type { RemoteId } from '../../core/ids.ts';
import type { Accounts } from './accounts.ts';
import { placeOf, type MessagePlace } from './addresses.ts';
import type { ApiAnswer, BotApi } from './bot-api.ts';
import { reactions } from './capabilities.ts';
import type { Bot } from './known.ts';
import { captionParameters, refusalOf, textParameters } from './message-calls.ts';
import type { OwnEdits } from './own-edits.ts';
import { changeFailureOf, isSoAlready } from './refusals.ts';

interface Given {
  readonly ctx: Pick<ConnectorContext, 'clock'>;
  readonly api: BotApi;
  readonly accounts: Accounts;
  readonly bot: () => Bot | undefined;
  readonly edits: OwnEdits;
  readonly stopping: AbortSignal;
}

const DOWN_MS = 5_000;
const notConnected: SendResult = { state: 'retry', afterMs: DOWN_MS, scope: 'connector', reason: 'provider-down' };

export class Changes {
  readonly #given: Given;

  constructor(given: Given) {
    this.#given = given;
  }

  /** A place with words under it: the words are the last part. */
  async edit(edit: OutboundEdit): Promise<SendResult> {
    const refusal = edit.caption ? undefined : refusalOf(edit);
    if (refusal !== undefined) return { state: 'failed', ...refusal };
    const found = this.#find(edit.from, edit.ids);
    if ('problem' in found) return found.problem;
    const place = found.places.at(-1);
    const id = edit.ids.at(-1);
    if (place === undefined || id === undefined) return notThere;
    const words = edit.caption ? captionParameters(edit) : textParameters(edit);
    this.#given.edits.note(id, String(edit.caption ? words['caption'] : words['text']));
    const of = { chat_id: place.chat, message_id: place.message, ...found.behalf };
    const method = edit.caption ? 'editMessageCaption' : 'editMessageText';
    return outcomeOf(await this.#given.api.call(method, { ...of, ...words }), edit.ids, isSoAlready);
  }

  async redact({ from, ids }: OutboundRedaction): Promise<SendResult> {
    const found = this.#find(from, ids);
    if ('problem' in found) return found.problem;
    const gone = /message to delete not found|message identifier is not specified|MESSAGE_ID_INVALID/iu;
    const calls = found.account
      ? [{ method: 'deleteBusinessMessages', of: { ...found.behalf, message_ids: found.places.map(numberOf) } }]
      : found.places.map(({ chat, message }) => ({
          method: 'deleteMessage',
          of: { chat_id: chat, message_id: message },
        }));
    for (const { method, of } of calls) {
      const result = outcomeOf(await this.#given.api.call(method, of), ids, gone);
      if (result.state !== 'sent') return result;
    }
    return { state: 'sent', ids };
  }

  /** A bot has one reaction on a message at most: the newest counts. */
  async react({ from, ids, keys }: OutboundReaction): Promise<SendResult> {
    const found = this.#find(from, ids);
    if ('problem' in found) return found.problem;
    if (found.account) return { state: 'failed', reason: 'unsupported', detail: 'reactions for a connected account' };
    const newest = keys.at(-1);
    const emoji = newest === undefined ? undefined : reactions.find((one) => bare(one) === bare(newest));
    if (newest !== undefined && emoji === undefined) {
      return { state: 'failed', reason: 'unsupported', detail: 'this reaction; Telegram has a list of its own' };
    }
    const place = found.places[0];
    if (place === undefined) return notThere;
    const reaction = emoji === undefined ? [] : [{ type: 'emoji', emoji }];
    const of = { chat_id: place.chat, message_id: place.message, reaction };
    return outcomeOf(await this.#given.api.call('setMessageReaction', of), ids, isSoAlready);
  }

  #find(line: OutboundEdit['from'], ids: readonly RemoteId[]): Found {
    const { bot, accounts, stopping } = this.#given;
    const known = bot();
    if (known === undefined || stopping.aborted) return { problem: notConnected };
    const places = ids.flatMap((id) => placeOf(id) ?? []);
    if (places.length === 0) return { problem: notThere };
    if (line === known.line) return { places, account: false, behalf: {} };
    const account = accounts.onLine(line);
    if (account === undefined) return { problem: notConnectedAccount };
    return { places, account: true, behalf: { business_connection_id: account.connection } };
  }
}

type Found =
  | { readonly problem: SendResult }
  | {
      readonly places: readonly MessagePlace[];
      readonly account: boolean;
      readonly behalf: Readonly<Record<string, unknown>>;
    };

const notThere: SendResult = { state: 'failed', reason: 'rejected', detail: 'Telegram does not have this message' };
const notConnectedAccount: SendResult = {
  state: 'failed',
  reason: 'rejected',
  detail: 'the account of this line is not connected to the bot; its owner can connect it again',
};

function numberOf({ message }: MessagePlace): number {
  return message;
}

/** With and without the sign that asks for the colourful form. */
function bare(emoji: string): string {
  return emoji.replaceAll('\u{FE0F}', '');
}

function outcomeOf(answer: ApiAnswer, ids: readonly RemoteId[], soAlready: RegExp): SendResult {
  if (answer.is === 'ok' || (answer.is === 'refused' && soAlready.test(answer.words))) return { state: 'sent', ids };
  if (answer.is === 'refused' && /can't be (?:deleted|edited)|message to edit not found/iu.test(answer.words)) {
    const detail = answer.words.includes('deleted')
      ? 'Telegram deletes for the customer only within 48 hours'
      : 'Telegram does not let this message be changed';
    return { state: 'failed', reason: 'rejected', code: String(answer.code), detail };
  }
  return changeFailureOf(answer);
}
