import { listenAt } from '../cli/options/respond.ts';
import { UsageError } from '../model/fault.ts';
import { quoted } from '../text/quoted.ts';
import type { PreflightOptions, Scope } from './options.ts';

/** What is wrong with a value, null where nothing is. Numbers and words are read, and refused, as those of the command line. */
type Check = (value: unknown) => string | null;

const expected =
  (what: string, is: (value: unknown) => boolean): Check =>
  (value) =>
    is(value) ? null : `expected ${what}`;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

const readLater: Check = () => null;
const aBoolean = expected('true or false', (value) => typeof value === 'boolean');
const aText = expected('a text', (value) => typeof value === 'string');
const texts = expected('an array of texts', isTexts);

const SCOPE = { allow: texts, deny: texts } satisfies Record<keyof Scope, Check>;

const OPTIONS = {
  novice: readLater,
  rpcPorts: aText,
  sample: readLater,
  seed: readLater,
  timeoutMs: readLater,
  retries: readLater,
  concurrency: readLater,
  perHost: readLater,
  rate: readLater,
  subnetRate: readLater,
  engine: readLater,
  exclude: texts,
  scope: (value) => wrongIn(value, SCOPE),
  map: aBoolean,
  locate: aBoolean,
  ping: aBoolean,
  family: expected('4 or 6', (value) => value === 4 || value === 6),
  probes: expected('an array of probes', Array.isArray),
  witness: texts,
  policy: texts,
  responder: aText,
  listen: expected(
    'a port, with an address or without, e.g. :47135',
    (value) => typeof value === 'string' && listenAt(value) !== null,
  ),
  idle: aBoolean,
  skipBad: aBoolean,
  // By its shape: test runners give a program classes of another realm.
  signal: expected('an AbortSignal', (value) => isObject(value) && 'aborted' in value),
  onNotice: expected('a function', (value) => typeof value === 'function'),
} satisfies Record<keyof PreflightOptions, Check>;

/** The first thing wrong in an object of options: a name that is none of them would be without effect, in a scope too. */
const wrongIn = (given: unknown, checks: Readonly<Record<string, Check>>): string | null => {
  if (!isObject(given) || Array.isArray(given)) return 'expected an object';
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(checks, name)) return `${quoted(name)}: there is no such option`;
    const wrong = value === undefined ? null : checks[name]?.(value);
    if (wrong) return `${name}: ${wrong}`;
  }
  return null;
};

/** What an audit cannot do. */
const ONE_HOST = [
  'witness',
  'responder',
  'listen',
  'idle',
] as const satisfies readonly (keyof PreflightOptions)[];

/** Options that are for a few hosts, given to an audit. Throws UsageError. */
export const refuseInAudit = (options: PreflightOptions): void => {
  const given = ONE_HOST.find((name) => options[name] !== undefined);
  if (given !== undefined) throw new UsageError(`options: ${given}: is for preflight, and not for audit`);
};

/** The options of a program that may not have been type-checked. Throws UsageError. */
export const refuseUnusable = (options: unknown): void => {
  const wrong = wrongIn(options, OPTIONS);
  if (wrong !== null) throw new UsageError(`options: ${wrong}`);
};

/** The targets of such a program as a list. Throws UsageError. */
export const targetTexts = (targets: unknown): readonly string[] => {
  if (typeof targets === 'string') return [targets];
  const all = isObject(targets) && Symbol.iterator in targets ? [...(targets as Iterable<unknown>)] : null;
  if (all === null || !isTexts(all)) throw new UsageError('targets: expected a text, or texts');
  return all as string[];
};
