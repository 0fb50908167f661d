/** What one customer did: each act on record and in the room, once and in its order. */
import type { RecordSeen } from '../judge/evidence.ts';
import type { NetworkEvidence, Shown } from './evidence.ts';
import type { Act, Customer, NetworkTraffic } from './traffic.ts';
import { namesIn } from './traffic.ts';

export interface InboundVerdict {
  readonly texted: number;
  readonly shown: number;
  readonly lost: readonly string[];
  readonly reordered: readonly string[];
  readonly marked: number;
  readonly unmarked: readonly string[];
  /** Found in the provider's list only: they may stand after what came later. */
  readonly late: number;
  /** Nobody keeps it: it came back to who wrote it, or never got a receipt. */
  readonly givenBack: number;
  readonly wrong: readonly string[];
}

interface Judged {
  readonly traffic: Pick<NetworkTraffic, 'acts'>;
  readonly evidence: NetworkEvidence;
}

const kinds: Readonly<Record<Act['what'], string>> = {
  text: 'network.message',
  picture: 'network.message',
  edit: 'network.edit',
  deletion: 'network.redaction',
};

export function judgeInbound(customer: Customer, { traffic, evidence }: Judged): InboundVerdict {
  const all = traffic.acts.get(customer) ?? [];
  const acts = all.filter((act) => !cameBack(act, customer, evidence));
  const gone = new Set(acts.flatMap(({ what, text }) => (what === 'deletion' ? [text] : [])));
  const shown = evidence.shown.get(customer.name) ?? [];
  const visible = acts.filter(({ what, text }) => what !== 'deletion' && (what !== 'text' || !gone.has(text)));
  const late = acts.filter((act) => isLate(act, customer));
  const inRoom = visible.map((act) => ({ act, at: placesIn(shown, act) }));
  const onRecord = acts.filter(({ what }) => what !== 'deletion').map((act) => ({ act, at: recordOf(act, evidence) }));
  const copies = inRoom.map(({ act, at: [, ...more] }) => ({ act, more }));
  return {
    texted: visible.length,
    shown: inRoom.filter(({ at }) => at.length > 0).length,
    lost: [...missing(inRoom, 'in the room'), ...missing(onRecord, 'on record')],
    reordered: [...backwards(inRoom, customer, 'in the room'), ...backwards(onRecord, customer, 'on record')],
    marked: copies.flatMap(({ more }) => more.filter((at) => shown[at]?.marked === true)).length,
    unmarked: [
      ...copies.flatMap(({ act, more }) =>
        more.some((at) => shown[at]?.marked !== true) ? [`“${act.text}” (${act.what}) is in the room again`] : [],
      ),
      ...onRecord.flatMap(({ act, at }) =>
        at.length > 1 && !mayRepeat(act, customer, shown)
          ? [`“${act.text}” (${act.what}) is on record ${String(at.length)} times`]
          : [],
      ),
    ],
    late: late.length,
    givenBack: all.length - acts.length,
    wrong: [...otherBytes(inRoom, shown), ...stillShown(shown, gone, customer), ...split(customer, evidence, acts)],
  };
}

interface Found {
  readonly act: Act;
  readonly at: readonly number[];
}

function isLate({ acknowledged }: Act, { player }: Customer): boolean {
  return player.callsOnce === true && !acknowledged;
}

/** Its writer knows that nobody has it; what was in the stream when Gatehouse died may be on record all the same. */
function cameBack(act: Act, { player }: Customer, evidence: NetworkEvidence): boolean {
  return player.keepsNothing === true && act.done && !act.acknowledged && recordOf(act, evidence).length === 0;
}

/** What the network brings again without a name is on record again; each copy in the room says what it is. */
function mayRepeat({ text }: Act, { player }: Customer, shown: readonly Shown[]): boolean {
  return player.nameless === true && shown.some((one) => one.text === text && one.marked);
}

