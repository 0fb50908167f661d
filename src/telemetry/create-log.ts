/** The logger: one event a line, JSON for machines, short lines for a person at a terminal. */
import type { Writable } from 'node:stream';
import { createLogger, format, transports, type Logger } from 'winston';
import type { Clock } from '../core/clock.ts';
import type { Log, LogFields } from '../core/ports/log.ts';
import { describeError } from './describe-error.ts';
import { logEvents } from './events.ts';
import { maskField, maskText } from './mask.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogOptions {
  readonly stream: Writable;
  readonly clock: Clock;
  readonly level?: LogLevel;
  /** For people: time, level, event and fields without JSON. Default: JSON lines. */
  readonly pretty?: boolean;
}

/** Masked, flat, ready to be written. */
type Line = Readonly<Record<string, string | number | boolean>>;

const MESSAGE = Symbol.for('message');
const FIELDS_MAX = 32;
/** Bytes that wait for whoever reads the stream; lines beyond it are lost, and counted. */
const UNREAD_MAX = 8 * 1024 * 1024;

/** A log that never throws and never stops what it reports on, whatever it is given and whatever becomes of its stream. */
export function createLog(options: LogOptions): Log {
  const stream = new transports.Stream({ stream: options.stream });
  const ignore = (): void => undefined;
  stream.on('error', ignore);
  options.stream.on('error', ignore);
  const text = options.pretty === true ? prettyLine : jsonLine;
  const logger = createLogger({
    level: options.level ?? 'info',
    levels: { error: 0, warn: 1, info: 2, debug: 3 },
    format: format((info) => {
      info[MESSAGE] = text(lineOf(info));
      return info;
    })(),
  });
  logger.pipe(stream);
  logger.on('error', ignore);
  return new MaskedLog(new Unread(logger, options.stream), options.clock, {});
}

/** A reader that stalls must not fill our memory. What it missed is told once it reads again. */
class Unread {
  readonly #logger: Logger;
  readonly #stream: Writable;
  #lost = 0;

  constructor(logger: Logger, stream: Writable) {
    this.#logger = logger;
    this.#stream = stream;
  }

  write(level: LogLevel, line: Line): void {
    if (this.#stream.writableLength + this.#logger.writableLength > UNREAD_MAX) {
      this.#lost += 1;
      return;
    }
    if (this.#lost > 0) {
      const { at = '' } = line;
      this.#logger.log('warn', { at, event: 'log.lines-lost', lines: this.#lost });
      this.#lost = 0;
    }
    this.#logger.log(level, line);
  }
}

class MaskedLog implements Log {
  readonly #logger: Unread;
  readonly #clock: Clock;
  readonly #fields: LogFields;

  constructor(logger: Unread, clock: Clock, fields: LogFields) {
    this.#logger = logger;
    this.#clock = clock;
    this.#fields = fields;
  }

  debug(event: string, fields: LogFields = {}): void {
    this.#write('debug', event, fields);
  }

  info(event: string, fields: LogFields = {}): void {
    this.#write('info', event, fields);
  }

  warn(event: string, fields: LogFields = {}): void {
    this.#write('warn', event, fields);
  }

  error(event: string, fields: LogFields = {}, error?: unknown): void {
    this.#write('error', event, fields, error);
  }

  child(fields: LogFields): Log {
    return new MaskedLog(this.#logger, this.#clock, { ...this.#fields, ...fields });
  }

  #write(level: LogLevel, event: string, fields: LogFields, error?: unknown): void {
    try {
      const at = new Date(this.#clock.now()).toISOString();
      // A name that is not listed was perhaps put together from something.
      const name = event in logEvents ? event : maskText(event);
      const line = { ...masked({ ...this.#fields, ...fields }), at, event: name };
      this.#logger.write(level, error === undefined ? line : { ...line, error: describeError(error) });
    } catch {
      // A line that can't be written is lost; what it reports on goes on.
    }
  }
}

function masked(fields: LogFields): Line {
  const kept = Object.entries(fields)
    .slice(0, FIELDS_MAX)
    .flatMap(([key, value]) => (value === undefined ? [] : [[key.slice(0, 64), maskField(key, value)] as const]));
  return Object.fromEntries(kept);
}

function lineOf(info: Readonly<Record<string, unknown>>): Line {
  const { at, level, event, error, ...fields } = info;
  const line: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries({ at, level, event, ...fields, error })) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') line[key] = value;
  }
  return line;
}

/** JSON escapes C0 controls; C1 controls and the Unicode line ends, which some readers act on, are escaped too. */
function jsonLine(line: Line): string {
  return JSON.stringify(line).replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, escaped);
}

/** On a terminal: no control character of a value reaches it. */
function prettyLine({ at, level, event, error, ...fields }: Line): string {
  const words = Object.entries(fields).map(([key, value]) => `${key}=${String(value)}`);
  const first = [String(at).slice(11, 19), String(level).padEnd(5), event, ...words].join(' ');
  const safe = first.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, escaped);
  if (error === undefined) return safe;
  const stack = String(error).split('\n');
  return [
    safe,
    ...stack.map((row) => `    ${row.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, escaped)}`),
  ].join('\n');
}

function escaped(char: string): string {
  return `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
