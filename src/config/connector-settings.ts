/** One connector's part of the config. What it holds is secret until `reveal`. */
import type { Json, JsonObject } from '../core/json.ts';
import type { ConnectorId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { inspect } from 'node:util';
import { say } from './problem.ts';
import type { SecretReader } from './secret-reader.ts';

interface Given {
  readonly id: ConnectorId;
  readonly type: string;
  readonly package?: string | undefined;
  readonly [key: string]: unknown;
}
type Path = (string | number)[];
interface At {
  readonly path: Path;
  readonly message: string;
}

const DEEPEST = 10;
/** Certificates are no secrets. */
const OPEN = /^(ca|cert)$/u;

export class ConnectorSettings {
  readonly id: ConnectorId;
  readonly type: string;
  readonly package: string | undefined;
  readonly #settings: JsonObject;

  private constructor(given: Pick<Given, 'id' | 'type' | 'package'>, settings: JsonObject) {
    this.id = given.id;
    this.type = given.type;
    this.package = given.package;
    this.#settings = settings;
  }

  /** Reads every `{file}` and `{env}` in it; errors are `say` with their path. */
  static read(given: Given, read: SecretReader): Result<ConnectorSettings, readonly At[]> {
    const problems: At[] = [];
    const settings: Record<string, Json> = {};
    for (const [key, value] of Object.entries(given)) {
      if (key !== 'id' && key !== 'type' && key !== 'package')
        settings[key] = resolved(value, [key], { read, problems });
    }
    return problems.length === 0 ? ok(new ConnectorSettings(given, settings)) : err(problems);
  }

  /** Everything but id, type and package, secrets in clear: what the connector's own schema parses. */
  reveal(): JsonObject {
    return this.#settings;
  }

  toJSON(): JsonObject {
    return { id: this.id, type: this.type, settings: '[redacted]' };
  }

  [inspect.custom](): string {
    return `${this.type} ${this.id} [redacted]`;
  }
}

interface Reading {
  readonly read: SecretReader;
  readonly problems: At[];
}

function resolved(value: unknown, path: Path, reading: Reading): Json {
  const source = secretSource(value);
  if (source !== undefined) return secretAt(source, path, reading);
  if (path.length > DEEPEST) return refused(path, reading, 'is nested too deeply');
  if (Array.isArray(value)) return value.map((item: unknown, i) => resolved(item, [...path, i], reading));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, resolved(item, [...path, key], reading)]),
    );
  }
  return isScalar(value) ? value : refused(path, reading, `is a ${typeof value}`);
}

function refused(path: Path, reading: Reading, why: string): null {
  reading.problems.push({ path, message: say(why, 'write texts, numbers, true or false, lists and maps only') });
  return null;
}

function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number';
}

function secretSource(value: unknown): { readonly file: string } | { readonly env: string } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries: readonly [string, unknown][] = Object.entries(value);
  const [key, of] = entries[0] ?? [];
  if (entries.length !== 1 || typeof of !== 'string') return undefined;
  if (key === 'file') return { file: of };
  return key === 'env' ? { env: of } : undefined;
}

function secretAt(source: { readonly file: string } | { readonly env: string }, path: Path, reading: Reading): Json {
  const secret = OPEN.test(String(path.at(-1))) ? reading.read(source, 'open') : reading.read(source);
  if (secret.ok) return secret.value.reveal();
  reading.problems.push({ path, message: secret.error });
  return null;
}
