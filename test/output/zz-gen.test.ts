import { writeFileSync } from 'node:fs';
import { it } from 'vitest';
import { renderHtml, renderHtmlWith } from '../../src/output/html.ts';
import { pastOf } from './past.ts';
import { auditOf, blocked, hostile, ready, reportOf, unnamed, unreachable } from './reports.ts';

const O = { width: 80, colour: false, verbose: false };
it('gen', () => {
  const write = (name: string, report: Parameters<typeof renderHtml>[0]) => {
    const t = performance.now();
    const text = [...renderHtml(report, O)].join('');
    console.log(name, (text.length / 1e6).toFixed(2), 'MB', (performance.now() - t).toFixed(0), 'ms');
    writeFileSync(`/tmp/ra-html/${name}.html`, text);
  };
  const past = auditOf(1500);
  writeFileSync('/tmp/ra-html/past.html', [...renderHtmlWith(past, O, pastOf(past))].join(''));
  write('one', reportOf([blocked]));
  write('few', {
    ...reportOf([ready, blocked, unreachable, unnamed, hostile]),
    groups: auditOf(1000).groups,
  });
  write('audit', auditOf(3000));
  const big = auditOf(65536);
  const rnd = () => Math.random() * 40;
  write('varied', { ...big, hosts: { *[Symbol.iterator]() { let i = 0; for (const h of big.hosts) { i++; yield { ...h, names: [`pc-${i}.corp.example`], ports: h.ports.map((p) => ({ ...p, rttMs: p.rttMs === null ? null : rnd(), ...(p.port === 135 && p.state === 'open' ? { detail: `lists ${i % 30} TCP endpoints` } : {}) })).concat(h.verdict === 'unreachable' ? [] : [1,2,3,4].map((n) => ({ ...h.ports[0]!, port: 49664 + n + (i % 200), requirement: 'dynamic-rpc' as const, detail: `answers ${i % 7}` , rttMs: rnd() }))), path: { ...h.path, hops: h.path.hops.map((x) => ({ ...x, rttMs: rnd() })) } }; } } } });
});
