/** A command is data: what it is called, where it fits, what it takes, what it does. */
import type { Role } from '../core/line.ts';
import type { Result } from '../core/result.ts';
import { refused, type Answer } from './answer.ts';

/** A chat with @gatehouse, a portal, a compliance desk. */
export type Place = 'chat' | 'portal' | 'desk';

interface Described {
  readonly name: string;
  /** As typed, with what it takes: `!sms <number> [text]`. */
  readonly usage: string;
  /** One line that works as it stands. */
  readonly example: string;
  readonly summary: string;
  readonly where: readonly Place[];
  /** Who may use it at a desk; everybody with a role where left out. */
  readonly roles?: readonly Role[];
}

/** What is wrong with what was typed, in one line of words, and one line that works instead of it. */
export interface Misread {
  readonly what: string;
  readonly example: string;
}

export interface CommandSpec<Context, Args> extends Described {
  /** `rest` is what follows the name, trimmed. */
  parse(rest: string): Result<Args, string | Misread>;
  run(args: Args, context: Context): Promise<Answer>;
}

export interface Command<Context> extends Described {
  /** Parses and runs; what can't be parsed is answered with one example. */
  ask(rest: string, context: Context): Promise<Answer>;
}

export function command<Context, Args>(spec: CommandSpec<Context, Args>): Command<Context> {
  const { name, usage, example, summary, where, roles } = spec;
  return {
    name,
    usage,
    example,
    summary,
    where,
    ...(roles === undefined ? {} : { roles }),
    ask: async (rest, context) => {
      const args = spec.parse(rest);
      if (!args.ok) return misread(args.error, example);
      return spec.run(args.value, context);
    },
  };
}

function misread(error: string | Misread, usual: string): Answer {
  const { what, example } = typeof error === 'string' ? { what: error, example: usual } : error;
  return refused('usage', `${what}\nExample: ${example}`);
}

/** For commands that take nothing; what is typed after them is ignored. */
export function takesNothing(): Result<undefined, string> {
  return { ok: true, value: undefined };
}
