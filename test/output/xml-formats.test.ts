import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostReport, PortReport } from '../../src/model/report.ts';
import type { Format } from '../../src/output/format.ts';
import { renderJunit } from '../../src/output/junit.ts';
import { renderNmapXml } from '../../src/output/nmap-xml.ts';
import { xmlText } from '../../src/output/xml.ts';
import { xml } from '../../src/text/xml.ts';
import { needs } from '../lab/gate.ts';
import { nastyHost, nastyText } from './hostile.ts';
import { installed, NMAP_DTD, runOn } from './installed.ts';
import { blocked, hostile, ready, reportOf, textOf, unnamed, unreachable } from './reports.ts';

const OPTIONS = { width: 80, colour: false, verbose: false };
const render = (format: Format, hosts: readonly HostReport[]): string =>
  textOf(format(reportOf(hosts), OPTIONS));
const several = [ready, blocked, unreachable, unnamed, hostile];
const nasty = fc.sample(nastyHost, { numRuns: 150, seed: 7 });

/** What XPath finds, as xmllint reads the document: a parser that is not ours. */
const xpath = (text: string, query: string): string =>
  runOn('xmllint', ['--xpath', query], [text]).replace(/\n$/, '');

/** A test that stands on a program of somebody else; without it the skip says why, and in CI that is a failure. */
const testWith =
  (why: string | null) =>
  (name: string, test: () => void): void => {
    it(name, ({ skip }) => {
      needs(skip, why);
      test();
    });
  };

const whyNoXmllint = installed('xmllint') ? null : 'xmllint is not installed (Debian: libxml2-utils)';
const whyNoDtd = NMAP_DTD ? null : 'nmap.dtd is not installed (Debian: nmap)';
const withXmllint = testWith(whyNoXmllint);
const withDtd = testWith(whyNoXmllint ?? whyNoDtd);
const withNdiff = testWith(installed('ndiff') ? null : 'ndiff is not installed (Debian: ndiff)');

/** A host with one port changed. */
const changed = (host: HostReport, port: number, changes: Partial<PortReport>): HostReport => ({
  ...host,
  ports: host.ports.map((one) => (one.port === port ? { ...one, ...changes } : one)),
});

