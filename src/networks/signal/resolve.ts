/** Whom a written number, uuid or user name is on Signal. */
import { parseAddress, type Address } from '../../core/ids.ts';
import type { Kv, Resolved } from '../../core/ports/connector.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { isNumber, isUuid, People } from './people.ts';
import type { Session } from './session.ts';
import { userStatus } from './wire.ts';

const askForMs = 15_000;

export async function resolveOnSignal(
  written: string,
  { session, kv }: { readonly session: Session; readonly kv: Kv },
): Promise<Result<Resolved, string>> {
  const plain = written.trim();
  const number = plain.replace(/[\s().\u2010-\u2015-]/gu, '').replace(/^00/u, '+');
  if (isUuid(plain.toLowerCase())) return resolved(await new People(kv).of({ uuid: plain.toLowerCase() }));
  if (isNumber(number)) return asked({ recipient: [number] }, number, { session, kv });
  if (/^\w{3,32}\.\d{2,9}$/u.test(plain)) return asked({ username: [plain] }, plain, { session, kv });
  return err('write a number with its country, +12025550199, or a Signal user name, ann.42');
}

async function asked(
  params: object,
  who: string,
  { session, kv }: { readonly session: Session; readonly kv: Kv },
): Promise<Result<Resolved, string>> {
  const line = session.lines[0];
  if (line === undefined) return err('Signal has no line here');
  const called = await session.ask(line, 'getUserStatus', params, { timeoutMs: askForMs });
  if (called.kind !== 'result') {
    // Signal allows few such questions: whoever is not there is told at sending.
    return isNumber(who) ? plainly(who) : err("Signal can't be asked for user names at the moment: try again later");
  }
  const listed = userStatus.safeParse(called.value);
  const uuid = listed.success ? listed.data.find((one) => one.uuid !== undefined)?.uuid : undefined;
  if (uuid === undefined) return err(`${who} is not on Signal`);
  const people = new People(kv);
  const person = await people.of({ uuid, ...(isNumber(who) ? { number: who } : {}) });
  await kv.apply(people.edits);
  return resolved(person);
}

function resolved(person: { readonly address: Address; readonly name?: string } | undefined): Result<Resolved, string> {
  if (person === undefined) return err('nobody that Signal knows');
  const { address, name } = person;
  return ok({ address, ...(name === undefined ? {} : { name }) });
}

function plainly(who: string): Result<Resolved, string> {
  const address = parseAddress(who);
  return address.ok ? ok({ address: address.value }) : err('nobody that Signal knows');
}
