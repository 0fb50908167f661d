/**
 * Whether the phone's clock and ours are apart, by its own calls: with the right signature and another time they are refused
 * as repeats, and what customers write is not heard. A recorded call that somebody plays again says nothing of a clock:
 * it takes two in a row, signed at different times and by clocks that are equally far apart, and none that was in time.
 */
import type { Millis } from '../../core/ids.ts';
import type { ConnectorContext, ConnectorState } from '../../core/ports/connector.ts';

/** A call is signed when it is made: what lies between is the way to us. */
const AGREE_MS = 60_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

interface Refused {
  readonly signedAt: number;
  readonly apartMs: number;
}

export class ClockWatch {
  readonly #ctx: Pick<ConnectorContext, 'ingest' | 'lines' | 'log' | 'state'>;
  #last: Refused | undefined;
  /** In words, while they are apart. */
  #trouble: string | undefined;
  /** What is known of the way to the phone. */
  #link: ConnectorState | undefined;
  #toldOn: number | undefined;

  constructor(ctx: Pick<ConnectorContext, 'ingest' | 'lines' | 'log' | 'state'>) {
    this.#ctx = ctx;
  }

  /** A phone that can be asked and is not heard works, but not well. */
  state(link: ConnectorState): void {
    this.#link = link;
    const detail = this.#trouble;
    this.#ctx.state(detail === undefined || link.name !== 'connected' ? link : { name: 'degraded', detail });
  }

  inTime(): void {
    this.#last = undefined;
    if (this.#trouble === undefined) return;
    this.#trouble = undefined;
    this.#again();
  }

  /** @param signedAt by the phone's clock, under a signature that is right; resolves when compliance will hear of it */
  async refused(signedAt: number, now: Millis): Promise<void> {
    if (!Number.isFinite(signedAt)) return;
    const before = this.#last;
    const apartMs = signedAt - now;
    this.#last = { signedAt, apartMs };
    if (before === undefined || before.signedAt === signedAt) return;
    if (Math.abs(before.apartMs - apartMs) > AGREE_MS || this.#trouble !== undefined) return;
    this.#trouble = troubleWords(apartMs);
    this.#again();
    await this.#alert(this.#trouble, now);
  }

  #again(): void {
    if (this.#link?.name === 'connected') this.state(this.#link);
  }

  /** Once a day, however often it comes and goes. */
  async #alert(words: string, at: Millis): Promise<void> {
    const { ctx, day } = { ctx: this.#ctx, day: Math.floor(at / DAY_MS) };
    if (this.#toldOn === day) return;
    this.#toldOn = day;
    const alert = `Texts to ${ctx.lines.join(', ')} are not heard: ${words}.`;
    try {
      await ctx.ingest({ kind: 'account', id: `clock/${String(day)}`, sure: true, at, raw: Buffer.from(words), alert });
    } catch (error) {
      this.#toldOn = undefined;
      ctx.log.error('android.alert-not-recorded', {}, error);
    }
  }
}

function troubleWords(apartMs: number): string {
  const minutes = String(Math.round(Math.abs(apartMs) / MINUTE_MS));
  const how = apartMs > 0 ? 'ahead of' : 'behind';
  return `the phone's clock is ${minutes} minutes ${how} ours, so its calls are refused as old or forged; set both clocks by the network`;
}
