/**
 * The national language tables of Bengali to Urdu (3GPP TS 23.038, A.2.4 to A.2.13 and A.3.4 to A.3.13). All ten put
 * digits, signs and a to z at the same septets. Of the letters nine follow one plan: Unicode lays the blocks of these
 * scripts out alike, and so does the standard; what a script lacks there is blank.
 */

const [bengali, gujarati, hindi, kannada, malayalam] = [4, 5, 6, 7, 8] as const;
const [oriya, punjabi, tamil, telugu, urdu] = [9, 10, 11, 12, 13] as const;

interface Script {
  /** Where its Unicode block begins. */
  readonly block: number;
  /** Places of the plan that it has no letter for. */
  readonly lacks: readonly number[];
  /** Its characters at 0x60 and from 0x7b to 0x7f. */
  readonly last: string;
}

const scripts: Readonly<Record<number, Script>> = {
  [bengali]: {
    block: 0x0980,
    lacks: [0x0d, 0x0e, 0x11, 0x12, 0x29, 0x31, 0x33, 0x34, 0x35, 0x45, 0x46, 0x49, 0x4a],
    last: '\u09ce\u09d7\u09dc\u09dd\u09f0\u09f1',
  },
  [gujarati]: {
    block: 0x0a80,
    lacks: [0x0e, 0x12, 0x29, 0x31, 0x34, 0x46, 0x4a],
    last: '\u0ad0\u0ae0\u0ae1\u0ae2\u0ae3\u0af1',
  },
  [hindi]: { block: 0x0900, lacks: [], last: '\u0950\u0972\u097b\u097c\u097e\u097f' },
  [kannada]: {
    block: 0x0c80,
    lacks: [0x01, 0x0d, 0x11, 0x29, 0x34, 0x45, 0x49],
    last: '\u0cd5\u0cd6\u0ce0\u0ce1\u0ce2\u0ce3',
  },
  [malayalam]: {
    block: 0x0d00,
    lacks: [0x01, 0x0d, 0x11, 0x29, 0x3c, 0x45, 0x49],
    last: '\u0d57\u0d60\u0d61\u0d62\u0d63\u0d79',
  },
  [oriya]: {
    block: 0x0b00,
    lacks: [0x0d, 0x0e, 0x11, 0x12, 0x29, 0x31, 0x34, 0x45, 0x46, 0x49, 0x4a],
    last: '\u0b56\u0b57\u0b60\u0b61\u0b62\u0b63',
  },
  [punjabi]: {
    block: 0x0a00,
    lacks: [0x0b, 0x0c, 0x0d, 0x0e, 0x11, 0x12, 0x29, 0x31, 0x34, 0x37, 0x3d, 0x43, 0x44, 0x45, 0x46, 0x49, 0x4a],
    last: '\u0a51\u0a70\u0a71\u0a72\u0a73\u0a74',
  },
  [tamil]: {
    block: 0x0b80,
    lacks: [
      0x01, 0x0b, 0x0c, 0x0d, 0x11, 0x16, 0x17, 0x18, 0x1b, 0x1d, 0x20, 0x21, 0x22, 0x25, 0x26, 0x27, 0x2b, 0x2c, 0x2d,
      0x3c, 0x3d, 0x43, 0x44, 0x45, 0x49,
    ],
    last: '\u0bd0\u0bd7\u0bf0\u0bf1\u0bf2\u0bf9',
  },
  [telugu]: {
    block: 0x0c00,
    lacks: [0x0d, 0x11, 0x29, 0x34, 0x3c, 0x45, 0x49],
    last: '\u0c55\u0c56\u0c60\u0c61\u0c62\u0c63',
  },
};

/** Offsets in a block, in the order of their septets. */
const plan: readonly number[] = [...range(0x01, 0x03), ...range(0x05, 0x39), ...range(0x3c, 0x4d)];

const urduLetters =
  '\u0627\u0622\u0628\u067b\u0680\u067e\u06a6\u062a\u06c2\u067f\u0679\u067d\u067a\u067c\u062b\u062c\u0681\u0684\u0683\u0685\u0686\u0687\u062d\u062e\u062f\u068c\u0688\u0689\u068a\u068f\u068d\u0630\u0631\u0691\u0693\u0699\u0632' +
  '\u0696\u0698\u069a\u0633\u0634\u0635\u0636\u0637\u0638\u0639\u0641\u0642\u06a9\u06aa\u06ab\u06af\u06b3\u06b1\u0644\u0645\u0646\u06ba\u06bb\u06bc\u0648\u06c4\u06d5\u06c1\u06be\u0621\u06cc\u06d0\u06d2\u064d\u0650\u064f\u0657';
const urduLast = '\u0654\u0655\u0651\u0653\u0656\u0670';

/** What all locking tables share; `_` where a letter of the script comes, in the order of its letters. */
const lockingForm =
  '__________\n__\r_____________\u001b____ !______)(__,_._0123456789:;___?________________________________' +
  '_abcdefghijklmnopqrstuvwxyz_____';

