import { describe, expect, test } from '@jest/globals';
import { foundBy } from './found-by.ts';
import { vectorsOf } from './stdnum-vectors.ts';

/** Detector and the validators behind it. Slovakia's has no spec file of its own; it is the Czech one. */
const validators: Readonly<Record<string, readonly string[]>> = {
  'id-at': ['at/vnr', 'at/tin'],
  'id-au': ['au/tfn'],
  'id-be': ['be/nn'],
  'id-bg': ['bg/egn'],
  'id-br': ['br/cpf'],
  'id-ca': ['ca/sin'],
  'id-ch': ['ch/ssn'],
  'id-cl': ['cl/rut'],
  'id-cn': ['cn/ric'],
  'id-cz': ['cz/rc'],
  'id-de': ['de/idnr', 'de/svnr'],
  'id-dk': ['dk/cpr'],
  'id-ee': ['ee/ik'],
  'id-es': ['es/dni', 'es/nie'],
  'id-fi': ['fi/hetu'],
  'id-fr': ['fr/nir'],
  'id-gb': ['gb/nino'],
  'id-gr': ['gr/amka'],
  'id-hr': ['hr/oib'],
  'id-hu': ['hu/anum'],
  'id-ie': ['ie/pps'],
  'id-il': ['il/idnr'],
  'id-in': ['in/aadhaar', 'in/pan'],
  'id-is': ['is/kennitala'],
  'id-it': ['it/codicefiscale'],
  'id-kr': ['kr/rrn'],
  'id-lt': ['lt/asmens'],
  'id-lv': ['lv/pvn'],
  'id-mx': ['mx/curp'],
  'id-nl': ['nl/bsn'],
  'id-no': ['no/fodselsnummer'],
  'id-pl': ['pl/pesel'],
  'id-pt': ['pt/nif'],
  'id-ro': ['ro/cnp'],
  'id-ru': ['ru/inn'],
  'id-se': ['se/personnummer'],
  'id-si': ['si/emso'],
  'id-th': ['th/idnr'],
  'id-tr': ['tr/tckimlik'],
  'id-tw': ['tw/natid'],
  'id-za': ['za/idnr'],
};

const vectors = Object.entries(validators).flatMap(([detector, names]) =>
  names.flatMap((name) => vectorsOf(name).map((vector) => ({ detector, ...vector }))),
);
const wanted = vectors.filter(({ valid }) => valid);
const refused = vectors.filter(({ valid }) => !valid);

describe("the vectors of stdnum's own tests", () => {
  test('are read, enough of both sorts', () => {
    expect(wanted.length).toBeGreaterThanOrEqual(100);
    expect(refused.length).toBeGreaterThanOrEqual(120);
  });

  test.each(wanted)('$detector: $text is found in a sentence', ({ detector, text }) => {
    expect(foundBy(detector, `Hi, it is ${text}, thanks`)).toHaveLength(1);
  });

  test.each(refused)('$detector: $text is not found', ({ detector, text }) => {
    expect(foundBy(detector, `Hi, it is ${text}, thanks`)).toEqual([]);
  });
});