describe('xml', () => {
  it('leaves no character that XML 1.0 has no place for', () => {
    fc.assert(
      fc.property(nastyText, (text) => {
        // XML 1.0, production 2, of which only printable characters are left.
        expect(xmlText(text, 1000)).toMatch(/^[\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
      }),
    );
  });

  it('keeps the value of an attribute that says true', () => {
    expect(xml({ a: { '@b': 'true', '@c': '"<&>\'' } })).toBe(
      '<a b="true" c="&quot;&lt;&amp;&gt;&apos;"/>\n',
    );
  });
});

describe('renderNmapXml', () => {
  it('counts hosts as nmap does, and skips a name without an address', () => {
    const text = render(renderNmapXml, several);
    expect(text).toContain('<hosts up="3" down="1" total="4"/>');
    expect(text).toContain('<target specification="pc-unknown" status="skipped" reason="invalid"/>');
    expect(text).toContain('services="135,1100,2200,3300,3389,50400,53000,60000"');
  });

  it('lists neighbouring ports as a range', () => {
    const [port] = ready.ports;
    if (!port) throw new Error('a report without ports');
    const ports = [65_534, 65_535, 1, 3, 2].map((number) => ({ ...port, port: number }));
    expect(render(renderNmapXml, [{ ...ready, ports }])).toContain(
      'numservices="5" services="1-3,65534-65535"',
    );
  });

  it('says who answered in place of the target, and takes a host that only filters were heard of for up', () => {
    const host: HostReport = {
      ...ready,
      verdict: 'blocked',
      ports: ready.ports.map((one) => ({
        ...one,
        state: 'filtered',
        reason: 'admin-prohibited',
        from: '10.64.1.1',
        ttl: 254,
      })),
    };
    const text = render(renderNmapXml, [host]);
    expect(text).toContain('<status state="up" reason="user-set" reason_ttl="0"/>');
    expect(text).toContain('reason="admin-prohibited" reason_ttl="254" reason_ip="10.64.1.1"');
    const own = changed(ready, 135, { from: ready.address, ttl: 128 });
    expect(render(renderNmapXml, [own])).not.toContain('reason_ip');
    expect(render(renderNmapXml, [own])).toContain('<status state="up" reason="syn-ack" reason_ttl="128"/>');
  });

  withDtd('is valid by the document type of nmap (needs xmllint and nmap.dtd)', () => {
    const odd = changed(ready, 135, { state: 'unknown', reason: 'local-fault', from: null });
    for (const hosts of [several, [], [odd], nasty])
      runOn('xmllint', ['--noout', '--dtdvalid', NMAP_DTD ?? ''], [render(renderNmapXml, hosts)]);
  });

  withXmllint('parses back to what was cleaned (needs xmllint)', () => {
    const text = render(renderNmapXml, nasty);
    expect(xpath(text, 'count(/nmaprun/host)')).toBe(String(nasty.length));
    expect(xpath(text, 'count(/nmaprun/host/ports/port)')).toBe(String(nasty.length * blocked.ports.length));
    for (const [i, host] of nasty.slice(0, 5).entries())
      expect(xpath(text, `string(/nmaprun/host[${i + 1}]/hostnames/hostname/@name)`)).toBe(
        xmlText(host.names[0] ?? ''),
      );
  });

  withNdiff('shows a changed port in ndiff, and no difference to itself (needs ndiff)', () => {
    const before = render(renderNmapXml, several);
    expect(runOn('ndiff', [], [before, before])).toBe('');
    const closed = changed(blocked, 50_400, { state: 'closed', reason: 'conn-refused' });
    const after = render(
      renderNmapXml,
      several.map((host) => (host === blocked ? closed : host)),
    );
    // ndiff exits with 1 when it found a difference.
    const said = (() => {
      try {
        return runOn('ndiff', [], [before, after]);
      } catch (error) {
        return String((error as { stdout?: unknown }).stdout);
      }
    })();
    expect(said).toMatch(/^-50400\/tcp filtered\s*$/m);
    expect(said).toMatch(/^\+50400\/tcp closed\s*$/m);
    expect(said).not.toContain('53000');
  });

  withNdiff('loads in ndiff whatever the network said (needs ndiff)', () => {
    const text = render(renderNmapXml, nasty);
    expect(runOn('ndiff', [], [text, text])).toBe('');
  });
});

describe('renderJunit', () => {
  const text = render(renderJunit, several);

  it('counts in its head what follows', () => {
    const head =
      /<testsuite name="ra-preflight" tests="(\d+)" failures="(\d+)" errors="0" skipped="(\d+)"/.exec(text);
    expect(head?.slice(1).map(Number)).toEqual(
      ['<testcase ', '<failure ', '<skipped '].map((tag) => text.split(tag).length - 1),
    );
  });

  it('has a case for each host and requirement', () => {
    expect(text).toContain(
      '<testcase classname="pc0417.corp.example" name="dynamic-rpc">\n  <failure message="Dropped." type="dynamic-dropped-on-way">',
    );
    expect(text).toContain('<testcase classname="pc-unknown" name="remote-desktop">\n  <skipped ');
  });

  it('is empty but whole without hosts', () => {
    const none = render(renderJunit, []);
    expect(none).toContain('tests="0" failures="0"');
    expect(none.endsWith('</testsuite>\n</testsuites>\n')).toBe(true);
  });

  withXmllint('parses back to what was cleaned (needs xmllint)', () => {
    const whole = render(renderJunit, nasty);
    expect(xpath(whole, 'count(/testsuites/testsuite/testcase)')).toBe(String(nasty.length * 3));
    expect(xpath(whole, 'count(//failure)')).toBe(String(nasty.length));
    for (const [i, host] of nasty.slice(0, 5).entries()) {
      expect(xpath(whole, `string((//testcase)[${i * 3 + 1}]/@classname)`)).toBe(xmlText(host.target));
      expect(xpath(whole, `string((//failure)[${i + 1}]/@message)`)).toBe(
        xmlText(host.because[0]?.text ?? '', 2000),
      );
    }
  });
});
