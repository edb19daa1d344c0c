import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/fault.ts';
import { whyForbidden } from '../../src/targets/forbidden.ts';
import { parseTarget } from '../../src/targets/parse.ts';
import { parsePortRange } from '../../src/targets/port-range.ts';
import { makeScope } from '../../src/targets/scope.ts';

/** What a message to the user must be, whatever was typed: one bounded line that cannot steer a terminal. */
const isOneCleanLine = (error: unknown): void => {
  expect(error).toBeInstanceOf(UsageError);
  const { message } = error as UsageError;
  expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(message.length).toBeLessThan(1500);
};

const outcome = <T>(parse: () => T): T | 'refused' => {
  try {
    return parse();
  } catch (error) {
    isOneCleanLine(error);
    return 'refused';
  }
};

describe('parseTarget', () => {
  it.each([
    ['10.1.2.3', '10.1.2.3', 4],
    ['127.0.0.1', '127.0.0.1', 4],
    ['::1', '::1', 6],
    ['[2001:DB8:0:0::7]', '2001:db8::7', 6],
    ['fe80::1%eth0', 'fe80::1%eth0', 6],
    ['FE80::ABCD%12', 'fe80::abcd%12', 6],
    ['::ffff:10.1.2.3', '10.1.2.3', 4],
    ['::ffff:a01:203', '10.1.2.3', 4],
    ['[::FFFF:0a01:0203]', '10.1.2.3', 4],
    ['0:0:0:0:0:ffff:10.1.2.3', '10.1.2.3', 4],
    ['  10.1.2.3 ', '10.1.2.3', 4],
  ])('reads the address %s', (text, address, family) => {
    expect(parseTarget(text)).toMatchObject({ kind: 'address', address, family });
  });

  it.each([
    ['pc0417', 'pc0417'],
    ['PC0417.Corp.Example.', 'pc0417.corp.example.'],
    ['CORP\\pc0417', 'pc0417'],
    ['CORP\\PC0417$', 'pc0417'],
    ['corp.example\\PC0417.corp.example', 'pc0417.corp.example'],
    ['PC0417$', 'pc0417'],
    ['ＰＣ１', 'pc1'],
    ['pc1。corp', 'pc1.corp'],
    ['xn--mnchen-3ya.example', 'xn--mnchen-3ya.example'],
    ['under_score', 'under_score'],
    ['münchen.example', 'xn--mnchen-3ya.example'],
    ['bu\u0308cher.example', 'xn--bcher-kva.example'],
    ['BÜCHER\\Bücher$', 'xn--bcher-kva'],
    ['bücher.example。', 'xn--bcher-kva.example.'],
    ['CORP\\pc1.corp.', 'pc1.corp.'],
    ['3com', '3com'],
    ['localhost', 'localhost'],
  ])('reads the name %s', (text, name) => {
    expect(parseTarget(text)).toEqual({ kind: 'name', text, name });
  });

  it.each([
    ['', /empty/],
    ['   ', /empty/],
    ['010.0.0.1', /leading zero/],
    ['10.1.2.3.', /ends with a dot; write 10\.1\.2\.3;/],
    ['10.1.2.300.', /four numbers of 0-255/],
    ['127.1', /not an IPv4 address/],
    ['1.2.3', /not an IPv4 address/],
    ['256.1.1.1', /not an IPv4 address/],
    ['1.2.3.4.5', /not an IPv4 address/],
    ['0x7f.0.0.1', /not an IPv4 address/],
    ['2130706433', /not an IPv4 address/],
    ['host.123', /ends in a number|no host name/],
    ['10.0.0.0/24', /block of addresses/],
    ['10.0.0.1-10.0.0.9', /range of addresses/],
    ['http://pc1', /URL/],
    ['pc1:3389', /has a port/],
    ['10.1.2.3:135', /has a port/],
    ['[::1]:135', /has a port/],
    ['\\\\PC1', /UNC path/],
    ['user@pc1', /user name/],
    ['corp\\', /not a host name/],
    ['\\pc1', /backslash/],
    ['a\\b\\pc1', /cannot be part/],
    ['CORP\\10.0.0.1', /backslash/],
    ['CORP\\127.1', /ends in a number/],
    ['CO RP\\pc1', /blanks/],
    ['.\\pc1', /backslash/],
    ['pc1$$', /cannot be part/],
    ['$', /not a host name/],
    ['pc1?x', /cannot be part/],
    ['pc1#x', /cannot be part/],
    ['loc%61lhost', /cannot be part/],
    ['a..', /empty part/],
    ['..', /not a host name|empty part/],
    ['pc\u00ad1', /cannot be part/],
    ['pc\u200d1', /cannot be part/],
    ['⒈pc', /not a host name/],
    ['１２７．０．０．１', /ends in a number/],
    ['pc.0x7f', /ends in a number/],
    ['fe80::1', /needs a zone.*fe80::1%eth0/],
    ['240.0.0.1', /240\.0\.0\.0\/4/],
    ['-100::', /hyphen|no IPv6/],
    ['-pc1', /hyphen/],
    ['pc-', /cannot be part of a host name/],
    ['a..b', /empty part/],
    ['.', /not a host name|empty part/],
    ['pc 1', /blanks or control/],
    ['pc\u001b[31m1', /\\u\{1b\}/],
    ['::1::', /not an IPv6 address/],
    ['1:2:3', /not an IPv6 address/],
    ['fe80::1%a b', /blanks|no IPv6/],
    ['[10.1.2.3]', /not an IPv6 address/],
    [`${'a'.repeat(64)}.example`, /63 characters|no host name/],
    [`${'abcdefgh.'.repeat(30)}x`, /not a host name/],
    ['0.0.0.0', /0\.0\.0\.0\/8/],
    ['0.1.2.3', /0\.0\.0\.0\/8/],
    ['224.0.0.1', /multicast/],
    ['239.255.255.255', /multicast/],
    ['255.255.255.255', /broadcast/],
    ['::', /unspecified/],
    ['ff02::1', /multicast/],
    ['::ffff:224.0.0.1', /multicast/],
    ['::ffff:0.0.0.1', /0\.0\.0\.0\/8/],
  ])('refuses %j', (text, why) => {
    expect(() => parseTarget(text)).toThrow(why);
    expect(outcome(() => parseTarget(text))).toBe('refused');
  });

  it('throws nothing but one clean line, whatever is typed', () => {
    const typed = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.string({ unit: fc.constantFrom(...'0123456789abcdefx.:-%/[]@\\ \u0000\u202e'), maxLength: 40 }),
      fc.ipV4Extended(),
      fc.ipV6(),
      fc.domain(),
    );
    fc.assert(
      fc.property(typed, (text) => void outcome(() => parseTarget(text))),
      { numRuns: 5000 },
    );
  });

  it('never looks up less than was typed', () => {
    const piece = fc.oneof(
      fc.constantFrom('.', '\\', '$', '%61', '?', '#', '@', '/', ':', '。', 'ß', 'Ａ', '⒈', '\u00ad'),
      fc.stringMatching(/^[a-z0-9-]{1,5}$/),
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 7 }), (pieces) => {
        const text = pieces.join('');
        const target = outcome(() => parseTarget(text));
        if (target === 'refused' || target.kind === 'address') return;
        const computer = text.slice(text.lastIndexOf('\\') + 1);
        expect(target.name.split('.').length).toBe(computer.split(/[.。]/).length);
        for (const word of computer.match(/[a-z0-9]+/g) ?? [])
          if (!/[^\u0020-\u007e]/.test(computer)) expect(target.name).toContain(word);
      }),
      { numRuns: 3000 },
    );
  });

  it('reads back what it canonicalised', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()), (text) => {
        const target = outcome(() => parseTarget(text));
        if (target === 'refused') return;
        const canonical = target.kind === 'address' ? target.address : target.name;
        expect(parseTarget(canonical)).toEqual({ ...target, text: canonical });
      }),
      { numRuns: 2000 },
    );
  });

  it('never lets a forbidden address through', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const target = outcome(() => parseTarget(text));
        if (target !== 'refused' && target.kind === 'address') {
          expect(whyForbidden(target.address)).toBeNull();
        }
      }),
    );
  });
});

