/**
 * Numbers that hold the day on which somebody was born. `stdnum` refuses those whose day lies in the future of the
 * computer's clock, or takes the century from it, so the same text would be judged otherwise tomorrow, and otherwise by a
 * back-test: these read the calendar alone, and years from 1800 to 2049. For days of the past they say what `stdnum` says
 * (a test compares them), but where a state's rule is narrower, which stands beside it.
 */
import { luhnHolds } from '../luhn.ts';
import type { Checked } from './number-kind.ts';
import { isBirthday, numberAt, weighted } from './digit-sums.ts';

type Check = (text: string) => Checked;

function checked(holds: boolean, compact: string): Checked {
  return holds ? { isValid: true, compact } : { isValid: false };
}

function ifForm(form: RegExp, holds: (text: string) => boolean): Check {
  return (text) => checked(form.test(text) && holds(text), text);
}

/** Rijksregisternummer: YYMMDD, serial, 97 less the remainder; behind a 2 for those born from 2000 on. Unknown days have month 00. */
export const belgian = ifForm(/^\d{11}$/u, (text) => {
  const [month, day, check] = [numberAt(text, 2, 4), numberAt(text, 4, 6), numberAt(text, 9, 11)];
  const isUnknown = month === 0 || (day === 1 && [0, 20, 40].includes(month) && text.startsWith('00'));
  return ['', '2'].some((before) => {
    const year = numberAt(text, 0, 2) + (before === '' ? 1900 : 2000);
    return (
      isBirthday(year, isUnknown ? 1 : month, isUnknown ? 1 : day) &&
      (Number(before + text.slice(0, 9)) + check) % 97 === 0
    );
  });
});

/** GB 11643-1999: region, YYYYMMDD, serial, ISO 7064 MOD 11-2. */
export const chinese = ifForm(/^\d{17}[\dX]$/u, (text) => {
  const sum = weighted(text, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
  return (
    isBirthday(numberAt(text, 6, 10), numberAt(text, 10, 12), numberAt(text, 12, 14)) &&
    '10X98765432'.charAt(sum % 11) === text.charAt(17)
  );
});

/** Months of women are 50 more, from 2004 on 20 more when a day has no numbers left; other months are no months. */
function czechMonth(month: number, year: number): number {
  const ofMan = month > 50 ? month - 50 : month;
  return ofMan > 20 && year >= 2004 ? ofMan - 20 : ofMan;
}

/** Rodné číslo, from 1954: YYMMDD, serial, a check digit modulo 11 (10 counted as 0 until 1985). */
export const czech = ifForm(/^\d{10}$/u, (text) => {
  const short = numberAt(text, 0, 2);
  const year = short < 54 ? 2000 + short : 1900 + short;
  const sum = numberAt(text, 0, 9) % 11;
  return (
    isBirthday(year, czechMonth(numberAt(text, 2, 4), year), numberAt(text, 4, 6)) &&
    (year < 1985 ? sum % 10 : sum) === numberAt(text, 9, 10)
  );
});

/** Before 1954: three digits behind the day, none of them a check digit. */
export const czechBefore1954: Check = (text) => {
  const digits = text.replace('/', '');
  const short = numberAt(digits, 0, 2);
  const year = short > 80 ? 1800 + short : 1900 + short;
  const isBorn = isBirthday(year, czechMonth(numberAt(digits, 2, 4), year), numberAt(digits, 4, 6));
  return checked(/^\d{9}$/u.test(digits) && (short > 80 || short < 54) && isBorn, digits);
};

/** CPR: DDMMYY, serial, whose first digit tells the century. A check digit was given up in 2007. */
export const danish = ifForm(/^\d{10}$/u, (text) => {
  const [day, month, short, serial] = [
    numberAt(text, 0, 2),
    numberAt(text, 2, 4),
    numberAt(text, 4, 6),
    text.charAt(6),
  ];
  const is18 = '5678'.includes(serial) && short >= 58;
  const is19 = '0123'.includes(serial) || ('49'.includes(serial) && short >= 37);
  return isBirthday(short + (is18 ? 1800 : is19 ? 1900 : 2000), month, day);
});

/** Henkilötunnus: DDMMYY, a sign for the century (more signs since 2023), serial, a check character modulo 31. */
export const finnish = ifForm(/^\d{6}[-+A-FU-Y]\d{3}[\dA-FHJ-NPR-Y]$/u, (text) => {
  const sign = text.charAt(6);
  const century = sign === '+' ? 1800 : /[A-F]/u.test(sign) ? 2000 : 1900;
  const sum = numberAt(text.slice(0, 6) + text.slice(7, 10), 0, 9);
  return (
    isBirthday(century + numberAt(text, 4, 6), numberAt(text, 2, 4), numberAt(text, 0, 2)) &&
    '0123456789ABCDEFHJKLMNPRSTUVWXY'.charAt(sum % 31) === text.charAt(10)
  );
});

/** Resident registration: YYMMDD, a digit for sex and century, place (to 96), serial, modulo 11. Given out since 2020 without a check digit: those are missed. */
export const korean = ifForm(/^\d{13}$/u, (text) => {
  const century = [1800, 1900, 1900, 2000, 2000, 1900, 1900, 2000, 2000, 1800][numberAt(text, 6, 7)] ?? 0;
  const sum = weighted(text, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]);
  return (
    isBirthday(century + numberAt(text, 0, 2), numberAt(text, 2, 4), numberAt(text, 4, 6)) &&
    numberAt(text, 7, 9) <= 96 &&
    (11 - (sum % 11)) % 10 === numberAt(text, 12, 13)
  );
});

