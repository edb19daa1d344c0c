import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { shellWord } from '../../src/text/shell-word.ts';

const WORDS = [
  '',
  '~',
  '~root',
  'a b',
  "it's",
  '$HOME',
  '`id`',
  '--csv=a,b',
  '*',
  'a\nb',
  '\\',
  '!',
  '#',
  'é',
  '10.0.0.0/8',
];

it('is the same word when a shell has read it', () => {
  const read = execFileSync('sh', ['-c', `printf '%s\\0' ${WORDS.map(shellWord).join(' ')}`]).toString();
  expect(read.split('\0').slice(0, -1)).toEqual(WORDS);
});
