import type { PolicyFinding } from '../../model/policy.ts';
import type { PolicyFacts } from '../policy-facts.ts';
import { exceptionsFor, KEYS, type RequiredException } from '../required.ts';
import {
  type Exception,
  type ExceptionList,
  portExceptions,
  programExceptions,
  programPath,
} from './exception-list.ts';
import { type Case, dataWords, finding, type Judge, named, placeOf, sourceOf, unjudged } from './finding.ts';
import { assumedScope, domainProfile, settledBy } from './firewall-profile.ts';

const PORTS = 'Windows Firewall: Define port exceptions (Domain Profile)';
const PROGRAMS = 'Windows Firewall: Define program exceptions (Domain Profile)';
const DESKTOP = 'Windows Firewall: Allow Remote Desktop exception (Domain Profile)';

const whatOf = ({ port, program }: RequiredException): string =>
  port === null ? programPath(program ?? '') : `${port}:TCP`;

/** Sessmgr.exe opens TCP 3389 for a session. */
const portsOf = ({ id, port }: RequiredException): number[] => {
  if (port !== null) return [port];
  return id === 'sessmgr' ? [3389] : [];
};

/** The entry that a document requires, as it is typed into the policy. */
const entryOf = ({ port, program, name }: RequiredException): string =>
  `${port === null ? program : `${port}:TCP`}:*:Enabled:${name}`;

const whereOf = ({ value }: Exception): string => placeOf(value.key, value.name);

/** Windows takes entries that contradict each other without a word: the disabled one wins, and scopes are combined. */
const conflict = (setting: string, entries: readonly Exception[]): PolicyFinding[] => {
  const [first] = entries;
  const scopes = new Set(entries.map(({ scope }) => scope.toLowerCase()));
  const statuses = new Set(entries.map(({ isEnabled }) => isEnabled));
  if (!first || (scopes.size < 2 && statuses.size < 2)) return [];
  return [
    finding({
      code: 'exceptions-conflict',
      state: 'wrong',
      setting,
      source: first.value.source,
      value: entries.map(({ value }) => dataWords(value.data)).join(' | '),
      where: whereOf(first),
      text:
        statuses.size > 1
          ? `Several entries for ${named(first.what)} have different statuses: Windows takes them all, and the disabled one wins.`
          : `Several entries for ${named(first.what)} have different scopes: Windows takes them all and lets in all of them.`,
      remedy: 'Keep one entry.',
    }),
  ];
};

/** Another setting that opens the same. */
const substitute = (facts: PolicyFacts, { id }: RequiredException): PolicyFinding | null => {
  const key = id === 'mapper' ? KEYS.remoteAdmin : id === 'sessmgr' ? KEYS.remoteDesktop : null;
  const found = key === null ? null : facts.find(key, 'Enabled');
  if (key === null || found?.value?.data !== 1) return null;
  return finding({
    code: 'exception-present',
    state: 'ok',
    setting:
      id === 'mapper' ? 'Windows Firewall: Allow remote administration exception (Domain Profile)' : DESKTOP,
    source: sourceOf(found),
    value: '1',
    where: placeOf(key, 'Enabled'),
    ports: id === 'mapper' ? [135] : [3389],
    profiles: ['domain'],
    text:
      id === 'mapper'
        ? 'The exception for remote administration opens TCP 135 too.'
        : 'The Remote Desktop exception opens TCP 3389, for good and not only during a session.',
    decides: true,
  });
};

const judgeException = (
  facts: PolicyFacts,
  exception: RequiredException,
  list: ExceptionList,
): PolicyFinding[] => {
  const setting = exception.port === null ? PROGRAMS : PORTS;
  const key = exception.port === null ? KEYS.programList : KEYS.portList;
  const what = whatOf(exception);
  const entries = list.exceptions.filter((entry) => entry.what === what);
  const common = {
    setting,
    expected: entryOf(exception),
    decides: true,
    ports: portsOf(exception),
    profiles: ['domain'],
  };
  const off = entries.find(({ isEnabled }) => !isEnabled);
  const on = entries.find(({ isEnabled }) => isEnabled);
  const remedy = `Add ${entryOf(exception)} to the policy.`;
  if (off)
    return [
      finding({
        ...common,
        code: 'exception-disabled',
        state: 'wrong',
        source: off.value.source,
        value: dataWords(off.value.data),
        where: whereOf(off),
        text: `The exception for ${exception.name} is disabled, which wins over all that enable it.`,
        remedy: 'Set its status to Enabled, and remove other entries for the same.',
      }),
      ...conflict(setting, entries),
    ];
  if (on)
    return [
      finding({
        ...common,
        code: 'exception-present',
        state: 'ok',
        source: on.value.source,
        value: dataWords(on.value.data),
        where: whereOf(on),
        text: `The firewall lets in what ${exception.port === null ? exception.program : `TCP ${exception.port}`} needs.`,
      }),
      ...conflict(setting, entries),
    ];
  const other = substitute(facts, exception);
  if (other) return [other];
  const ignored = list.ignored.find((entry) => entry.what === what && entry.isEnabled);
  if (ignored)
    return [
      finding({
        ...common,
        code: 'exceptions-ignored',
        state: 'wrong',
        source: ignored.value.source,
        value: dataWords(ignored.value.data),
        where: whereOf(ignored),
        text: 'The entry does not count: the policy that holds it is disabled, or local exceptions are not let in.',
        remedy: `Enable "${setting}" with the entry in it.`,
      }),
    ];
  const unknown = list.isDefined ? null : unjudged(facts, setting, `HKLM\\${key}`, entryOf(exception));
  if (unknown) return [unknown];
  return [
    finding({
      ...common,
      code: 'exception-missing',
      state: 'missing',
      certain: facts.knows(key),
      where: `HKLM\\${key}`,
      text: `There is no exception for ${exception.port === null ? exception.program : `TCP ${exception.port}`} in the Domain profile.`,
      remedy,
    }),
  ];
};

