/** What came of an act upon the rules, in words. */
import type { Loaded } from '../../policy/rules/load-files.ts';
import type { Acted } from '../../policy/rules/rule-acts.ts';
import type { Change } from '../../policy/rules/rule-store.ts';
import type { Tried } from '../../policy/rules/rule-trial.ts';
import type { RulesOnRecord } from '../../policy/rules/rules-on-record.ts';
import type { Lexicon } from '../../policy/rule.ts';
import type { Finding, RuleHit } from '../../policy/verdict.ts';
import { maskedAs } from '../../policy/redaction/hide.ts';
import { answered, refused, type Answer } from '../answer.ts';
import { oneLine } from '../quote.ts';
import { detectorWords, trickWords } from './finding-words.ts';
import { doingOf, noSuch, noSuchRule } from './rule-shown.ts';
import { changesWords, problemsWords } from './rule-words.ts';

const FINDINGS_SHOWN = 5;

/** A rule may well be there: what isn't is a proposal. */
export function approvedAnswer(id: string, acted: Acted, onRecord: RulesOnRecord): Answer {
  if (acted.is !== 'unknown' || acted.meant !== undefined) return actedAnswer(id, acted, onRecord);
  return refused('not-found', `Nothing is proposed for ${id}.`);
}

/** `onRecord`: the rules as they are since. */
export function actedAnswer(id: string, acted: Acted, onRecord: RulesOnRecord): Answer {
  switch (acted.is) {
    case 'done':
      return doneAnswer(id, acted.change, onRecord);
    case 'same':
      return answered(`${id} is so already${nowWords(id, onRecord)}.`, { data: { id } });
    case 'unknown':
      return noSuch(id, acted.meant);
    case 'declined':
      return answered(`${id} stays as it is: the change is not made.`, { data: { id, change: 'declined' } });
    case 'not-open':
      return refused('failed', `Nothing was done: that change of ${id} is not open any more.`);
    case 'too-old':
      return refused(
        'failed',
        `Nothing was done: the change of ${id} was asked for more than a day ago. Ask for it again.`,
      );
    case 'own-proposal':
      return refused('denied', 'You proposed it: another officer has to approve it.');
    case 'unfit':
      return refused('failed', `The rules would not work with it.\n${problemsWords(acted.problems)}`);
  }
}

function doneAnswer(id: string, change: Change, onRecord: RulesOnRecord): Answer {
  if (change === 'proposed') {
    const text = `Proposed, not in force yet. Another officer's ✅ on its card, or !c rule approve ${id}, lets it into force.`;
    return answered(text, { data: { id, change } });
  }
  const text =
    change === 'removed'
      ? `${id} ✓ removed: no longer in force.`
      : `${id} ✓ in force from now on${nowWords(id, onRecord)}.`;
  return answered(text, { data: { id, change } });
}

/** `: flag (dry run) · notify`, `: off (when on: quarantine)`; nothing of a lexicon. */
function nowWords(id: string, { set }: RulesOnRecord): string {
  const rule = set.rules.find((one) => one.id === id);
  if (rule === undefined) return '';
  const doing = doingOf({ ...rule, enabled: true });
  return rule.enabled ? `: ${doing}` : `: off (when on: ${doing})`;
}

export function loadedAnswer(loaded: Loaded): Answer {
  switch (loaded.is) {
    case 'nothing':
      return refused('not-found', 'There are no files of rules, and no rule is in force.');
    case 'same':
      return answered('The files are as they were: nothing new in them. What a desk switched stays switched.');
    case 'changed':
      return answered(`In force from now on: ${changesWords(loaded.changes)}`, {
        data: { changes: loaded.changes.length },
      });
    case 'declined':
      return answered(
        `The files say something that an officer decided against: ${changesWords(loaded.changes)}\nWhat is in force stays. Change the files to propose something else.`,
        { data: { declined: loaded.changes.length } },
      );
    case 'proposed':
      return answered(
        `Proposed, not in force: ${changesWords(loaded.changes)}\nA second officer's ✅ on its card, or !c rule approve <id>, lets one into force.`,
        {
          data: { proposed: loaded.changes.length },
        },
      );
    case 'refused':
      return refused('failed', refusedWords(loaded), { data: { problems: loaded.problems.length } });
  }
}

/** What every desk is told anyway is not said twice. */
function refusedWords({ problems, isNew }: Extract<Loaded, { is: 'refused' }>): string {
  const many = `${String(problems.length)} ${problems.length === 1 ? 'problem' : 'problems'}`;
  if (isNew)
    return `The files have ${many}: what is wrong is told in a message of its own. The rules of before stay in force.`;
  return `The files have the same ${many} as before. The rules of before stay in force.\n${problemsWords(problems)}`;
}

/** Masked: the text itself is quoted nowhere. */
export function triedAnswer(id: string, tried: Tried | undefined, onRecord: RulesOnRecord): Answer {
  if (tried === undefined) return noSuchRule(id, onRecord);
  if (tried.is === 'failed') return refused('failed', 'The engine took too long for this text.');
  if (tried.is === 'unfit') return refused('failed', problemsWords(tried.problems));
  const { hit } = tried;
  if (hit === undefined) return answered(`No hit: ${id} lets this text pass.`, { data: { id, hits: 0 } });
  return answered([hitLine(hit), ...findingLines(hit, onRecord.set.lexicons)].join('\n'), {
    data: { id, hits: hit.count },
  });
}

function hitLine({ rule, count, consequence, dryRun }: RuleHit): string {
  return `Hit: ${rule}, ${String(count)} found · ${consequence}${dryRun ? ' (dry run: nothing is done)' : ''}`;
}

function findingLines({ findings }: RuleHit, lexicons: readonly Lexicon[]): readonly string[] {
  return findings.slice(0, FINDINGS_SHOWN).map((finding) => {
    const { span, masked, confidence, tricks } = finding;
    const sure = `${String(Math.round(confidence * 100))} % sure`;
    const where = `characters ${String(span.start + 1)} to ${String(span.end)}`;
    const what = [byWords(finding.by, lexicons), masked === '' ? '' : maskedAs(masked), sure, where];
    return [...what, ...tricks.map(trickWords)].filter((word) => word !== '').join(' · ');
  });
}

function byWords(by: Finding['by'], lexicons: readonly Lexicon[]): string {
  if ('detector' in by) return detectorWords(by.detector);
  if ('pattern' in by) return `pattern ${String(by.pattern + 1)}`;
  const term = lexicons.find(({ id }) => id === by.lexicon)?.terms[by.term];
  return term === undefined ? by.lexicon : `${by.lexicon}: “${oneLine(term.term)}” (${oneLine(term.why)})`;
}
