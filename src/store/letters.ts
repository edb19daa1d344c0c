import { REQUIREMENTS } from '../model/evidence.ts';
import type { HostReport, RequirementState } from '../model/report.ts';

const LETTERS: Readonly<Record<RequirementState, string>> = {
  pass: 'p',
  fail: 'f',
  undetermined: 'u',
  'not-needed': 'n',
};

/** The states of a host's requirements, a letter each in the order of REQUIREMENTS; `u` for one that was not judged. */
export const lettersOf = ({ requirements }: HostReport): string =>
  REQUIREMENTS.map(
    (name) => LETTERS[requirements.find((one) => one.name === name)?.state ?? 'undetermined'],
  ).join('');