/** Asmens kodas: sex and century, YYMMDD, serial, a check digit in two rounds modulo 11. 9 is for those without a day. */
export const lithuanian = ifForm(/^\d{11}$/u, (text) => {
  const first = numberAt(text, 0, 1);
  const year = 1800 + 100 * Math.floor((first - 1) / 2) + numberAt(text, 1, 3);
  const rounds = [weighted(text, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]), weighted(text, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3])];
  const check = rounds.map((sum) => sum % 11).find((rest) => rest !== 10) ?? 0;
  return (
    (first === 9 || (first > 0 && isBirthday(year, numberAt(text, 3, 5), numberAt(text, 5, 7)))) &&
    check === numberAt(text, 10, 11)
  );
});

/** Personas kods: DDMMYY, a digit for the century, serial, modulo 11. Companies, whose numbers begin with 4 to 9, are no persons. */
export const latvian = ifForm(/^[0-3]\d{10}$/u, (text) => {
  const year = 1800 + 100 * numberAt(text, 6, 7) + numberAt(text, 4, 6);
  const sum = 1 + weighted(text, [10, 5, 8, 4, 2, 1, 6, 3, 7, 9]);
  return isBirthday(year, numberAt(text, 2, 4), numberAt(text, 0, 2)) && (sum % 11) % 10 === numberAt(text, 10, 11);
});

/** Fødselsnummer: DDMMYY (days of D-numbers, months of H-numbers are 40 more), serial for the century, two check digits. */
export const norwegian = ifForm(/^\d{11}$/u, (text) => {
  const year = norwegianYear(numberAt(text, 4, 6), numberAt(text, 6, 9));
  const [month, day] = [numberAt(text, 2, 4), numberAt(text, 0, 2)];
  const first = (11 - (weighted(text, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11)) % 11;
  const second = (11 - (weighted(text, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return (
    isBirthday(year, month > 40 ? month - 40 : month, day > 40 ? day - 40 : day) &&
    first === numberAt(text, 9, 10) &&
    second === numberAt(text, 10, 11)
  );
});

function norwegianYear(short: number, serial: number): number {
  if (serial < 500) return 1900 + short;
  if (serial < 750 && short > 54) return 1800 + short;
  if (short < 40) return 2000 + short;
  return serial >= 900 ? 1900 + short : 0;
}

/** PESEL: YYMMDD (months are 80 more in the 19th century, 20 more in the 21st), serial, modulo 10. */
export const polish = ifForm(/^\d{11}$/u, (text) => {
  const month = numberAt(text, 2, 4);
  const century = month > 80 ? 1800 : month > 40 ? 0 : month > 20 ? 2000 : 1900;
  const sum = weighted(text, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]);
  return (
    isBirthday(century + numberAt(text, 0, 2), month % 20, numberAt(text, 4, 6)) &&
    (10 - (sum % 10)) % 10 === numberAt(text, 10, 11)
  );
});

/** CNP: sex and century, YYMMDD, county, serial, modulo 11 (10 counted as 1). */
export const romanian = ifForm(/^[1-9]\d{12}$/u, (text) => {
  const century = [0, 1900, 1900, 1800, 1800, 2000, 2000, 1900, 1900, 1900][numberAt(text, 0, 1)] ?? 0;
  const county = numberAt(text, 7, 9);
  const rest = weighted(text, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
  return (
    isBirthday(century + numberAt(text, 1, 3), numberAt(text, 3, 5), numberAt(text, 5, 7)) &&
    ((county >= 1 && county <= 48) || county === 51 || county === 52) &&
    (rest === 10 ? 1 : rest) === numberAt(text, 12, 13)
  );
});

/**
 * Personnummer: (YY)YYMMDD, serial, Luhn over the last ten digits; days of coordination numbers are 60 more. Of the
 * short form any century may be meant. One value for all writings: `YYMMDD-NNNN`, `+` where that was written.
 */
export const swedish: Check = (text) => {
  const parts = /^(\d{2})?(\d{6})([-+]?)(\d{4})$/u.exec(text);
  if (parts === null) return { isValid: false };
  const [, century, date = '', sign = '', serial = ''] = parts;
  const day = numberAt(date, 4, 6);
  const short = numberAt(date, 0, 2);
  const years =
    century === undefined ? [1800, 1900, 2000].map((from) => from + short) : [Number(century) * 100 + short];
  const isBorn = years.some((year) => isBirthday(year, numberAt(date, 2, 4), day > 60 ? day - 60 : day, 1000));
  return checked(isBorn && luhnHolds(date + serial), `${date}${sign === '+' ? '+' : '-'}${serial}`);
};

/** EMŠO: DDMMYYY, region, serial, modulo 11. */
export const slovenian = ifForm(/^\d{13}$/u, (text) => {
  const short = numberAt(text, 4, 7);
  const sum = weighted(text, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
  return (
    isBirthday(short + (short < 800 ? 2000 : 1000), numberAt(text, 2, 4), numberAt(text, 0, 2)) &&
    ((11 - (sum % 11)) % 11) % 10 === numberAt(text, 12, 13)
  );
});
