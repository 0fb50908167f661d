/** The short form of a fault, as the tests play it: `npm run crash -- --only NAME --seed S` plays the long one. */
import { judge, problems, totals } from '../judge/judge.ts';
import type { RunForTests } from '../run-for-tests.ts';
import type { Scenario } from './scenario.ts';
import { play } from './scenarios.ts';

export interface Played {
  /** What the judge complains of, in all that the house has been through so far. */
  readonly complaints: readonly string[];
  /** How many messages were written during this fault. */
  readonly messages: number;
}

export async function shortForm(scenario: Scenario, { current, say }: RunForTests): Promise<Played> {
  const { verdict, evidence } = await play(scenario, current(), 'short');
  const part = judge(evidence, scenario.name);
  say(`${scenario.name}: ${totals(part)}`);
  return { complaints: problems(verdict), messages: part.texted + part.said + part.chatted };
}