describe('parsePortRange', () => {
  it('accepts exactly the ranges above 1024', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5, max: 70_000 }), fc.integer({ min: -5, max: 70_000 }), (from, to) => {
        const range = outcome(() => parsePortRange(`${from}-${to}`));
        const good = from >= 1025 && to <= 65_535 && from <= to;
        expect(range).toEqual(good ? { from, to } : 'refused');
      }),
      { numRuns: 2000 },
    );
    expect(parsePortRange('50000')).toEqual({ from: 50_000, to: 50_000 });
    expect(parsePortRange(' 50000 - 50100 ')).toEqual({ from: 50_000, to: 50_100 });
  });

  it.each([
    ['0-5', /0 is not a TCP port/],
    ['65536', /65536 is not a TCP port/],
    ['6000-5000', /reversed/],
    ['80', /above 1024/],
    ['', /expected one range/],
    ['5000-', /expected one range/],
    ['1-2-3', /expected one range/],
    ['5000,6000', /expected one range/],
    ['0x1388', /expected one range/],
    ['５０００', /expected one range/],
  ])('refuses %j', (text, why) => {
    expect(() => parsePortRange(text)).toThrow(why);
  });

  it('throws nothing but one clean line, whatever is typed', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void outcome(() => parsePortRange(text))));
  });
});

describe('makeScope', () => {
  const scope = makeScope({ allow: ['10.0.0.0/8', '2001:db8::/32'], deny: ['10.9.0.0/16', '10.1.2.3'] });

  it.each([
    ['10.1.2.4', null],
    ['10.1.2.3', /denies 10\.1\.2\.3/],
    ['10.9.8.7', /denies 10\.9\.0\.0\/16/],
    ['192.0.2.1', /allows only/],
    ['2001:db8::1', null],
    ['fe80::1', /allows only/],
  ])('%s', (address, why) => {
    if (why === null) expect(scope(address)).toBeNull();
    else expect(scope(address)).toMatch(why);
  });

  it('allows everything that is not denied when nothing is listed as allowed', () => {
    const open = makeScope({ allow: [], deny: ['10.0.0.0/8'] });
    expect([open('192.0.2.1'), open('::1')]).toEqual([null, null]);
    expect(open('10.0.0.1')).toMatch(/denies/);
  });

  it.each(['10.0.0.0/33', '10.0.0/8', 'pc1', '10.0.0.0/8/9', '2001:db8::/129', '10.0.0.0/'])(
    'refuses the entry %j',
    (entry) => {
      expect(() => makeScope({ allow: [entry], deny: [] })).toThrow(/scope\.allow/);
    },
  );
});
