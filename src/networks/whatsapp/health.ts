/** Whether Meta takes our token for every number: asked at the start, from time to time, and soon after a trouble. */
import { z } from 'zod';
import type { ConnectorContext, ConnectorState } from '../../core/ports/connector.ts';
import { FetchFailed } from '../../core/ports/safe-fetch.ts';
import { stateOf, type GraphError } from './errors.ts';
import type { Graph } from './graph.ts';

const soonMs = 5_000;
const askMs = 10_000;
const number = z.object({ id: z.string() });
const notMeta = 'what answers is not WhatsApp: look at api, and at what stands between';

interface HealthOptions {
  readonly ctx: ConnectorContext;
  readonly graph: Graph;
  readonly phoneNumberIds: readonly string[];
  readonly everyMs: number;
}

export class Health {
  readonly #options: HealthOptions;
  #cancel: () => void = () => undefined;
  #checking = false;
  #stopped = false;
  #said = '';

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  start(): void {
    this.#in(0);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** Meta could not be reached. */
  unreachable(): void {
    this.#trouble({ name: 'connecting' });
  }

  /** An error that may speak of the account as a whole. */
  error(error: GraphError): void {
    const state = stateOf(error);
    if (state !== undefined) this.#trouble(state);
  }

  #trouble(state: ConnectorState): void {
    this.#say(state);
    this.#in(Math.min(soonMs, this.#options.everyMs));
  }

  #in(ms: number): void {
    if (this.#stopped || this.#checking) return;
    this.#cancel();
    this.#cancel = this.#options.ctx.clock.after(ms, () => {
      this.#check().catch((error: unknown) => {
        this.#options.ctx.log.error('whatsapp.check-failed', {}, error);
      });
    });
  }

  async #check(): Promise<void> {
    this.#checking = true;
    const state = await this.#ask();
    this.#checking = false;
    if (this.#stopped) return;
    this.#say(state);
    this.#in(state.name === 'connected' ? this.#options.everyMs : Math.min(soonMs, this.#options.everyMs));
  }

  async #ask(): Promise<ConnectorState> {
    const { graph, phoneNumberIds } = this.#options;
    try {
      for (const id of phoneNumberIds) {
        const answered = await graph.ask(`/${id}?fields=id`, { timeoutMs: askMs });
        const state = answered.ok ? stateBy(answered.json) : stateAfter(answered.error);
        if (state !== undefined) return state;
      }
      return { name: 'connected' };
    } catch (error) {
      if (error instanceof FetchFailed) return { name: 'connecting' };
      throw error;
    }
  }

  #say(state: ConnectorState): void {
    const said = `${state.name} ${state.detail ?? ''}`;
    if (this.#stopped || this.#said === said) return;
    this.#said = said;
    this.#options.ctx.state(state);
  }
}

/** Undefined for a number of ours: what names none is not the Graph API, whatever its status. */
function stateBy(json: unknown): ConnectorState | undefined {
  return number.safeParse(json).success ? undefined : { name: 'connecting', detail: notMeta };
}

function stateAfter(error: GraphError): ConnectorState {
  const passes = error.isOther !== true && (error.status >= 500 || error.status === 429);
  if (passes) return { name: 'connecting' };
  return stateOf(error) ?? { name: 'bad-credentials', detail: 'WhatsApp knows no such number for our token' };
}