/** What all single shift tables share: their first septets, and what stands alone. */
const singleStart = '@£$¥¿"¤%&\'\f*+ -/<=>¡^¡_#*';
const singleRest: readonly (readonly [number, string])[] = [
  [0x28, '{'],
  [0x29, '}'],
  [0x2f, '\\'],
  [0x3c, '['],
  [0x3d, '~'],
  [0x3e, ']'],
  [0x40, '|'],
  [0x65, '€'],
];

/** Septets of a single shift table that differ between scripts, in order. */
const ownSeptets: readonly number[] = [
  ...range(0x19, 0x1a),
  ...range(0x1c, 0x27),
  ...range(0x2a, 0x2e),
  ...range(0x30, 0x3b),
  0x3f,
];

/** Their characters for the septets above. */
const own: Readonly<Record<number, string>> = {
  [bengali]:
    '\u09e6\u09e7\u09e8\u09e9\u09ea\u09eb\u09ec\u09ed\u09ee\u09ef\u09df\u09e0\u09e1\u09e2\u09e3\u09f2\u09f3\u09f4\u09f5\u09f6\u09f7\u09f8\u09f9\u09fa',
  [gujarati]: '\u0964\u0965\u0ae6\u0ae7\u0ae8\u0ae9\u0aea\u0aeb\u0aec\u0aed\u0aee\u0aef',
  [hindi]:
    '\u0964\u0965\u0966\u0967\u0968\u0969\u096a\u096b\u096c\u096d\u096e\u096f\u0951\u0952\u0953\u0954\u0958\u0959\u095a\u095b\u095c\u095d\u095e\u095f\u0960\u0961\u0962\u0963\u0970\u0971',
  [kannada]: '\u0964\u0965\u0ce6\u0ce7\u0ce8\u0ce9\u0cea\u0ceb\u0cec\u0ced\u0cee\u0cef\u0cde\u0cf1\u0cf2',
  [malayalam]:
    '\u0964\u0965\u0d66\u0d67\u0d68\u0d69\u0d6a\u0d6b\u0d6c\u0d6d\u0d6e\u0d6f\u0d70\u0d71\u0d72\u0d73\u0d74\u0d75\u0d7a\u0d7b\u0d7c\u0d7d\u0d7e\u0d7f',
  [oriya]: '\u0964\u0965\u0b66\u0b67\u0b68\u0b69\u0b6a\u0b6b\u0b6c\u0b6d\u0b6e\u0b6f\u0b5c\u0b5d\u0b5f\u0b70\u0b71',
  [punjabi]:
    '\u0964\u0965\u0a66\u0a67\u0a68\u0a69\u0a6a\u0a6b\u0a6c\u0a6d\u0a6e\u0a6f\u0a59\u0a5a\u0a5b\u0a5c\u0a5e\u0a75',
  [tamil]:
    '\u0964\u0965\u0be6\u0be7\u0be8\u0be9\u0bea\u0beb\u0bec\u0bed\u0bee\u0bef\u0bf3\u0bf4\u0bf5\u0bf6\u0bf7\u0bf8\u0bfa',
  [telugu]:
    '  \u0c66\u0c67\u0c68\u0c69\u0c6a\u0c6b\u0c6c\u0c6d\u0c6e\u0c6f\u0c58\u0c59\u0c78\u0c79\u0c7a\u0c7b\u0c7c\u0c7d\u0c7e\u0c7f',
  [urdu]:
    '\u0600\u0601\u06f0\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7\u06f8\u06f9\u060c\u060d\u060e\u060f\u0610\u0611\u0612\u0613\u0614\u061b\u061f\u0640\u0652\u0658\u066b\u066c\u0672\u0673\u06cd\u06d4',
};

/** The locking table of `language`, 128 characters; undefined for a language that isn't of these. */
export function lockingTable(language: number): string | undefined {
  if (language === urdu) return filled(urduLetters + urduLast);
  const script = scripts[language];
  if (script === undefined) return undefined;
  const { block, lacks, last } = script;
  return filled(plan.map((at) => (lacks.includes(at) ? ' ' : String.fromCodePoint(block + at))).join('') + last);
}

/** The single shift table of `language`; undefined for a language that isn't of these. */
export function singleShiftTable(language: number): ReadonlyMap<number, string> | undefined {
  const letters = own[language];
  if (letters === undefined) return undefined;
  const start = Array.from(singleStart, (char, septet) => [septet, char] as const);
  const middle = ownSeptets.map((septet, index) => [septet, letters.charAt(index)] as const);
  const capitals = range(0x41, 0x5a).map((septet) => [septet, String.fromCodePoint(septet)] as const);
  const all = [...start, ...middle, ...singleRest, ...capitals];
  return new Map(all.filter(([, char]) => char.trim() !== '' || char === '\f'));
}

function filled(letters: string): string {
  let next = 0;
  return lockingForm.replace(/_/gu, () => letters.charAt(next++));
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
