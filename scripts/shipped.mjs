// What reaches a user: the packages that npm installs beside the program, and those inside the bundle. Each must have a
// licence that lets us pass it on, and no known advisory; those that npm installs are named by one version. `npm run shipped`
// says what is wrong, and fails when anything is.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** SPDX names of the licences that ask for nothing but their text, which dist/LICENSES.txt and each package carry. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
]);
const AUDIT_TIMEOUT_MS = 60_000;

/** Whether an SPDX expression leaves a choice that is allowed; `AND` and `WITH` are left to a person. */
export const isAllowed = (licence) =>
  typeof licence === 'string' &&
  licence
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((one) => ALLOWED.has(one));

/** `name version` of each package in the text that scripts/build.mjs writes. */
export const bundled = (licences) =>
  new Set(licences.split(/^-{78}\n\n/m).map((part) => part.slice(0, part.indexOf('\n'))));

const nameOf = (path, { name }) =>
  name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/**
 * The packages of a package-lock that ship, as `[path, package]`. `dev` is what only tools need; `devOptional` ships, too.
 * Throws when one of the bundle is not in the lock.
 */
export const shipped = ({ packages }, bundle) => {
  const left = new Set(bundle);
  const found = Object.entries(packages).filter(([path, one]) => {
    const isBundled = left.has(`${nameOf(path, one)} ${one.version}`);
    return path !== '' && (isBundled || !one.dev);
  });
  for (const [path, one] of found) left.delete(`${nameOf(path, one)} ${one.version}`);
  if (left.size > 0) throw new Error(`in the bundle, but not in package-lock.json: ${[...left].join(', ')}`);
  return found;
};

/** A line for each package whose licence is not allowed. */
export const forbidden = (packages) =>
  packages
    .filter(([, { license }]) => !isAllowed(license))
    .map(([path, { version, license }]) => `${path} ${version}: licence ${license ?? 'unknown'}`);

/** A line for each package that npm installs beside the program, and of which package.json does not name one version. */
export const loose = ({ dependencies, optionalDependencies, overrides }) =>
  Object.entries({ ...dependencies, ...optionalDependencies, ...overrides })
    .filter(([, version]) => !/^(npm:@?[^@]+@)?\d+\.\d+\.\d+$/.test(version))
    .map(([name, version]) => `${name}: ${version} is no exact version`);

/** A line for each advisory of `npm audit --json` that concerns a package which ships. */
export const advisories = ({ vulnerabilities }, packages) => {
  const paths = new Set(packages.map(([path]) => path));
  return Object.values(vulnerabilities).flatMap(({ nodes, via, severity }) =>
    nodes
      .filter((node) => paths.has(node))
      .flatMap((node) =>
        // A text names the package from which the advisory is inherited, and that one has a line of its own.
        via
          .filter((one) => typeof one !== 'string')
          .map(({ title, url }) => `${node}: ${severity}, ${title} (${url})`),
      ),
  );
};

/** The answer of `npm audit`, which fails when it has something to say; null where the registry gives none. */
const audit = () =>
  new Promise((resolve) => {
    execFile(
      'npm',
      ['audit', '--json'],
      { cwd: root, timeout: AUDIT_TIMEOUT_MS, maxBuffer: 1 << 26 },
      (_, stdout) => {
        try {
          const answer = JSON.parse(stdout);
          resolve(answer.vulnerabilities ? answer : null);
        } catch {
          resolve(null);
        }
      },
    );
  });

if (argv[1] === fileURLToPath(import.meta.url)) {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const packages = shipped(lock, bundled(await readFile(join(root, 'dist', 'LICENSES.txt'), 'utf8')));
  const known = await audit();
  if (!known) console.error('npm audit got no answer from the registry: advisories were not looked at');
  const faults = [...loose(manifest), ...forbidden(packages), ...(known ? advisories(known, packages) : [])];
  for (const one of faults) console.error(one);
  if (faults.length > 0) process.exitCode = 1;
}
