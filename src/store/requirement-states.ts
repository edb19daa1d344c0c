import { REQUIREMENTS, type RequirementName } from '../model/evidence.ts';
import { STATE_LETTERS } from '../model/letter-codes.ts';
import type { HostReport, RequirementState } from '../model/report.ts';

/** The states of a host's requirements, a letter each in the order of REQUIREMENTS; `u` for one that was not judged. */
export const stateLetters = ({ requirements }: HostReport): string =>
  REQUIREMENTS.map(
    (name) => STATE_LETTERS[requirements.find((one) => one.name === name)?.state ?? 'undetermined'],
  ).join('');

const STATES = new Map(
  Object.entries(STATE_LETTERS).map(([state, letter]) => [letter, state as RequirementState]),
);

/** The inverse of stateLetters(). Throws RangeError for letters that it does not write. */
export const statesFromLetters = (letters: string): Readonly<Record<RequirementName, RequirementState>> => {
  if (letters.length !== REQUIREMENTS.length)
    throw new RangeError('a letter for each requirement is expected');
  const states = REQUIREMENTS.map((name, at) => {
    const state = STATES.get(letters.charAt(at));
    if (state === undefined) throw new RangeError('no such state of a requirement');
    return [name, state];
  });
  return Object.fromEntries(states) as Record<RequirementName, RequirementState>;
};
