/** What Synapse asks before a message exists: whose question it is must be provable, and groups apart must be known. */
import type { ConfigProblem } from '../problem.ts';
import type { ParsedConfig } from '../schema.ts';

const MAKE_ONE = 'write { file: secrets/presend }, with the output of: openssl rand -hex 32';
const LEAST = 16;

export function checkPresend(config: ParsedConfig): readonly ConfigProblem[] {
  return [...checkSecret(config.policy.presend), ...checkBarriers(config)];
}

function checkSecret({ enabled, secret }: ParsedConfig['policy']['presend']): readonly ConfigProblem[] {
  const path = 'policy.presend.secret';
  if (enabled && secret === undefined) {
    return [{ path, message: 'is missing, and Synapse proves itself with it', fix: MAKE_ONE }];
  }
  if (secret === undefined || secret.reveal().length >= LEAST) return [];
  return [{ path, message: `is shorter than ${String(LEAST)} characters`, fix: MAKE_ONE }];
}

/** Who is in a directory nobody can be asked yet. That both groups exist is looked at elsewhere. */
function checkBarriers(config: ParsedConfig): readonly ConfigProblem[] {
  return config.policy.barriers.flatMap(({ between }, i) =>
    between.flatMap((name, j): ConfigProblem[] => {
      const group = config.groups[name];
      if (group === undefined || Array.isArray(group) || 'room' in group) return [];
      const path = `policy.barriers[${String(i)}].between[${String(j)}]`;
      const message = `${name} is a group whose members can't be read in this version, and a barrier needs people`;
      return [{ path, message, fix: 'make the group a list or a room' }];
    }),
  );
}
