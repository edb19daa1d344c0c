// npm run package:windows -- [--out FOLDER] [--arch x64,arm64] [--url BASE]
// Makes the portable zips for Windows, SHA256SUMS and, where BASE says where they will be downloaded, the manifest for scoop.
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { koffiParts, NODE, nodeLicence, nodeProgram, sha256 } from './windows/parts.mjs';
import { scoopManifest } from './windows/scoop.mjs';
import { zipOf } from './windows/zip.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'release') },
    arch: { type: 'string', default: Object.keys(NODE).join(',') },
    url: { type: 'string' },
  },
});

const below = async (folder) => {
  const files = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile())
    .map((file) => relative(root, join(file.parentPath, file.name)));
};

/** Notepad of older Windows shows no other line ends, and cmd.exe looks for labels by them. */
const withCrlf = (text) => Buffer.from(text.replaceAll(/\r?\n/g, '\r\n'));

/** When this version was committed; zips are to be the same whenever they are made. */
const madeAt = () => {
  const { SOURCE_DATE_EPOCH } = process.env;
  const seconds =
    SOURCE_DATE_EPOCH ?? execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' });
  return new Date(Number(seconds) * 1000);
};

/** Of the manifest only what a reader and Node need: an import of `type: module`, and no scripts. */
const manifestFor = ({ name, version, description, license, type }) =>
  Buffer.from(`${JSON.stringify({ name, version, description, license, type, private: true }, null, 2)}\n`);

const contents = async (arch, manifest, cache) => {
  const read = (file) => readFile(join(root, file));
  const text = async (file) => withCrlf(await readFile(join(root, file), 'utf8'));
  const readme = String(await text('windows/README.txt'))
    .replaceAll('{version}', manifest.version)
    .replaceAll('{node}', NODE[arch].package);
  const app = [...(await below('dist')), 'bin/ra-preflight.js'];
  return [
    ['ra-preflight.cmd', await text('windows/ra-preflight.cmd')],
    ['README.txt', Buffer.from(readme)],
    ['LICENSE.txt', await text('LICENSE')],
    ['CHANGELOG.txt', await text('CHANGELOG.md')],
    ['node.exe', await nodeProgram(arch, cache)],
    ['node-LICENSE.txt', withCrlf(String(await nodeLicence(cache)))],
    ...(await Promise.all(
      ['psd1', 'psm1'].map(async (ending) => [
        `RaPreflight/RaPreflight.${ending}`,
        await text(`windows/RaPreflight/RaPreflight.${ending}`),
      ]),
    )),
    ['app/package.json', manifestFor(manifest)],
    ...(await Promise.all(app.map(async (file) => [`app/${file.split(sep).join('/')}`, await read(file)]))),
    ...(await koffiParts(root, arch, cache)).map(([path, bytes]) => [`app/node_modules/${path}`, bytes]),
  ];
};

execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' });
const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const zips = [];
await mkdir(values.out, { recursive: true });
for (const arch of values.arch.split(',')) {
  if (!Object.hasOwn(NODE, arch))
    throw new Error(`--arch ${arch}: expected ${Object.keys(NODE).join(' or ')}`);
  const folder = `ra-preflight-${manifest.version}-win-${arch}`;
  const entries = await contents(arch, manifest, join(root, '.lab/windows-parts'));
  const zip = zipOf(
    entries.map(([path, bytes]) => [`${folder}/${path}`, bytes]),
    madeAt(),
  );
  await writeFile(join(values.out, `${folder}.zip`), zip);
  zips.push({ arch, name: `${folder}.zip`, hash: sha256(zip) });
  process.stdout.write(`${folder}.zip: ${(zip.length / 1e6).toFixed(1)} MB\n`);
}
await writeFile(join(values.out, 'SHA256SUMS'), zips.map(({ hash, name }) => `${hash}  ${name}\n`).join(''));
if (values.url) {
  const scoop = scoopManifest(manifest, values.url, zips);
  await writeFile(join(values.out, 'ra-preflight.json'), `${JSON.stringify(scoop, null, 4)}\n`);
} else process.stdout.write('no manifest for scoop: --url BASE says where the zips will be\n');
