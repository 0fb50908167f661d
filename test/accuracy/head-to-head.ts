/** The same texts and the same labels for each program. */
import type { LabelledText } from './chats/chats.ts';
import type { Contestant } from './others.ts';

export interface Standing {
  readonly name: string;
  /** By kind: values covered, of all. */
  readonly covered: ReadonlyMap<string, { readonly of: number; readonly all: number }>;
  /** Texts in which nothing was to be found, flagged all the same. */
  readonly falseAlarms: { readonly of: number; readonly all: number };
  /** Mails flagged. */
  readonly mails: { readonly of: number; readonly all: number };
  /** Characters in a second, over chats and mails. */
  readonly speed: number;
}

export interface Texts {
  readonly chats: readonly LabelledText[];
  readonly mails: readonly string[];
}

/** Those that all three say they find. */
export const kindsOfAll = ['card', 'ssn-us', 'email', 'phone', 'ip'];

export async function standingOf(contestant: Contestant, { chats, mails }: Texts): Promise<Standing> {
  const covered = new Map<string, { of: number; all: number }>();
  const falseAlarms = { of: 0, all: 0 };
  const flagged = { of: 0, all: mails.length };
  let characters = 0;
  const begun = performance.now();
  for (const { text, labels } of chats) {
    const seen = await contestant.look(text);
    characters += text.length;
    for (const { kind, start, end } of labels) {
      const into = covered.get(kind) ?? { of: 0, all: 0 };
      into.all += 1;
      if (seen.covers(start, end)) into.of += 1;
      covered.set(kind, into);
    }
    if (labels.length > 0) continue;
    falseAlarms.all += 1;
    if (seen.flagged) falseAlarms.of += 1;
  }
  for (const mail of mails) {
    characters += mail.length;
    if ((await contestant.look(mail)).flagged) flagged.of += 1;
  }
  const seconds = (performance.now() - begun) / 1000;
  return { name: contestant.name, covered, falseAlarms, mails: flagged, speed: characters / seconds };
}