/** A picture that came late stands where its words are; the bytes follow as a message of their own. */
function placesIn(shown: readonly Shown[], { what, text, sha256, wordless }: Act): readonly number[] {
  if (wordless !== undefined)
    return shown.flatMap((one, at) => (one.sha256 === sha256 ? [awaitedAt(shown, one) ?? at] : []));
  const places = shown.flatMap((one, at) => (one.what === what && one.text === text ? [at] : []));
  const came = shown.filter((one) => isLatePicture(one) && one.sha256 === sha256).length;
  if (what !== 'picture' || came === 0) return places;
  const words = shown.flatMap((one, at) => (one.what === 'text' && one.text === text ? [at] : []));
  return [...places, ...words.slice(0, came)];
}

/** Without words it is said in their place that a picture hasn't come yet; the picture answers that. */
function awaitedAt(shown: readonly Shown[], { answers }: Shown): number | undefined {
  const at = shown.findIndex(({ event, text }) => event === answers && text.startsWith('📎'));
  return answers === undefined || at < 0 ? undefined : at;
}

function isLatePicture({ what, text }: Shown): boolean {
  return what === 'picture' && namesIn(text).size === 0;
}

/** Positions; the newest record is printed first. */
export function recordOf(act: Act, { record }: Pick<NetworkEvidence, 'record'>): readonly number[] {
  const { what, text, wordless } = act;
  if (wordless !== undefined) return wordlessIn(record, wordless);
  return record.flatMap((one) => (one.kind === kinds[what] && one.text === text ? [one.position] : []));
}

/** Of pictures without words the first is the first that he sent, and so on. */
function wordlessIn(record: readonly RecordSeen[], { from, before }: NonNullable<Act['wordless']>): readonly number[] {
  const his = record.filter(
    (one) => one.kind === 'network.message' && one.from === from && namesIn(one.text).size === 0,
  );
  const positions = his.map(({ position }) => position).sort((a, b) => a - b);
  return positions.slice(before, before + 1);
}

function missing(found: readonly Found[], where: string): readonly string[] {
  return found.flatMap(({ act, at }) => (at.length > 0 ? [] : [`“${act.text}” (${act.what}) is not ${where}`]));
}

/** A sentence for each place where the order goes back. */
function backwards(found: readonly Found[], customer: Customer, where: string): readonly string[] {
  const firm = found.filter(({ act, at }) => at.length > 0 && !isLate(act, customer));
  return firm.flatMap(({ act, at: [place = 0] }, index) => {
    const before = firm[index - 1];
    if (before === undefined || place > (before.at[0] ?? 0)) return [];
    return [`“${act.text}” (${act.what}) overtook “${before.act.text}” (${before.act.what}) ${where}`];
  });
}

function otherBytes(found: readonly Found[], shown: readonly Shown[]): readonly string[] {
  return found.flatMap(({ act, at }) =>
    at.some((place) => shown[place]?.what === act.what && shown[place].sha256 !== act.sha256)
      ? [`“${act.text}” has other bytes in the room`]
      : [],
  );
}

function stillShown(shown: readonly Shown[], gone: ReadonlySet<string>, { name }: Customer): readonly string[] {
  const visible = shown.filter(({ what, text }) => what === 'text' && gone.has(text));
  const hidden = shown.filter(({ what }) => what === 'hidden').length;
  return [
    ...visible.map(({ text }) => `“${text}” was taken back and is still shown`),
    ...(hidden > gone.size ? [`${String(hidden - gone.size)} messages of ${name} are hidden without reason`] : []),
  ];
}

function split({ name }: Customer, { rooms, shown }: NetworkEvidence, acts: readonly Act[]): readonly string[] {
  const of = rooms.get(name)?.length ?? 0;
  const strangers = (shown.get(name) ?? []).filter((one) => !belongs(one, acts) && !namesIn(one.text).has(name));
  return [
    ...(of > 1 ? [`${name} has ${String(of)} portals`] : []),
    ...strangers.map(({ text }) => `“${text}” stands in the room of ${name}`),
  ];
}

/** What says no name: a picture of his that came late, and the word that it would. */
function belongs(one: Shown, acts: readonly Act[]): boolean {
  if (one.what === 'hidden' || (one.what === 'text' && one.text.startsWith('📎'))) return true;
  return isLatePicture(one) && acts.some(({ sha256 }) => sha256 === one.sha256);
}
