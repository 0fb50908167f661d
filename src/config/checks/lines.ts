/** Lines: a connector, staff, an address that is theirs alone, a retention class that exists. */
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { nearest } from '../../core/nearest.ts';
import type { ConnectorTypes } from '../config.ts';
import type { ConfigProblem } from '../problem.ts';
import { presetNames } from '../retention-presets.ts';
import type { ParsedConfig } from '../schema.ts';

type ParsedLine = ParsedConfig['lines'][number];
interface At {
  readonly config: ParsedConfig;
  readonly types: ConnectorTypes;
  readonly line: ParsedLine;
  readonly i: number;
}
const PHONE_NETWORKS = ['sms', 'whatsapp', 'signal'];
/** GSM 03.40: an alphanumeric sender has at most 11 characters; a short code is shorter than any full number. */
const NAMED_SENDER = /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/u;
const SHORT_CODE = /^\d{3,8}$/u;

export function checkLines(config: ParsedConfig, types: ConnectorTypes): readonly ConfigProblem[] {
  return config.lines.flatMap((line, i) => {
    const at = { config, types, line, i };
    return [...checkId(at), ...checkConnector(at), ...checkStaff(at), ...checkAddress(at), ...checkClass(at)];
  });
}

function checkId({ config, line, i }: At): readonly ConfigProblem[] {
  const first = config.lines.findIndex((other) => other.id === line.id);
  if (first === i) return [];
  const message = `${line.id} is the id of lines[${String(first)}] too`;
  return [{ path: `lines[${String(i)}].id`, message, fix: 'give it another id' }];
}

function checkConnector({ config, line, i }: At): readonly ConfigProblem[] {
  const known: readonly string[] = config.connectors.map((connector) => connector.id);
  if (known.includes(line.connector)) return [];
  const meant = nearest(line.connector, known);
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  const fix = known.length === 0 ? 'add one under connectors' : `write one of: ${known.join(', ')}`;
  return [{ path: `lines[${String(i)}].connector`, message: `there is no connector ${line.connector}${hint}`, fix }];
}

function checkStaff({ config, line, i }: At): readonly ConfigProblem[] {
  const somebody = line.staff.some((person) => {
    const group = person.kind === 'group' ? config.groups[person.group] : undefined;
    return !Array.isArray(group) || group.length > 0;
  });
  if (somebody) return [];
  const message = 'nobody may use this line, so nobody would see its messages';
  return [{ path: `lines[${String(i)}].staff`, message, fix: `name a group that has members, or people` }];
}

function checkAddress(at: At): readonly ConfigProblem[] {
  const network = networkOf(at.line, at);
  const path = `lines[${String(at.i)}].address`;
  if (network === undefined) return [];
  const first = at.config.lines.findIndex(
    (other) => isSame(other.address, at.line.address) && networkOf(other, at) === network,
  );
  if (first !== at.i) {
    const message = `lines[${String(first)}] has this address on ${network} too`;
    return [{ path, message, fix: 'an address belongs to one line: remove one of the two' }];
  }
  const refused = refusedByConnector(at, path);
  if (refused.length > 0) return refused;
  if (network === 'telegram') return checkTelegramName(at, path);
  return PHONE_NETWORKS.includes(network) ? checkNumber(at, path) : [];
}

/** What would end the process at its start: the connector can't be made with that line. */
function refusedByConnector({ config, types, line }: At, path: string): readonly ConfigProblem[] {
  const connector = config.connectors.find(({ id }) => id === line.connector);
  const refusal = connector && types.get(connector.type)?.refusesLine?.(connector.reveal(), line.address);
  return refusal === undefined ? [] : [{ path, ...refusal }];
}

/** Telegram names and XMPP addresses are one however their letters are written. */
function isSame(one: string, other: string): boolean {
  return one === other || (one.includes('@') && one.toLowerCase() === other.toLowerCase());
}

/** As docs/networks/telegram.md says it: without the sign a bot would be taken for an account that nobody has connected. */
function checkTelegramName({ line: { address } }: At, path: string): readonly ConfigProblem[] {
  if (/^(?:@\w+|tg:\d+)$/u.test(address)) return [];
  const fix =
    /^\w+$/u.test(address) && !/^\d+$/u.test(address)
      ? `write it as "@${address}"`
      : 'write "@" and the name that Telegram knows it by, or tg: and its number';
  return [{ path, message: `${address} is not the name of a bot or an account`, fix }];
}

function networkOf(line: ParsedLine, at: At): string | undefined {
  const connector = at.config.connectors.find((one) => one.id === line.connector);
  return connector === undefined ? undefined : at.types.get(connector.type)?.networkOf(connector.reveal());
}

function checkNumber({ line }: At, path: string): readonly ConfigProblem[] {
  const { address } = line;
  if (NAMED_SENDER.test(address) || SHORT_CODE.test(address)) return [];
  const number = parsePhoneNumberFromString(address);
  if (number?.isPossible() === true && number.number === address) return [];
  const fix =
    number?.isPossible() === true
      ? `write it as "${number.number}"`
      : 'write + and the country code, without spaces: "+12025550100"';
  return [{ path, message: `${address} is not a phone number with its country code`, fix }];
}

function checkClass({ config, line, i }: At): readonly ConfigProblem[] {
  return line.class === undefined ? [] : knownClass(config, line.class, `lines[${String(i)}].class`);
}

/** A class is built in or one of `retention.classes`. */
export function knownClass(config: ParsedConfig, name: string, path: string): readonly ConfigProblem[] {
  const known = [...presetNames, ...Object.keys(config.retention.classes)];
  if (known.includes(name)) return [];
  const meant = nearest(name, known);
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  const fix = `write one of ${known.join(', ')}; or add it under retention.classes`;
  return [{ path, message: `there is no retention class ${name}${hint}`, fix }];
}
