/** How it goes, for `/readyz`, `!c health` and the CLI. No message text, no secrets. */
import type { ConnectorStateName } from '../entry.ts';
import type { ConnectorId, GateId, Millis } from '../ids.ts';

export interface HealthReport {
  readonly ok: boolean;
  readonly database: 'ok' | 'down';
  readonly homeserver: 'ok' | 'down' | 'unknown';
  readonly connectors: Readonly<Record<ConnectorId, ConnectorStateName>>;
  /** Projections that threw and wait for `gatehouse rebuild`. */
  readonly stale: readonly string[];
  readonly closedGates: readonly { readonly gate: GateId; readonly since: Millis; readonly reason: string }[];
  readonly tasks: { readonly ready: number; readonly dead: number; readonly oldestReadyMs: number };
  readonly record: { readonly size: number; readonly checkpoint: number };
  /** What a person should know, in plain words. */
  readonly warnings: readonly string[];
}

export type Health = () => Promise<HealthReport>;
