/** What looks like something to be found and is not: the numbers of everyday business. */
import type { SeededRandom } from '../../crash/seeded-random.ts';
import { digits, luhnDigit, whole } from './check-digits.ts';
import type { Make } from './values.ts';

const hex = (random: SeededRandom, count: number) =>
  Array.from({ length: count }, () => whole(random, 0, 15).toString(16)).join('');
const two = (n: number) => String(n).padStart(2, '0');
const amount = (random: SeededRandom) => `${String(whole(random, 1, 999))},${digits(random, 3)}.${digits(random, 2)}`;

/** One digit off: what somebody mistyped, or a number of another kind. */
function brokenCard(random: SeededRandom): string {
  const body = `4${digits(random, 14)}`;
  const wrong = String((Number(luhnDigit(body)) + whole(random, 1, 9)) % 10);
  return `${body}${wrong}`.replace(/(\d{4})(?=\d)/gu, '$1 ');
}

function isbn(random: SeededRandom): string {
  return `978-3-${digits(random, 2)}-${digits(random, 6)}-${digits(random, 1)}`;
}

function date(random: SeededRandom): string {
  return `${String(whole(random, 1990, 2030))}-${two(whole(random, 1, 12))}-${two(whole(random, 1, 28))}`;
}

function uuid(random: SeededRandom): string {
  return `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`;
}

export const lookAlikes: readonly [Make, ...Make[]] = [
  (r) => `order #${digits(r, 4)}-${digits(r, 4)}-${digits(r, 4)} is on its way`,
  (r) => `your order number is ${digits(r, 10)}`,
  (r) => `Bestellung ${digits(r, 8)} wurde versandt`,
  (r) => `UPS tracking 1Z${digits(r, 3)}AA${digits(r, 10)}`,
  (r) => `tracking number 9400 1${digits(r, 3)} ${digits(r, 4)} ${digits(r, 4)} ${digits(r, 4)} ${digits(r, 2)}`,
  (r) => `DHL JJD0${digits(r, 16)}, should be there on ${date(r)}`,
  (r) => `meeting on ${date(r)} at ${two(whole(r, 8, 18))}:${digits(r, 1)}0`,
  (r) => `delivery between ${date(r)} and ${date(r)}`,
  (r) => `log says 17${digits(r, 11)} again`,
  (r) => `${date(r)}T${two(whole(r, 0, 23))}:${two(whole(r, 0, 59))}:${two(whole(r, 0, 59))}.${digits(r, 6)}Z`,
  (r) => `we run version ${String(whole(r, 1, 20))}.${String(whole(r, 0, 30))}.${String(whole(r, 0, 9))}`,
  (r) =>
    `firmware v${String(whole(r, 1, 9))}.${String(whole(r, 0, 30))}.${String(whole(r, 0, 99))}.${String(whole(r, 0, 9))} is out`,
  (r) => `total ${amount(r)} EUR, of which ${amount(r)} net`,
  (r) => `$${amount(r)} vs $${amount(r)} last year`,
  (r) => `meet at ${String(whole(r, 40, 52))}.${digits(r, 6)}, ${String(whole(r, 1, 20))}.${digits(r, 6)}`,
  (r) => `the book is ISBN ${isbn(r)}`,
  (r) => `that card was declined: ${brokenCard(r)}`,
  (r) => `IBAN DE00 ${digits(r, 4)} ${digits(r, 4)} ${digits(r, 4)} ${digits(r, 4)} ${digits(r, 2)} has a typo`,
  (r) => `ticket ${uuid(r)}`,
  (r) => `commit ${hex(r, 40)} broke the build`,
  (r) => `md5 ${hex(r, 32)}`,
  (r) => `invoice INV-${String(whole(r, 2015, 2026))}-${digits(r, 6)} is due`,
  (r) => `Rechnung Nr. ${digits(r, 7)} vom ${two(whole(r, 1, 28))}.${two(whole(r, 1, 12))}.2026`,
  (r) => `customer no. ${digits(r, 8)}, contract ${digits(r, 7)}`,
  (r) => `serial SN ${digits(r, 4)} ${digits(r, 4)} ${digits(r, 3)}`,
  (r) => `flight LH${digits(r, 4)}, seat ${String(whole(r, 1, 40))}C, booking ref K${digits(r, 1)}PLQ${digits(r, 1)}`,
  (r) => `meter reading ${digits(r, 6)} kWh on ${date(r)}`,
  (r) => `${String(whole(r, 2, 99))} pallets x ${String(whole(r, 10, 99))} boxes = ${digits(r, 4)} units`,
  (r) => `zip ${digits(r, 5)}-${digits(r, 4)}`,
  (r) => `scores ${digits(r, 2)} ${digits(r, 2)} ${digits(r, 2)} ${digits(r, 2)} ${digits(r, 2)} ${digits(r, 2)}`,
  (r) => `https://shop.example/item/${digits(r, 12)}?ref=${hex(r, 16)}`,
  (r) => `part no ${digits(r, 3)}-${digits(r, 4)}-${digits(r, 2)}`,
];
