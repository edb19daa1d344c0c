// Bundles the types of the library into dist/library.d.ts, so that whoever installs the package needs none of ours. Only for the
// package that is published: it takes the compiler some seconds.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateDtsBundle } from 'dts-bundle-generator';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [types] = generateDtsBundle([{ filePath: join(root, 'src/library/index.ts') }], {
  preferredConfigPath: join(root, 'tsconfig.json'),
});
writeFileSync(join(root, 'dist', 'library.d.ts'), types);
