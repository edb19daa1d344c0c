/**
 * The manifest of a scoop bucket. `base`: where the zips can be downloaded, without the file's name; `zips`: by architecture, name and
 * SHA-256 of each.
 */
export const scoopManifest = ({ version, description, license }, base, zips) => {
  const names = { x64: '64bit', arm64: 'arm64' };
  const architecture = Object.fromEntries(
    zips.map(({ arch, name, hash }) => [
      names[arch],
      { url: `${base.replace(/\/$/, '')}/${name}`, hash, extract_dir: name.replace(/\.zip$/, '') },
    ]),
  );
  return { version, description, homepage: base, license, architecture, bin: 'ra-preflight.cmd' };
};
