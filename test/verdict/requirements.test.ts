import { describe, expect, it } from 'vitest';
import { hostFactsOf } from '../../src/verdict/host-facts.ts';
import { ruleRequirements } from '../../src/verdict/requirements.ts';
import { firstMatch } from '../../src/verdict/ruling.ts';
import { capabilitiesOf, evidenceOf, planOf, scenarioOf } from '../scenarios/load.ts';

const factsFor = (given: object) => {
  const scenario = scenarioOf({ name: 'x', ...given, expect: { verdict: 'ready', rules: [] } });
  return hostFactsOf(evidenceOf(scenario), planOf(scenario), capabilitiesOf(scenario));
};

describe('a host that stopped answering', () => {
  const STOPPED = { mapper: 'accepted spoke', control: '0 of 3 stopped 24' };
  const states = (given: object) =>
    [...ruleRequirements(factsFor({ ...STOPPED, ...given }), [])('unknown').values()].map(
      ({ state, rule }) => `${state} by ${rule}`,
    );

  it('keeps what all of its ports had shown by then', () => {
    expect(states({ desktop: 'refused own', dynamic: 'refused own' })).toEqual([
      'pass by mapper-answers',
      'pass by desktop-refused',
      'pass by dynamic-all-answered',
    ]);
  });

  it('passes by no server while other ports may have been asked too late', () => {
    const listed = { 50500: 'accepted spoke', 50600: 'accepted spoke', 50700: 'accepted spoke' };
    expect(states({ desktop: 'silent 3', dynamic: 'silent 3', listed })).toEqual([
      'pass by mapper-answers',
      'undetermined by stopped-answering',
      'undetermined by stopped-answering',
    ]);
  });
});

it('a table of rules that none of matches is a mistake of ours', () => {
  expect(() => firstMatch([() => null], factsFor({}), null)).toThrow(
    'a table of rules must end in a rule that always matches',
  );
});
