import { describe, expect, it } from 'vitest';
import { readName } from '../../src/targets/name.ts';

const label = (length: number): string => 'a'.repeat(length);

describe('readName', () => {
  it.each([
    ['PC1.Example', 'pc1.example'],
    ['pc1.example.', 'pc1.example.'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['PC1$', 'pc1'],
    ['CORP\\PC1', 'pc1'],
    ['CORP\\PC1$', 'pc1'],
    [label(63), label(63)],
    [
      `${label(63)}.${label(63)}.${label(63)}.${label(61)}`,
      `${label(63)}.${label(63)}.${label(63)}.${label(61)}`,
    ],
    ['a_b.example', 'a_b.example'],
    ['1a.example', '1a.example'],
  ])('reads %s', (text, name) => {
    expect(readName(text)).toEqual({ name });
  });

  it.each([
    ['', 'is not a host name'],
    ['.', 'is not a host name'],
    ['a..b', 'has an empty part between its dots'],
    [label(64), 'has a part of more than 63 characters'],
    [`${label(63)}.${label(63)}.${label(63)}.${label(62)}`, 'is not a host name'],
    ['-pc', "has '-pc' in it, which cannot be part of a host name"],
    ['pc-', "has 'pc-' in it, which cannot be part of a host name"],
    ['pc$1', "has 'pc$1' in it, which cannot be part of a host name"],
    ['a/b', "has 'a/b' in it, which cannot be part of a host name"],
    ['10.1.2', 'ends in a number like an address, but is none'],
    ['4711', 'ends in a number like an address, but is none'],
    ['pc.0x1f', 'ends in a number like an address, but is none'],
    ['a b\\pc', 'has a backslash in it, but is not DOMAIN\\COMPUTER'],
    ['CORP\\10.1.2.3', 'has a backslash in it, but is not DOMAIN\\COMPUTER'],
    ['CORP\\a\\b', "has 'a\\b' in it, which cannot be part of a host name"],
  ])('refuses %s', (text, why) => {
    expect(readName(text)).toEqual({ why });
  });
});
