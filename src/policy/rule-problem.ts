/** What is wrong with a rule or a lexicon, and what to write instead. */
export interface RuleProblem {
  readonly file: string;
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}
