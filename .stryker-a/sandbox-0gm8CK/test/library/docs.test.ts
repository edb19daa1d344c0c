import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import * as library from '../../src/library/index.ts';

const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'library.md'), 'utf8');
const examples = [...text.matchAll(/```js\n(.+?)```/gs)].map(([, code = '']) => code);

describe('the examples of docs/library.md', () => {
  it('are there', () => expect(examples).toHaveLength(2));

  it.each(examples)('run as written: %s', async (code) => {
    const said: unknown[] = [];
    vi.spyOn(console, 'log').mockImplementation((...words) => said.push(words.join(' ')));
    const body = code.replace(/^import (\{.+?\}) from 'ra-preflight';/, 'const $1 = library;');
    expect(body).not.toBe(code);
    await new Function('library', `return (async () => { ${body} })();`)(library);
    vi.restoreAllMocks();
    expect(said.length).toBeGreaterThan(0);
    expect(String(said[0])).toMatch(/127\.0\.0\.1|object/);
  });
});
