/** Which records an assignment is given to: from what an officer typed, and in words. */
import { err, ok, type Result } from '../../core/result.ts';
import type { Target } from '../../retention/classes/target.ts';
import type { DeskClasses, DeskTools } from './desk-context.ts';
import { targetTyped } from './retention-asked.ts';

/** An address of a room is looked up; what an assignment holds for is the room, wherever its address goes later. */
export async function targetFrom(typed: string, classes: DeskClasses): Promise<Result<Target, string>> {
  const read = targetTyped(typed, classes.names);
  if (!read.ok) return read;
  if (read.value.is === 'target') return ok(read.value.target);
  const room = await classes.resolveAlias(read.value.alias);
  return room === undefined ? err(`There is no room ${read.value.alias}.`) : ok({ room });
}

/** `Room “Deals”`, `Line Sales`, `Kind policy`: what all has to fit, in one line. */
export async function targetShown(
  { line, room, tag, group, network, kind, verdict }: Target,
  { lines, titleOf }: Pick<DeskTools, 'lines' | 'titleOf'>,
): Promise<string> {
  const parts = [
    line === undefined ? '' : `line ${lines.find(({ id }) => id === line)?.name ?? line}`,
    room === undefined ? '' : await titleOf(room),
    tag === undefined ? '' : `rooms of tag ${tag}`,
    group === undefined ? '' : `what group ${group} says`,
    network === undefined ? '' : `network ${network}`,
    kind === undefined ? '' : `records of kind ${kind}`,
    verdict === undefined ? '' : verdictShown(verdict),
  ].filter((part) => part !== '');
  const words = parts.join(', ');
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

function verdictShown(verdict: string): string {
  return ['flagged', 'quarantined', 'unscanned'].includes(verdict)
    ? `what is ${verdict}`
    : `what rule ${verdict} found`;
}
