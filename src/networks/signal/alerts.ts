/** What compliance is told when Signal stops a message: once a day for each thing. */
import type { Address } from '../../core/ids.ts';
import type { ConnectorContext } from '../../core/ports/connector.ts';
import type { ChatRef } from '../../core/ports/outbound.ts';
import { People, type Person } from './people.ts';
import type { Told } from './send-result.ts';
import type { Session } from './session.ts';
import { trustWords } from './trust-words.ts';

const DAY = 86_400_000;

export class Alerts {
  readonly #ctx: ConnectorContext;
  readonly #session: Pick<Session, 'loggedOut' | 'degraded' | 'lines'>;

  constructor(ctx: ConnectorContext, session: Pick<Session, 'loggedOut' | 'degraded' | 'lines'>) {
    this.#ctx = ctx;
    this.#session = session;
  }

  /** What could not be put on record is only logged: the message's own outcome says it too. */
  async tell(chat: ChatRef, told: Told): Promise<void> {
    switch (told.what) {
      case 'untrusted':
        for (const who of await this.#untrusted(chat, told)) {
          await this.#alert(`untrusted/${chat.from}/${who.address}`, trustWords(chat.from, who, 'sent'), told);
        }
        return;
      case 'challenge':
        await this.#alert(`challenge/${chat.from}/${told.token}`, challengeWords(chat.from, told), told);
        return;
      case 'logged-out':
        if (this.#session.lines.length > 1) this.#session.degraded(lostAccount);
        else this.#session.loggedOut(lostAccount);
    }
  }

  async #untrusted(chat: ChatRef, told: Extract<Told, { what: 'untrusted' }>): Promise<readonly Person[]> {
    const people = new People(this.#ctx.kv);
    const found: Person[] = [];
    for (const { recipientAddress, type } of told.results) {
      const person = type === 'IDENTITY_FAILURE' ? await people.of(recipientAddress ?? {}) : undefined;
      if (person !== undefined) found.push(person);
    }
    if (found.length > 0) return found;
    const known = await people.of({ number: chat.to, uuid: chat.to });
    return [known ?? { address: chat.to, author: chat.to }];
  }

  async #alert(what: string, alert: string, told: object): Promise<void> {
    const { clock, log } = this.#ctx;
    const at = clock.now();
    const id = `alert/${what}/${String(Math.floor(at / DAY))}`;
    const raw = Buffer.from(JSON.stringify(told));
    try {
      await this.#ctx.ingest({ kind: 'account', id, sure: true, at, raw, alert });
    } catch (error) {
      log.error('signal.alert-not-recorded', {}, error);
    }
  }
}

const lostAccount = 'Signal does not know an account of ours any more: register or link it in signal-cli again';

function challengeWords(line: Address, { token, afterMs }: Extract<Told, { what: 'challenge' }>): string {
  return (
    `Signal takes nothing more from ${line} until somebody proves to be human, or ${minutes(afterMs)} have passed. ` +
    `Solve https://signalcaptchas.org/challenge/generate.html, then: ` +
    `signal-cli -a ${line} submitRateLimitChallenge --challenge ${token} --captcha <what it gave>`
  );
}

function minutes(ms: number): string {
  const many = Math.max(1, Math.round(ms / 60_000));
  return many === 1 ? 'a minute' : `${String(many)} minutes`;
}
