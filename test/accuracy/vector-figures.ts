/** What the detectors make of stdnum's own vectors, each said in a sentence that names it. */
import type { Judge } from '../../src/policy/verdict.ts';
import { judged, placesByRule } from './ours.ts';
import { count, noTally, type Tally } from './tally.ts';
import { stdnumVectors, type Vector } from './vectors.ts';

/** Which of stdnum's validators is behind which detector, and the word that people put before such a number. */
export const validators: readonly (readonly [validator: string, kind: string, word: string])[] = [
  ['us/ssn', 'ssn-us', 'SSN'],
  ['at/vnr', 'id-at', 'Sozialversicherungsnummer'],
  ['at/tin', 'id-at', 'Steuernummer'],
  ['be/nn', 'id-be', 'rijksregisternummer'],
  ['ch/ssn', 'id-ch', 'AHV'],
  ['de/idnr', 'id-de', 'Steuer-ID'],
  ['de/svnr', 'id-de', 'Sozialversicherungsnummer'],
  ['fr/nir', 'id-fr', 'sécurité sociale'],
  ['gb/nino', 'id-gb', 'NI'],
  ['ie/pps', 'id-ie', 'PPS'],
  ['nl/bsn', 'id-nl', 'BSN'],
  ['es/dni', 'id-es', 'DNI'],
  ['es/nie', 'id-es', 'NIE'],
  ['gr/amka', 'id-gr', 'AMKA'],
  ['it/codicefiscale', 'id-it', 'codice fiscale'],
  ['pt/nif', 'id-pt', 'NIF'],
  ['hr/oib', 'id-hr', 'OIB'],
  ['si/emso', 'id-si', 'EMSO'],
  ['tr/tckimlik', 'id-tr', 'TC kimlik'],
  ['dk/cpr', 'id-dk', 'CPR'],
  ['ee/ik', 'id-ee', 'isikukood'],
  ['fi/hetu', 'id-fi', 'hetu'],
  ['is/kennitala', 'id-is', 'kennitala'],
  ['lt/asmens', 'id-lt', 'asmens kodas'],
  ['lv/pvn', 'id-lv', 'personas kods'],
  ['no/fodselsnummer', 'id-no', 'fødselsnummer'],
  ['se/personnummer', 'id-se', 'personnummer'],
  ['bg/egn', 'id-bg', 'EGN'],
  ['cz/rc', 'id-cz', 'rodné číslo'],
  ['hu/anum', 'id-hu', 'adószám'],
  ['pl/pesel', 'id-pl', 'PESEL'],
  ['ro/cnp', 'id-ro', 'CNP'],
  ['ru/inn', 'id-ru', 'INN'],
  ['br/cpf', 'id-br', 'CPF'],
  ['ca/sin', 'id-ca', 'SIN'],
  ['cl/rut', 'id-cl', 'RUT'],
  ['mx/curp', 'id-mx', 'CURP'],
  ['au/tfn', 'id-au', 'TFN'],
  ['cn/ric', 'id-cn', '身份证'],
  ['il/idnr', 'id-il', 'teudat zehut'],
  ['in/aadhaar', 'id-in', 'aadhaar'],
  ['in/pan', 'id-in', 'PAN'],
  ['kr/rrn', 'id-kr', 'RRN'],
  ['th/idnr', 'id-th', 'citizen'],
  ['tw/natid', 'id-tw', 'identity'],
  ['za/idnr', 'id-za', 'identity'],
];

export interface VectorFigures {
  readonly tally: Tally;
  /** Those that came out wrong, so that they can be looked at: `nl/bsn missed 111222333`. */
  readonly surprises: readonly string[];
  readonly vectors: number;
}

/** A valid one is to be found as a whole and once; of an invalid one nothing by its detector. */
export async function vectorFigures(judge: Judge): Promise<ReadonlyMap<string, VectorFigures>> {
  const byKind = new Map<string, VectorFigures>();
  for (const [validator, kind, word] of validators) {
    const vectors = await stdnumVectors([validator]);
    const known = byKind.get(kind);
    const tally = known?.tally ?? noTally();
    const surprises = [...(known?.surprises ?? [])];
    for (const vector of vectors) {
      const surprise = countVector(judge, tally, { vector, kind, word });
      if (surprise !== undefined) surprises.push(`${validator} ${surprise}: ${vector.text}`);
    }
    byKind.set(kind, { tally, surprises, vectors: (known?.vectors ?? 0) + vectors.length });
  }
  return byKind;
}

interface Said {
  readonly vector: Vector;
  readonly kind: string;
  readonly word: string;
}

function countVector(judge: Judge, into: Tally, { vector, kind, word }: Said): 'missed' | 'wrong' | undefined {
  const start = word.length + 1;
  const found = placesByRule(judged(judge, `${word} ${vector.text}`)).get(kind) ?? [];
  const mine = noTally();
  count(mine, vector.valid ? [{ start, end: start + vector.text.length }] : [], found);
  into.found += mine.found;
  into.wrong += mine.wrong;
  into.missed += mine.missed;
  if (mine.missed > 0) return 'missed';
  return mine.wrong > 0 ? 'wrong' : undefined;
}
