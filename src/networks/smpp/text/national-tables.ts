/**
 * National language tables (3GPP TS 23.038, annex A), chosen by the header elements 0x24 (single shift) and 0x25
 * (locking shift). A language that isn't listed is read with the default tables.
 */
import type { ShiftTables } from './gsm7.ts';
import { lockingTable, singleShiftTable } from './south-asian-tables.ts';
import type { HeaderElement } from './udh.ts';

const common: readonly (readonly [number, string])[] = [
  [0x0a, '\f'],
  [0x14, '^'],
  [0x28, '{'],
  [0x29, '}'],
  [0x2f, '\\'],
  [0x3c, '['],
  [0x3d, '~'],
  [0x3e, ']'],
  [0x40, '|'],
];

const turkish = 1;
const spanish = 2;
const portuguese = 3;

const single: Readonly<Record<number, ReadonlyMap<number, string>>> = {
  [turkish]: new Map([
    ...common,
    [0x47, 'Ğ'],
    [0x49, 'İ'],
    [0x53, 'Ş'],
    [0x63, 'ç'],
    [0x65, '€'],
    [0x67, 'ğ'],
    [0x69, 'ı'],
    [0x73, 'ş'],
  ]),
  [spanish]: new Map([
    ...common,
    [0x09, 'ç'],
    [0x41, 'Á'],
    [0x49, 'Í'],
    [0x4f, 'Ó'],
    [0x55, 'Ú'],
    [0x61, 'á'],
    [0x65, '€'],
    [0x69, 'í'],
    [0x6f, 'ó'],
    [0x75, 'ú'],
  ]),
  [portuguese]: new Map([
    ...common,
    [0x05, 'ê'],
    [0x09, 'ç'],
    [0x0b, 'Ô'],
    [0x0c, 'ô'],
    [0x0e, 'Á'],
    [0x0f, 'á'],
    [0x12, 'Φ'],
    [0x13, 'Γ'],
    [0x15, 'Ω'],
    [0x16, 'Π'],
    [0x17, 'Ψ'],
    [0x18, 'Σ'],
    [0x19, 'Θ'],
    [0x1f, 'Ê'],
    [0x41, 'À'],
    [0x49, 'Í'],
    [0x4f, 'Ó'],
    [0x55, 'Ú'],
    [0x5b, 'Ã'],
    [0x5c, 'Õ'],
    [0x61, 'Â'],
    [0x65, '€'],
    [0x69, 'í'],
    [0x6f, 'ó'],
    [0x75, 'ú'],
    [0x7b, 'ã'],
    [0x7c, 'õ'],
    [0x7f, 'â'],
  ]),
};

const locking: Readonly<Record<number, string>> = {
  [turkish]:
    '@£$¥€éùıòÇ\nĞğ\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bŞşßÉ !"#¤%&\'()*+,-./0123456789:;<=>?İABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§çabcdefghijklmnopqrstuvwxyzäöñüà',
  [portuguese]:
    '@£$¥êéúíóç\nÔô\rÁáΔ_ªÇÀ∞^\\€Ó|\u001bÂâÊÉ !"#º%&\'()*+,-./0123456789:;<=>?ÍABCDEFGHIJKLMNOPQRSTUVWXYZÃÕÚÜ§~abcdefghijklmnopqrstuvwxyzãõ`üà',
};

export function nationalTables(elements: readonly HeaderElement[]): ShiftTables {
  const singleId = elements.findLast((one) => one.id === 0x24)?.data[0];
  const lockingId = elements.findLast((one) => one.id === 0x25)?.data[0];
  const singleChars = singleId === undefined ? undefined : (single[singleId] ?? singleShiftTable(singleId));
  const lockingChars = lockingId === undefined ? undefined : (locking[lockingId] ?? lockingTable(lockingId));
  return {
    ...(singleChars === undefined ? {} : { single: singleChars }),
    ...(lockingChars === undefined ? {} : { locking: lockingChars }),
  };
}