const malformed = (setting: string, list: ExceptionList): PolicyFinding[] =>
  list.malformed.map(({ key, name, data, source }) =>
    finding({
      code: 'exception-malformed',
      state: 'wrong',
      setting,
      source,
      value: dataWords(data),
      expected: 'PORT:PROTOCOL:SCOPE:Enabled:NAME or PATH:SCOPE:Enabled:NAME',
      where: placeOf(key, name),
      text: `The entry ${named(dataWords(data))} is not a valid exception; Windows accepts it unchecked.`,
      remedy: 'Correct or remove the entry.',
    }),
  );

/** Server 2003 needs the exception for Remote Desktop; on XP it leaves TCP 3389 open for good. */
const desktop = ({ facts, novice }: Case, ports: ExceptionList): PolicyFinding[] => {
  const found = facts.find(KEYS.remoteDesktop, 'Enabled');
  const where = placeOf(KEYS.remoteDesktop, 'Enabled');
  const port = ports.exceptions.find(({ what, isEnabled }) => what === '3389:TCP' && isEnabled);
  const isOpen = found.value?.data === 1 || port !== undefined;
  const value = found.value ? dataWords(found.value.data) : port ? dataWords(port.value.data) : null;
  const common = {
    setting: DESKTOP,
    where,
    source: sourceOf(found) ?? port?.value.source ?? null,
    value,
    ports: [3389],
    profiles: ['domain'],
  };
  if (novice !== 'server-2003-sp1')
    return isOpen
      ? [
          finding({
            ...common,
            code: 'desktop-always-open',
            state: 'ok',
            text: 'TCP 3389 is open all the time. XP opens it for a session by itself where Sessmgr.exe is an exception.',
            remedy: 'Disable the Remote Desktop exception if Remote Desktop is not used.',
          }),
        ]
      : [];
  if (isOpen)
    return [
      finding({
        ...common,
        code: 'desktop-exception',
        state: 'ok',
        expected: '1',
        text: 'TCP 3389 is open for the session.',
        decides: true,
      }),
    ];
  const unknown = found.value ? null : unjudged(facts, DESKTOP, where, '1');
  if (unknown) return [unknown];
  return [
    finding({
      ...common,
      code: 'desktop-exception',
      state: found.value ? 'wrong' : 'missing',
      expected: '1',
      text: 'Server 2003 does not open TCP 3389 by itself, and nothing else here opens it.',
      remedy: `Enable "${DESKTOP}".`,
      decides: true,
    }),
  ];
};

const sessmgrOn2003 = ({ novice }: Case, programs: ExceptionList): PolicyFinding[] => {
  const entry = programs.exceptions.find(({ what }) => what.endsWith('\\sessmgr.exe'));
  if (novice !== 'server-2003-sp1' || !entry) return [];
  return [
    finding({
      code: 'sessmgr-without-effect',
      state: 'wrong',
      setting: PROGRAMS,
      source: entry.value.source,
      value: dataWords(entry.value.data),
      where: whereOf(entry),
      text: 'Sessmgr.exe opens TCP 3389 on XP only, not on Server 2003: the Remote Desktop exception must.',
      remedy: `Remove the entry, and enable "${DESKTOP}".`,
    }),
  ];
};

/** The firewall of XP SP2, XP x64 SP1 and Server 2003 SP1: exceptions of the Domain profile. */
export const FIREWALL_LEGACY: Judge = (subject) => {
  const { facts, novice } = subject;
  const settled = settledBy(domainProfile(facts));
  if (settled) return [settled];
  const ports = portExceptions(facts);
  const programs = programExceptions(facts);
  const used = exceptionsFor(novice);
  const scopes = [...ports.exceptions, ...programs.exceptions]
    .filter(
      ({ what, scope, isEnabled }) => isEnabled && scope !== '*' && used.some((one) => whatOf(one) === what),
    )
    .map(({ scope }) => scope);
  return [
    ...used.flatMap((one) => judgeException(facts, one, one.port === null ? programs : ports)),
    ...desktop(subject, ports),
    ...sessmgrOn2003(subject, programs),
    ...malformed(PORTS, ports),
    ...malformed(PROGRAMS, programs),
    ...assumedScope(scopes),
  ];
};
