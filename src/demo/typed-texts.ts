/** What is typed at the demo's terminal, as a customer: `customer: Hi`, or with a number of its own `+12025550177: Hi`. */

/** The customer of the morning. */
export const ANN = '+12025550199';

const TYPED = /^\s*(?:customer|ann|(\+[\d ().-]{7,20}))\s*[:：]\s*(\S[\s\S]*)$/iu;

export interface TypedText {
  /** E.164. */
  readonly from: string;
  readonly text: string;
}

export function typedText(line: string): TypedText | undefined {
  const [, number, text] = TYPED.exec(line) ?? [];
  if (text === undefined) return undefined;
  return { from: number === undefined ? ANN : `+${number.replace(/\D/gu, '')}`, text: text.trimEnd() };
}

/** Hands what is typed to `send`, until the lines end; what is none is answered with an example. */
export async function sendTyped(
  lines: AsyncIterable<string>,
  send: (typed: TypedText) => void,
  say: (words: string) => void,
): Promise<void> {
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const typed = typedText(line);
    if (typed === undefined) {
      say('Write as the customer, for example:  customer: Is it still there?');
      continue;
    }
    send(typed);
    say(`Texted from ${typed.from}: it comes up in Alice's and Bob's Element.`);
  }
}
