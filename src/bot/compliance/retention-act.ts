/** One thing that `!c retention …` does. */
import type { Answer } from '../answer.ts';
import type { DeskContext } from './desk-context.ts';

export interface RetentionAct {
  readonly name: string;
  /** One line of the help. */
  readonly help: string;
  /** Only they may; reviewers and auditors read. */
  readonly officers: boolean;
  ask(rest: string, context: DeskContext): Promise<Answer>;
}
