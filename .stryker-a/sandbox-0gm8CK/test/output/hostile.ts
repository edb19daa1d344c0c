import fc from 'fast-check';
import type { HostReport } from '../../src/model/report.ts';
import { blocked } from './reports.ts';

/** What breaks one format or another when it gets through as it is. */
const NASTY = [
  '=1+1',
  ' =cmd|"/c calc"!A1',
  '＝1',
  '-1',
  '+1',
  '@SUM(A1)',
  ';=1',
  '|',
  ';',
  ',',
  '"',
  "'",
  '\\',
  '\\n',
  '\n',
  '\r\n',
  '\t',
  '\u0000',
  '\u001b[2J',
  '\u007f',
  '\u0085',
  '\u009b',
  '\u2028',
  '\u2029',
  '\u202e',
  '\ufeff',
  '\ufffe',
  '\uffff',
  '\ud800',
  '\u{e0041}',
  ']]>',
  '<!--',
  '<script>alert(1)</script>',
  '</testsuites>',
  '&amp;',
  '&#0;',
  '{{}}',
  'true',
  '__proto__',
];

/** Text as a hostile network would send it. */
export const nastyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...NASTY),
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.constant('abc ÄÖ日本'),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => parts.join(''));

/** A host whose every free text is hostile. */
export const nastyHost: fc.Arbitrary<HostReport> = fc
  .record({
    target: nastyText,
    name: nastyText,
    because: nastyText,
    detail: nastyText,
    service: fc.option(nastyText),
    title: nastyText,
    command: nastyText,
    hop: nastyText,
  })
  .map((texts) => ({
    ...blocked,
    target: texts.target,
    names: [texts.name],
    because: [{ rule: 'mapper-foreign', text: texts.because, ports: [135] }],
    requirements: blocked.requirements.map((one) => ({ ...one, text: texts.because })),
    ports: blocked.ports.map((one) => ({ ...one, detail: texts.detail, service: texts.service })),
    endpoints: [{ port: 49_664, interface: texts.name, annotation: texts.detail }],
    path: {
      hops: [{ ttl: 1, address: texts.hop, rttMs: 1 }],
      filters: [{ ports: [135], afterHop: texts.hop, by: texts.hop, how: 'drop' }],
      multipath: [{ ttl: 2, addresses: [texts.hop] }],
    },
    remedies: [
      { id: 'x', title: texts.title, where: 'novice', text: texts.because, commands: [texts.command] },
    ],
  }));

/** Nothing but line ends may steer what reads the text: no control, bidi or other format character, no half of a pair. */
export const steering = /[^\P{Cc}\r\n]|[\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;
