import type { HostReport } from '../../model/report.ts';
import {
  NOVICE_WORDS,
  POLICY_STATE_WORDS,
  POLICY_VERDICT_WORDS,
  rankedFindings,
  sourceWords,
} from '../policy-words.ts';
import { el, plain, type Tree } from './tree.ts';

/** What the policy files say of a host, as a part of its details. */
export const policyPart = ({ policy }: HostReport): readonly Tree[] =>
  policy === undefined
    ? []
    : [
        plain('h4', `Policy for ${NOVICE_WORDS[policy.novice]}: ${POLICY_VERDICT_WORDS[policy.verdict]}`),
        el(
          'table',
          { class: 'requirements' },
          plain(
            'thead',
            plain(
              'tr',
              ...['Setting', 'State', 'From', 'Because'].map((title) => el('th', { scope: 'col' }, title)),
            ),
          ),
          plain(
            'tbody',
            ...rankedFindings(policy)
              .filter(({ decides }) => decides)
              .map((one) =>
                plain(
                  'tr',
                  el('th', { scope: 'row' }, one.setting),
                  plain('td', POLICY_STATE_WORDS[one.state]),
                  plain('td', sourceWords(one)),
                  plain('td', `${one.text} `, plain('code', one.code)),
                ),
              ),
          ),
        ),
      ];
