/** Single questions to the homeserver, answered with what a diagnosis needs: status, error code, clock. */
import { z } from 'zod';
import { parseJson } from '../../core/json.ts';

export interface ProbeAnswer {
  readonly status: number;
  readonly errcode?: string | undefined;
  readonly body: unknown;
  /** The homeserver's clock (HTTP Date, whole seconds), in milliseconds. */
  readonly date?: number | undefined;
}

/** Undefined when the homeserver could not be reached. */
export type Probe = (question: {
  readonly path: string;
  readonly token?: string;
  readonly post?: Readonly<Record<string, string>>;
}) => Promise<ProbeAnswer | undefined>;

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 1024 * 1024;
const errorShape = z.object({ errcode: z.string() });

export function homeserverProbe(url: string): Probe {
  return async ({ path, token, post }) => {
    try {
      const response = await fetch(url + path, {
        method: post === undefined ? 'GET' : 'POST',
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(post === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(post === undefined ? {} : { body: JSON.stringify(post) }),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const body = parseJson((await response.text()).slice(0, MOST_BYTES));
      const error = errorShape.safeParse(body);
      const date = Date.parse(response.headers.get('date') ?? '');
      return {
        status: response.status,
        errcode: error.success ? error.data.errcode : undefined,
        body,
        date: Number.isNaN(date) ? undefined : date,
      };
    } catch {
      return undefined;
    }
  };
}
