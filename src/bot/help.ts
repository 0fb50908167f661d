/** Help is made from the table of commands, so that it can't tell of one that isn't there. */
import { escapeHtml } from '../core/escape-html.ts';
import type { Role } from '../core/line.ts';
import { answered, refused, type Answer } from './answer.ts';
import type { Command, Place } from './command.ts';
import { nearest } from '../core/nearest.ts';

export interface HelpAsked {
  readonly place: Place;
  readonly role?: Role;
  /** What is typed before a command's name: `!` or `!c `. */
  readonly prefix: string;
  /** The command that is asked about; empty for all. */
  readonly about: string;
}

type Listed = Omit<Command<never>, 'ask'>;

export function fits(entry: Listed, place: Place, role?: Role): boolean {
  if (!entry.where.includes(place)) return false;
  return entry.roles === undefined || (role !== undefined && entry.roles.includes(role));
}

/** What can be done in this place by this person, one line each; or one command with its example. */
export function help(table: readonly Listed[], asked: HelpAsked): Answer {
  const here = table.filter((entry) => fits(entry, asked.place, asked.role));
  const name = asked.about.replace(/^[!\uff01](c\s+)?/iu, '').toLowerCase();
  if (name === '') return list(here);
  const found = here.find((entry) => entry.name === name);
  if (found === undefined) return unknownCommand(name, here, asked.prefix);
  return answered(`${found.usage}\n${found.summary}\nExample: ${found.example}`, { data: { commands: [found.name] } });
}

function list(here: readonly Listed[]): Answer {
  return answered(here.map((entry) => `${entry.usage}: ${entry.summary}`).join('\n'), {
    html: here.map((entry) => `<b>${escapeHtml(entry.usage)}</b>: ${escapeHtml(entry.summary)}`).join('<br>'),
    data: { commands: here.map((entry) => entry.name) },
  });
}

/** No such command: names the nearest one that fits the place. */
export function unknownCommand(typed: string, here: readonly { readonly name: string }[], prefix: string): Answer {
  const meant = nearest(
    typed,
    here.map((entry) => entry.name),
  );
  const hint =
    meant === undefined ? `${prefix}help shows them.` : `Did you mean ${prefix}${meant}? ${prefix}help shows all.`;
  return refused('usage', `No such command. ${hint}`, { data: meant === undefined ? {} : { meant } });
}
