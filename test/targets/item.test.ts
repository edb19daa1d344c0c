import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/fault.ts';
import { isBlock, readItem, splitItems } from '../../src/targets/item.ts';
import { keyOfName, makeExcludes, readExcludes } from '../../src/targets/read-excludes.ts';

const read = (text: string) => readItem({ text, at: 'target' });
const excludes = (...texts: string[]) => readExcludes(texts.map((text) => ({ text, at: '--exclude' })));

describe('words', () => {
  it.each([
    ['pc1, pc2,,pc3\n', ['pc1', 'pc2', 'pc3']],
    ['10.0.0.1 - 10.0.0.2 pc1', ['10.0.0.1-10.0.0.2', 'pc1']],
    ['10.0.0.1 -', ['10.0.0.1', '-']],
    ['pc1 - pc2', ['pc1', '-', 'pc2']],
    ['10.0.0.1 pc1 10.0.0.2', ['10.0.0.1', 'pc1', '10.0.0.2']],
  ])('of %j', (text, words) => {
    expect(splitItems(text, 'x')).toEqual(words.map((word) => ({ text: word, at: 'x' })));
  });
});

describe('an item', () => {
  it.each([
    ['10.0.0.1', 'address', false],
    ['pc1', 'name', false],
    ['srv1-2', 'name', false],
    ['10.0.0.0/24', 'span', true],
    ['10.0.0.1-5', 'span', true],
    ['2001:db8::1-2001:db8::9', 'span', true],
  ])('%s is of kind %s', (text, kind, isMany) => {
    expect(read(` ${text} `)).toMatchObject({ text, kind });
    expect(isBlock(text)).toBe(isMany);
  });

  const inFull = 'is not a range of addresses: give its first and last address in full';
  it.each([
    ['fe80::1%eth0-fe80::9', 'is a range with a zone; a zone goes with a single address'],
    ['fe80::%eth0/64', 'is a block with a zone; a zone goes with a single address'],
    ['2001:db8::1-5', inFull],
    ['10.0.0.1-300', `${inFull}, or only the last number of the last one (10.1.2.10-50)`],
    ['10.0.0.1-2001:db8::1', 'is a range from one address family to the other'],
    ['10.0.0.0/33', expect.stringContaining('is not a block of addresses')],
    ['10.0.0.0/255.0.0.0', 'has a mask behind its slash; write 10.0.0.0/8'],
    ['-10.0.0.1-5', expect.stringContaining('has a range inside an octet')],
    ['\\\\pc1/share', expect.stringContaining('is a UNC path')],
    ['http://pc1/', expect.stringContaining('is a URL')],
    ['1.2-3.4', expect.stringContaining('is not a range of addresses; expected')],
    ['10.0.0', expect.stringContaining('is not an IPv4 address, which has four numbers')],
    ['10.0.0.01', expect.stringContaining('is not an IPv4 address (a leading zero would be read as octal')],
  ])('%s is refused', (text, why) => {
    const message = (() => {
      try {
        return JSON.stringify(read(text));
      } catch (error) {
        return error instanceof UsageError ? error.message.replace(/^target '[^']*': /, '') : String(error);
      }
    })();
    expect(message).toEqual(why);
    expect(isBlock(text)).toBe(false);
  });
});

describe('what is left out', () => {
  it('is compared without the dot behind a name, and with all others', () => {
    expect([keyOfName('pc1.example.'), keyOfName('pc1.example')]).toEqual(['pc1.example', 'pc1.example']);
    expect(excludes('10.0.0.1', 'pc1', 'pc1').names).toEqual(['pc1']);
  });

  it('is said with the first item that holds an address', () => {
    const why = makeExcludes(excludes('fe80::1%eth0', '::/64', 'fe80::/64', '10.0.0.0/8'));
    expect(why('fe80::1%eth0')).toBe("is excluded by 'fe80::1%eth0'");
    expect(why('fe80::1%eth1')).toBe('is excluded by fe80::/64');
    expect(why('10.1.1.1')).toBe('is excluded by 10.0.0.0/8');
    expect([why('11.0.0.1'), why('pc1')]).toEqual([null, null]);
  });

  it.each([
    ['x', '10.0.0.1'],
    ['10.0.0.1', 'x'],
    ['10.0.0.1', '::ff00:0:1'],
    ['10.0.0.9', '10.0.0.1'],
  ])('is no span from %s to %s', (first, last) => {
    expect(() => makeExcludes({ spans: [{ text: 'pc1', first, last }], names: [] })).toThrow(
      new UsageError("the exclude 'pc1' is damaged"),
    );
  });
});
