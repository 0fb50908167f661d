/** What one customer did: each act on record and in the room, once and in its order. */
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
  const acts = traffic.acts.get(customer) ?? [];
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
        at.length > 1 ? [`“${act.text}” (${act.what}) is on record ${String(at.length)} times`] : [],
      ),
    ],
    late: late.length,
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

/** A picture that came late stands where its words are; the bytes follow as a message of their own. */
function placesIn(shown: readonly Shown[], { what, text, sha256 }: Act): readonly number[] {
  const places = shown.flatMap((one, at) => (one.what === what && one.text === text ? [at] : []));
  const came = shown.filter((one) => isLatePicture(one) && one.sha256 === sha256).length;
  if (what !== 'picture' || came === 0) return places;
  const words = shown.flatMap((one, at) => (one.what === 'text' && one.text === text ? [at] : []));
  return [...places, ...words.slice(0, came)];
}

function isLatePicture({ what, text }: Shown): boolean {
  return what === 'picture' && namesIn(text).size === 0;
}

/** Positions; the newest record is printed first. */
export function recordOf({ what, text }: Act, { record }: Pick<NetworkEvidence, 'record'>): readonly number[] {
  return record.flatMap((one) => (one.kind === kinds[what] && one.text === text ? [one.position] : []));
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
