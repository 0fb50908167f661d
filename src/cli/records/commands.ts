/** The table of commands on the record. */
import { z } from 'zod';
import { parsePosition } from '../../core/ids.ts';
import { reconcile } from './reconcile.ts';
import { lineJson, recordAct } from './record-act.ts';
import type { Calling, Ended, RecordCommand, RecordCommandName, RecordCommands } from './record-command.ts';
import type { RecordDeps } from './record-deps.ts';
import { runRetention } from './retention-run.ts';
import { showRetention } from './retention-show.ts';
import { tail } from './tail.ts';

const MOST_HITS = 10_000;
const user = z.string().max(100);
const position = z.int().min(1);
const searchArgs = z.object({ user, query: z.string().max(2000), limit: z.int().min(1).max(MOST_HITS) });
const positionArgs = z.object({ user, position });
const verifyArgs = z.object({ user, checkpoint: z.string().max(10_000).optional() });
const backupArgs = z.object({ user, to: z.string().min(1).max(4096) });
const rebuildArgs = z.object({ user, check: z.boolean() });
const plainArgs = z.object({ user });

export function recordCommands(deps: RecordDeps): RecordCommands {
  const table: Readonly<Record<RecordCommandName, RecordCommand>> = {
    search: (calling) => search(deps, calling),
    'journal.show': (calling) => show(deps, calling),
    'journal.tail': (calling) => tail(deps, calling),
    'journal.stats': (calling) => stats(deps, calling),
    verify: (calling) => verify(deps, calling),
    prove: (calling) => prove(deps, calling),
    rebuild: (calling) => rebuild(deps, calling),
    reconcile: (calling) => reconcile(deps, calling),
    backup: (calling) => backup(deps, calling),
    health: (calling) => health(deps, calling),
    'presend.try': (calling) => tryPresend(deps, calling),
    'hold.list': (calling) => holds(deps, calling),
    'retention.show': (calling) => showRetention(deps, calling),
    'retention.preview': (calling) => runRetention('preview', deps, calling),
    'retention.run': (calling) => runRetention('run', deps, calling),
  };
  return { run: (name, calling) => table[name](calling) };
}

async function search(deps: RecordDeps, { args, say }: Calling): Promise<Ended> {
  const given = searchArgs.parse(args);
  const found = await deps.search(given.query, given.limit);
  if (!found.ok) return { exit: 2, error: found.error };
  const { positions, total, complete } = found.value;
  await recordAct(deps, { command: 'search', user: given.user, positions });
  for (const line of await deps.lines(positions)) say({ line: lineJson(line) });
  say({ line: { shown: positions.length, total, complete } });
  return { exit: 0 };
}

async function show(deps: RecordDeps, { args, say }: Calling): Promise<Ended> {
  const given = positionArgs.parse(args);
  const at = parsePosition(given.position);
  const [line] = at.ok ? await deps.lines([at.value]) : [];
  if (line === undefined) {
    return {
      exit: 1,
      error: `there is no record ${String(given.position)}; the newest is ${String(await deps.size())}`,
    };
  }
  await recordAct(deps, { command: 'journal.show', user: given.user, positions: [line.position] });
  say({ line: lineJson(line) });
  return { exit: 0 };
}

async function stats(deps: RecordDeps, { args, say }: Calling): Promise<Ended> {
  const given = plainArgs.parse(args);
  await recordAct(deps, { command: 'journal.stats', user: given.user, positions: [] });
  say({ line: await deps.stats() });
  return { exit: 0 };
}

async function verify(deps: RecordDeps, { args, say, signal }: Calling): Promise<Ended> {
  const { checkpoint, ...given } = verifyArgs.parse(args);
  await recordAct(deps, { command: 'verify', user: given.user, positions: [] });
  const progress = (done: number, total: number): void => {
    say({ progress: { done, total } });
  };
  const verified = await deps.verify({ progress, signal, ...(checkpoint === undefined ? {} : { checkpoint }) });
  const { lost = [], ...rest } = verified;
  say({ line: { ...rest, ...(lost.length === 0 ? {} : { lost: lost.map((range) => ({ ...range })) }) } });
  return { exit: verified.ok ? 0 : 1 };
}

async function prove(deps: RecordDeps, { args, say }: Calling): Promise<Ended> {
  const given = positionArgs.parse(args);
  const at = parsePosition(given.position);
  const proof = at.ok ? await deps.prove(at.value) : undefined;
  if (!at.ok || proof === undefined) return { exit: 2, error: 'a position is a number from 1' };
  if (!proof.ok) return { exit: 1, error: proof.error };
  await recordAct(deps, { command: 'prove', user: given.user, positions: [at.value] });
  say({ line: { proof: proof.value } });
  return { exit: 0 };
}

async function rebuild(deps: RecordDeps, { args, say, signal }: Calling): Promise<Ended> {
  const given = rebuildArgs.parse(args);
  await recordAct(deps, { command: 'rebuild', user: given.user, positions: [] });
  const progress = (done: number, total: number): void => {
    say({ progress: { done, total } });
  };
  const rebuilt = await deps.rebuild({ check: given.check, progress, signal });
  if (rebuilt.refused !== undefined) return { exit: 1, error: rebuilt.refused };
  say({ line: { ...rebuilt } });
  return { exit: rebuilt.ok ? 0 : 1 };
}

async function backup(deps: RecordDeps, { args, say, signal }: Calling): Promise<Ended> {
  const given = backupArgs.parse(args);
  await recordAct(deps, { command: 'backup', user: given.user, positions: [] });
  const progress = (done: number, total: number): void => {
    say({ progress: { done, total } });
  };
  const made = await deps.backup({ to: given.to, progress, signal });
  if (!made.ok) return { exit: 1, error: made.error };
  say({ line: { ...made.value, damaged: [...made.value.damaged] } });
  return { exit: made.value.damaged.length === 0 ? 0 : 1 };
}

/** Shows no record, so it is no act on one. */
async function health(deps: RecordDeps, { say }: Calling): Promise<Ended> {
  const report = await deps.health();
  say({ line: { ok: report.ok, connectors: report.connectors, warnings: report.warnings, stale: report.stale } });
  return { exit: report.ok ? 0 : 1 };
}

async function holds(deps: RecordDeps, { args, say }: Calling): Promise<Ended> {
  const given = plainArgs.parse(args);
  const all = await deps.holds();
  await recordAct(deps, { command: 'hold.list', user: given.user, positions: all.map(({ placed }) => placed) });
  for (const hold of all) say({ line: { ...hold, custodians: hold.custodians.map((one) => ({ ...one })) } });
  return { exit: 0 };
}

/** It says nothing of anybody, so it is no act on a record; the event that it sends is on record like every event. */
async function tryPresend({ tryPresend: run }: RecordDeps, { say }: Calling): Promise<Ended> {
  if (run === undefined) return { exit: 2, error: 'Synapse is not to ask: policy.presend.enabled is false' };
  say({ line: { trial: await run() } });
  return { exit: 0 };
}
